import type { Page } from 'playwright-core';
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

describe.skipIf(CHROMIUM === undefined)('Search', () => {
  test('shows the newest records first, and more on request', async () => {
    const page = await open({ path: '/search' });
    await status(page, 'The newest 100 records.');
    expect(await rows(page).count()).toBe(100);
    const times = await page.locator('table.results .when').allTextContents();
    expect(times).toEqual([...times].sort().reverse());
    await page.getByRole('button', { name: 'Show older records' }).click();
    await status(page, 'The newest 200 records.');
    await picture(page, 'search');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
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
});
