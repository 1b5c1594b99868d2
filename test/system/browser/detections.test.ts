import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { tabTo } from '../../support/keyboard.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { storeRecord } from '../../support/stored-record.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { get: server } = apiServer({ collections, client: () => client });
const { open } = browsing({ collections, server });

const NOW = Date.now();
const HOUR = 3_600_000;

beforeAll(async () => {
  await collections.ensureIndexes();
  for (let at = 0; at < 130; at += 1) {
    const time = new Date(NOW - at * HOUR - 60_000);
    const names = { accountId: 'C1', aggregateId: `agg${at}`, messageId: `<m${at}@example.com>` };
    const message = {
      ...names,
      senderEnvelope: `mallory${at}@evil.test`,
      recipients: 'dora@example.org',
      subject: `Offer ${at}`,
    };
    if (at % 2 === 0) await storeRecord(collections, 'spam', message, time);
    if (at % 5 === 0)
      await storeRecord(
        collections,
        'url protect',
        { ...message, url: `https://evil.test/${at}`, action: 'Block' },
        time,
      );
    if (at % 9 === 0)
      await storeRecord(
        collections,
        'av',
        { ...message, fileName: 'run.exe', md5: 'd41d8cd98f00b204e9800998ecf8427e', virusFound: 'EICAR' },
        time,
      );
    if (at % 7 === 0)
      await storeRecord(
        collections,
        'impersonation protect',
        { ...message, action: 'hold', taggedMalicious: 'false', newDomain: 'true' },
        time,
      );
    if (at % 40 === 3)
      await storeRecord(
        collections,
        'ttp url',
        {
          url: `https://evil.test/click/${at}`,
          scanResult: 'malicious',
          action: 'allow',
          fromUserEmailAddress: 'mallory@evil.test',
          userEmailAddress: 'dora@example.org',
          subject: 'Click',
        },
        time,
      );
  }
});

const rows = (page: Page) => page.locator('table.results > tbody > tr:not(.details)');
const status = (page: Page, text: string) => page.locator('.search-status').getByText(text).waitFor();

describe.skipIf(CHROMIUM === undefined)('Detections', () => {
  test('are one list over all streams, newest first, with counts over time', async () => {
    const page = await open({ path: '/detections' });
    await status(page, 'The newest 100 detections.');
    const times = await page.locator('table.results .when').allTextContents();
    expect(times).toEqual([...times].sort().reverse());
    await page.locator('.legend').getByText('High').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await picture(page, 'detections');
    await page.getByLabel('Chart by').selectOption('kind');
    await page.locator('.legend').getByText('Malware').waitFor();
    await page.getByRole('button', { name: 'Show older detections' }).click();
    await status(page, '129 detections: all that match.');
  });

  test('are filtered by kind, severity, action, sender, recipient and subject, which the address keeps', async () => {
    const page = await open({ path: '/detections' });
    await page.getByText('Severity: all').click();
    await page.getByRole('checkbox', { name: 'Critical' }).check();
    await status(page, '4 detections: all that match.');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Severity: Critical');
    await page.reload();
    await status(page, '4 detections: all that match.');
    await page.getByText('Severity: Critical').click();
    await page.getByRole('button', { name: 'All' }).click();
    await page.getByLabel('Sender').fill('mallory18@');
    await page.getByLabel('Sender').press('Enter');
    await status(page, '2 detections: all that match.');
    expect(new URL(page.url()).search).toBe('?sender=mallory18%40');
  });

  test('are filtered and opened with the keyboard alone', async () => {
    const page = await open({ path: '/detections' });
    await status(page, 'The newest 100 detections.');
    await tabTo(page, /^Kind: all/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Malware/);
    await page.keyboard.press('Space');
    await status(page, '15 detections: all that match.');
    await page.keyboard.press('Escape');
    await tabTo(page, /^Kind: Malware/);
    await tabTo(page, /^As a table/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'as a table' }).waitFor();
    await tabTo(page, /^Details of/);
    await page.keyboard.press('Enter');
    await page.locator('.details').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.details').waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Offer 0' }).waitFor();
  });

  test('lead to their records, and show all of their parts', async () => {
    const page = await open({ path: '/detections?kind=virus&range=24h' });
    await status(page, '3 detections: all that match.');
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await page.locator('.details').getByText('d41d8cd98f00b204e9800998ecf8427e').first().waitFor();
    await rows(page).first().getByRole('link').click();
    await page.getByRole('heading', { name: 'Offer 0' }).waitFor();
    await page.getByText('Malware found').waitFor();
  });

  test.each([
    ['As shown', /"kind":"virus"/],
    ['Elastic Common Schema (ECS)', /"ecs":\{"version"/],
    ['OCSF Email Activity (4009)', /"class_uid":4009/],
  ])('are exported: %s', async (label, expected) => {
    const page = await open({ path: '/detections?kind=virus' });
    await status(page, '15 detections: all that match.');
    await page.getByText('Export').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: label }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(15);
    expect(lines[0]).toMatch(expected);
  });

  test('show hostile content as text', async () => {
    const html = '<img src=x onerror="window.ran = true"><b>offer</b>';
    const names = { accountId: '<i>C1</i>', aggregateId: 'hostile', messageId: '<hostile@evil.test>' };
    await storeRecord(
      collections,
      'attachment protect',
      {
        ...names,
        ...{ subject: html, senderEnvelope: 'a\u202Emoc.live@b', recipient: `${'x'.repeat(1_048_576)}@c` },
        ...{ fileName: 'a\u0000\u0007.exe', $where: '1', policy: { $ne: null } },
      },
      new Date(NOW - 300 * HOUR),
    );
    const page = await open({ path: '/detections?kind=attachment&range=30d' });
    await status(page, '1 detection: all that match.');
    await rows(page).getByText(html).waitFor();
    await rows(page).getByText('aU+202Emoc.live@b').waitFor();
    await page.getByRole('button', { name: /^Details of/ }).click();
    await page.locator('.details').getByText('aU+0000U+0007.exe').first().waitFor();
    await page.locator('.details').getByText(html).waitFor();
    expect(await page.evaluate(`window.ran === undefined && document.querySelector('main img, td b') === null`)).toBe(
      true,
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });

  test('are there for those who may only read, and say so when there are none', async () => {
    const page = await open({ path: '/detections?subject=nowhere', role: 'viewer' });
    await status(page, 'No detection matches.');
    await page.getByRole('combobox', { name: 'Time' }).selectOption('All time');
    await page.getByText('Choose a start time').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('copies a link that keeps its times', async () => {
    const page = await open({ path: '/detections?kind=spam&range=4h' });
    await page.evaluate(
      `Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })`,
    );
    await page.getByRole('button', { name: 'Copy link to these results' }).click();
    await page.getByText('The link was copied. It keeps these times.').waitFor();
    const link = new URL(String(await page.evaluate('window.copied')));
    expect([link.pathname, [...link.searchParams.keys()]]).toEqual(['/detections', ['kind', 'from', 'to']]);
    const [from, to] = ['from', 'to'].map((name) => Date.parse(link.searchParams.get(name) ?? ''));
    expect((to ?? 0) - (from ?? 0)).toBe(4 * HOUR);
  });
});
