import { readFile } from 'node:fs/promises';
import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFINITIONS } from '../../../src/domain/streams/definitions/list.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { storeRecord } from '../../support/stored-record.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { get: server } = apiServer({ collections, client: () => client });
const { open } = browsing({ collections, server });

const NOW = Date.now();
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000);
const store = (stream: StreamName, record: Readonly<Record<string, unknown>>, minutes: number) =>
  storeRecord(collections, stream, record, minutesAgo(minutes));

beforeAll(async () => {
  await collections.ensureIndexes();
  for (let at = 0; at < 230; at += 1) {
    const from = `${['alice', 'bob', 'carol'][at % 3]}@example.${at % 2 === 0 ? 'com' : 'net'}`;
    const subject = `Invoice ${at} for ${['January', 'February', 'March'][at % 3]}`;
    const names = { accountId: 'C1', aggregateId: `agg${at}`, messageId: `<m${at}@example.com>` };
    await store(
      'receipt',
      { ...names, subject, senderEnvelope: from, recipients: 'dora@example.org', action: at % 4 === 0 ? 'Rej' : 'Acc' },
      at * 3 + 1,
    );
    if (at % 2 === 0)
      await store('delivery', { ...names, subject, recipients: 'dora@example.org', delivered: 'true' }, at * 3);
    if (at % 20 === 0)
      await store('url protect', { ...names, url: `https://evil.test/${at}`, action: 'Block' }, at * 3 + 0.5);
  }
});

const query = (page: Page) => page.getByLabel('Query', { exact: true });
const rows = (page: Page) => page.locator('table.results > tbody > tr:not(.details)');
const status = (page: Page, text: string | RegExp) => page.locator('.search-status').getByText(text).waitFor();

async function search(page: Page, text: string) {
  await query(page).fill(text);
  await query(page).press('Enter');
}

/** As of a search that has much to read: so many answers are only a part, and the next one is not given before `letGo`. */
function unfinished(parts: number) {
  let given = 0;
  let letGo: () => void = () => undefined;
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const answer = async (route: Route) => {
    given += 1;
    const response = await route.fetch();
    if (given > parts) await free;
    const page = await response.json();
    const searchedTo = page.data.at(-1)?.time ?? new Date(0).toISOString();
    await route.fulfill({
      response,
      json: { ...page, complete: false, searchedTo, next: page.next ?? tokenOf(searchedTo) },
    });
  };
  return Object.assign(answer, { letGo: () => letGo() });
}

/** Behind everything of that time. */
function tokenOf(time: string): string {
  return Buffer.from(JSON.stringify([Date.parse(time)])).toString('base64url');
}

describe.skipIf(CHROMIUM === undefined)('Search', () => {
  test('shows the newest records first, and more on request', async () => {
    const page = await open({ path: '/search' });
    await status(page, 'The newest 100 records.');
    expect(await rows(page).count()).toBe(100);
    const times = await page.locator('table.results .when').allTextContents();
    expect(times).toEqual([...times].sort().reverse());
    await page.getByRole('button', { name: 'Show older records' }).click();
    await status(page, 'The newest 200 records.');
    expect(await rows(page).count()).toBe(200);
  });

  test('knows every collection', async () => {
    const page = await open({ path: '/search' });
    const known = await page.evaluate(`import('/web/lib/streams.js').then(({ STREAMS }) => STREAMS)`);
    expect(known).toMatchObject(DEFINITIONS.map(({ name, collection }) => ({ name, collection })));
  });

  test('a query narrows it, and the address can be shared', async () => {
    const page = await open({ path: '/search' });
    await search(page, 'senderEnvelope:*@example.net AND action:rej');
    await status(page, 'No record matches.');
    await search(page, 'subject:"invoice 7 for"');
    await status(page, '1 record: all that match.');
    const other = await open({ path: page.url().slice(server().url.length) });
    await status(other, '1 record: all that match.');
    expect(await query(other).inputValue()).toBe('subject:"invoice 7 for"');
    await page.goBack();
    await status(page, 'No record matches.');
  });

  test('shows where a query is wrong, before it is run and after', async () => {
    const page = await open({ path: '/search', allowed: /400 \(Bad Request\)/ });
    await query(page).fill('subject:invoice AND (action:rej');
    await page.getByText('a bracket is not closed (at character 31)').waitFor();
    expect(await page.locator('.mistake mark').textContent()).toBe('j');
    expect(await query(page).getAttribute('aria-invalid')).toBe('true');
    await query(page).press('Enter');
    await page.getByRole('alert').getByText('a bracket is not closed').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await search(page, 'subject:"invoice 7 for"');
    await status(page, '1 record: all that match.');
  });

  test('warns beforehand of a query that looks at every record', async () => {
    const page = await open({ path: '/search' });
    const warning = page.getByText('This query looks at every record');
    await query(page).fill('subject:invoice');
    await warning.waitFor();
    await query(page).fill('domain:example.net');
    await warning.waitFor({ state: 'detached' });
  });

  test('is readable for everybody: in light and dark, with everything open, and on a phone', async () => {
    const page = await open({ path: '/search?q=domain%3Aexample.net&range=4h' });
    await status(page, 'all that match.');
    await page.locator('.legend').getByText('Receipt').waitFor();
    await page
      .getByRole('button', { name: /^Details of/ })
      .nth(1)
      .click();
    await page.locator('.field-panel').getByText('senderEnvelope').click();
    await page.locator('.values').getByText('alice@example.net').waitFor();
    await page.getByText('How to write a query').click();
    await page.getByText('As a table').click();
    await page.getByText('Collections: all').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });

  test('a value of a record narrows it, in the list, in the details and among the most frequent ones', async () => {
    const page = await open({ path: '/search?range=24h&column=action&in=receipt' });
    await status(page, 'The newest 100 records.');
    await rows(page).first().getByRole('button', { name: 'Only action:"Rej"' }).click();
    expect(await query(page).inputValue()).toBe('action:"Rej"');
    await status(page, '58 records: all that match.');
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Not senderEnvelope:"alice@example.com"' }).click();
    expect(await query(page).inputValue()).toBe('action:"Rej" AND NOT senderEnvelope:"alice@example.com"');
    await status(page, '38 records: all that match.');
    await page.locator('.field-panel').getByText('senderEnvelope', { exact: true }).click();
    await page.locator('.values').getByRole('button', { name: 'Only senderEnvelope:"carol@example.com"' }).click();
    await status(page, '19 records: all that match.');
    await page.goBack();
    await status(page, '38 records: all that match.');
  });

  test('columns are chosen from the fields and from a record, and the address keeps them', async () => {
    const page = await open({ path: '/search?range=4h' });
    await page.getByRole('checkbox', { name: 'Column subject' }).check();
    await page
      .getByRole('button', { name: /^Details of/ })
      .nth(1)
      .click();
    await page.getByRole('button', { name: 'Add the column senderEnvelope' }).click();
    const headings = () => page.locator('table.results thead .foreign').allTextContents();
    expect(await headings()).toEqual(['subject', 'senderEnvelope']);
    await page.reload();
    await rows(page).first().waitFor();
    expect(await headings()).toEqual(['subject', 'senderEnvelope']);
    await page.getByRole('button', { name: 'Remove the column subject' }).click();
    expect(await headings()).toEqual(['senderEnvelope']);
  });

  test('a range of time is chosen quickly, exactly, or by dragging over the chart', async () => {
    const page = await open({ path: '/search' });
    await page.getByLabel('Time', { exact: true }).selectOption('Last 15 minutes');
    await status(page, /^\d records: all that match/);
    expect(new URL(page.url()).search).toBe('?range=15m');
    await page.getByLabel('Time', { exact: true }).selectOption('Last 24 hours');
    await status(page, 'The newest 100 records.');
    const chart = page.locator('.u-over');
    await page.locator('.legend').getByText('Receipt').waitFor();
    const { x, y, width } = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * 0.9, y + 30);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.95, y + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.+&to=/);
    await status(page, /^[3-4]\d records: all that match/);
    await page.getByLabel('From', { exact: true }).fill('2020-01-01T00:00:00');
    await page.getByLabel('To', { exact: true }).fill('2020-01-02T00:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await status(page, 'No record matches.');
    const range = new URL(page.url()).searchParams;
    expect(Date.parse(range.get('to') ?? '') - Date.parse(range.get('from') ?? '')).toBe(86_400_000);
  });

  test('stops when asked to, and keeps what was found so far', async () => {
    const page = await open({ path: '/search?range=15m' });
    await status(page, 'all that match.');
    await page.route('**/api/v1/search', unfinished(1));
    await search(page, 'subject:invoice');
    await status(page, /^Searching … \d+ records so far/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await status(page, /^Stopped: \d+ records so far. Everything back to .* was searched.$/);
    expect(await rows(page).count()).toBeGreaterThan(1);
    await page.unroute('**/api/v1/search');
    await page.getByRole('button', { name: 'Continue' }).click();
    await status(page, 'all that match.');
  });

  test('shows what it has when time is up', async () => {
    const page = await open({ path: '/search?range=15m' });
    await status(page, 'all that match.');
    await page.clock.install();
    const release = unfinished(1);
    await page.route('**/api/v1/search', release);
    await search(page, 'subject:invoice');
    await status(page, /^Searching … \d+ records so far/);
    await page.clock.fastForward(20_000);
    release.letGo();
    await status(page, /^Time is up: \d+ records so far. Everything back to .* was searched.$/);
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  });

  test('is exported as NDJSON and as CSV, whole', async () => {
    const page = await open({ path: '/search?q=action%3Arej&column=subject&column=action&in=receipt&range=all' });
    await status(page, '58 records: all that match.');
    const exported = async (name: RegExp) => {
      await page.getByText('Export', { exact: true }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      await page.keyboard.press('Escape');
      return (await readFile(await download.path(), 'utf8')).trim().split('\n');
    };
    const json = await exported(/NDJSON/);
    expect(json).toHaveLength(58);
    expect(JSON.parse(json[0] ?? '')).toMatchObject({
      stream: 'receipt',
      record: { subject: 'Invoice 0 for January' },
    });
    const csv = await exported(/CSV/);
    expect([csv.length, csv[0], csv[1]]).toEqual([59, 'subject,action\r', 'Invoice 0 for January,Rej\r']);
  });

  test('is done with the keyboard alone', async () => {
    const page = await open({ path: '/search' });
    await rows(page).first().waitFor();
    await query(page).focus();
    await page.keyboard.type('subject:"invoice 8 for"');
    await page.keyboard.press('Enter');
    await status(page, 'all that match.');
    const focusOn = async (name: RegExp) => {
      for (let steps = 0; steps < 60; steps += 1) {
        const focused = await page.evaluate(
          'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
        );
        if (name.test(String(focused))) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} is out of reach`);
    };
    await focusOn(/^Collections: all/);
    await page.keyboard.press('Enter');
    await focusOn(/^All$|Receipt/);
    await page.keyboard.press('Escape');
    await focusOn(/^Collections: all/);
    await focusOn(/^Details of/);
    await page.keyboard.press('Enter');
    await focusOn(/^Story of the message/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Invoice 8 for March' }).waitFor();
  });
});
