import { readFile } from 'node:fs/promises';
import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFINITIONS } from '../../../src/domain/streams/definitions/list.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { focused } from '../../support/collection-page.js';
import { sourceFile } from '../../support/e2e-stack.js';
import { noteFilledIn } from '../../support/filled-in.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { storeRecord } from '../../support/stored-record.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { get: server, api } = apiServer({ collections, client: () => client });
const { open } = browsing({ collections, server });

const NOW = Date.now();
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000);
const store = (stream: StreamName, record: Readonly<Record<string, unknown>>, minutes: number) =>
  storeRecord(collections, stream, record, minutesAgo(minutes));

beforeAll(async () => {
  await collections.ensureIndexes();
  await noteFilledIn(collections);
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
    // However slow the machine is, the first part has records.
    const postData = { ...route.request().postDataJSON(), timeoutMs: 10_000 };
    const response = await route.fetch({ postData });
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

  test('is open to those who may only read', async () => {
    const page = await open({ path: '/search?q=subject%3Ainvoice', role: 'viewer' });
    await status(page, 'The newest 100 records.');
    await page.goto(`${server().url}/ioc?list=example.net`);
    await page.getByRole('heading', { name: '1 of 1 indicator has hits' }).waitFor();
    expect(await page.getByRole('button', { name: 'Save as a watchlist' }).count()).toBe(0);
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
    await noteFilledIn(collections, { isDone: false });
    try {
      await query(page).fill('domain:example.org');
      await page.getByText('as soon as older records have their indicators').waitFor();
      await page.getByText('Their indicators are being extracted').waitFor();
      await query(page).fill('subject:invoice');
      await page.getByText('it has no condition that an index answers').waitFor();
    } finally {
      await noteFilledIn(collections);
    }
  });

  test('of some sources, which the address keeps and the export follows', async () => {
    const collector = { collector: { name: 'Cloud' } };
    const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body: collector });
    const body = sourceFile({ url: 'http://127.0.0.1:9' }, { name: '<b>one</b>' });
    const { json } = await api<{ source: { id: number } }>('POST', `v1/collectors/${made.json.collector.id}/sources`, {
      body,
    });
    expect(json.source.id).toBe(1);
    const page = await open({ path: '/search?source=77' });
    await status(page, 'No record matches.');
    const summary = page.getByText('Sources: Source 77');
    await summary.click();
    await page.getByRole('checkbox', { name: 'Source 77' }).focus();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Space');
    await status(page, 'The newest 100 records.');
    await page.getByRole('checkbox', { name: 'Cloud / <b>one</b>' }).check();
    await status(page, 'The newest 100 records.');
    expect(new URL(page.url()).searchParams.getAll('source')).toEqual(['1']);
    await page.getByText('Export').click();
    expect(await page.getByRole('link', { name: /NDJSON/ }).getAttribute('href')).toContain('sourceIds=1');
    await page.reload();
    await page.getByText('Sources: Cloud / <b>one</b>').waitFor();
  });

  test('is readable for everybody: in light and dark, with everything open, and on a phone', async () => {
    const page = await open({ path: '/search?q=email%3Adora%40example.org&range=4h' });
    await status(page, 'The newest 100 records.');
    await page.locator('.legend').getByText('Receipt').waitFor();
    await picture(page, 'search');
    await page
      .getByRole('button', { name: /^Details of/ })
      .nth(1)
      .click();
    await page.locator('.field-panel').getByText('senderEnvelope').click();
    await page.locator('.values').getByText('alice@example.net').waitFor();
    await page.getByText('Query syntax').click();
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
    await status(page, '58 records: all that match.');
    expect(await query(page).inputValue()).toBe('action:"Rej"');
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Not senderEnvelope:"alice@example.com"' }).click();
    await status(page, '38 records: all that match.');
    expect(await query(page).inputValue()).toBe('action:"Rej" AND NOT senderEnvelope:"alice@example.com"');
    await page.locator('.field-panel').getByText('senderEnvelope', { exact: true }).click();
    await page.locator('.values').getByRole('button', { name: 'Only senderEnvelope:"carol@example.com"' }).click();
    await status(page, '19 records: all that match.');
    await page.goBack();
    await status(page, '38 records: all that match.');
  });

  test('columns are chosen from the fields and from a record, and the address keeps them', async () => {
    const page = await open({ path: '/search?range=4h&in=receipt' });
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
    await page.getByRole('checkbox', { name: 'Column _receiptTime' }).check();
    await page.getByRole('checkbox', { name: 'Column _messageTime' }).check();
    expect(await headings()).toEqual(['senderEnvelope', '_receiptTime', '_messageTime']);
    expect(await rows(page).first().locator('.result-cell').nth(1).textContent()).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('a range of time is chosen quickly, exactly, or by dragging over the chart', async () => {
    const page = await open({ path: '/search' });
    await page.getByRole('combobox', { name: 'Time' }).selectOption('Last 15 minutes');
    await status(page, /^\d records: all that match/);
    expect(new URL(page.url()).search).toBe('?range=15m');
    await page.getByRole('combobox', { name: 'Time' }).selectOption('Last 24 hours');
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

  test('zooms into the chart by keyboard alone', async () => {
    const page = await open({ path: '/search?range=24h' });
    await page.locator('.legend').getByText('Receipt').waitFor();
    await page.getByText('Zoom without dragging').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const first = page.getByRole('slider', { name: 'First bar' });
    await focused(page, first);
    expect(await first.getAttribute('aria-valuetext')).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d/);
    const bars = Number(await first.getAttribute('max')) + 1;
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=.+&to=/);
    const { searchParams: range } = new URL(page.url());
    const length = Date.parse(range.get('to') ?? '') - Date.parse(range.get('from') ?? '');
    const day = 86_400_000;
    expect(length).toBeGreaterThan((2 * day) / bars);
    expect(length).toBeLessThan((5 * day) / bars);
    // It goes on from there.
    await focused(page, first);
  });

  test('copies a link that keeps its times, or shows it where the browser keeps the clipboard', async () => {
    const page = await open({ path: '/search?q=action%3Arej&range=24h' });
    await rows(page).first().waitFor();
    await page.evaluate(
      `Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })`,
    );
    const share = page.getByRole('button', { name: 'Copy link to these results' });
    await share.focus();
    await page.keyboard.press('Enter');
    await page.getByText('The link was copied. It keeps these times.').waitFor();
    const link = new URL(String(await page.evaluate('window.copied')));
    expect([link.pathname, [...link.searchParams.keys()]]).toEqual(['/search', ['q', 'from', 'to']]);
    const [from, to] = ['from', 'to'].map((name) => Date.parse(link.searchParams.get(name) ?? ''));
    expect((to ?? 0) - (from ?? 0)).toBe(86_400_000);
    await page.evaluate(`navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))`);
    await share.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Link to these results' });
    const shown = dialog.getByLabel('Link', { exact: true });
    await focused(page, shown);
    expect(await shown.inputValue()).toBe(link.href);
    const selected = '(({ selectionStart, selectionEnd }) => selectionEnd - selectionStart)(document.activeElement)';
    expect(await page.evaluate(selected)).toBe(link.href.length);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await focused(page, share);
    await page.goto(link.href);
    await rows(page).first().waitFor();
    await page.getByLabel('From', { exact: true }).waitFor();
  });

  test('keeps the rows and the focus until the first record of a narrower search is there', async () => {
    const page = await open({ path: '/search?q=action%3Arej&column=subject' });
    await rows(page).first().waitFor();
    const answer = unfinished(0);
    await page.route('**/api/v1/search', answer);
    const only = page.getByRole('button', { name: 'Only subject:"Invoice 0 for January"' });
    await only.focus();
    await page.keyboard.press('Enter');
    await status(page, /^Searching … 0 records/);
    expect(await rows(page).count()).toBeGreaterThan(1);
    expect(await page.locator('.search-results .stale').count()).toBe(1);
    answer.letGo();
    await page.locator('.search-results .stale').waitFor({ state: 'detached' });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(await rows(page).count()).toBe(1);
    await only.and(page.locator(':focus')).waitFor();
  });

  test('stops when asked to, and keeps what was found so far', async () => {
    const page = await open({ path: '/search?range=15m' });
    await status(page, 'all that match.');
    await page.route('**/api/v1/search', unfinished(1));
    await search(page, 'subject:invoice');
    await status(page, /^Searching … [1-9]\d* records so far/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await status(page, /^Stopped: \d+ records so far. Searched back to .*\.$/);
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
    await status(page, /^Searching … [1-9]\d* records so far/);
    await page.clock.fastForward(20_000);
    release.letGo();
    await status(page, /^Time is up: \d+ records so far. Searched back to .*\.$/);
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

/** What a sender may write; nothing of it may become a part of the page. */
const HOSTILE = {
  html: '<img src=x onerror="window.ran = true"><script>window.ran = true</script>',
  control: 'a\u0000b\u0007c',
  turned: 'invoice\u202Efdp.exe',
  large: 'x'.repeat(1_048_576),
  $where: 'this.a == 1',
  nested: { $gt: '', 'dotted.key': '1', '<b>key</b>': '<b>value</b>' },
  list: ['<i>1</i>', { $ne: null }],
};

async function ranNothing(page: Page) {
  expect(
    await page.evaluate(
      `window.ran === undefined && document.querySelector('main img, main script, main b b') === null`,
    ),
  ).toBe(true);
}

describe.skipIf(CHROMIUM === undefined)('hostile content', () => {
  const names = { accountId: 'C1', aggregateId: '<b>agg</b>\u202E', messageId: '<hostile@evil.test>' };
  let id = '';
  beforeAll(async () => {
    await store('process', { ...names, subject: HOSTILE.html, attachments: HOSTILE.turned }, 2_000);
    id = await store('receipt', { ...names, subject: HOSTILE.html, senderEnvelope: HOSTILE.turned, ...HOSTILE }, 2_001);
  });

  test('is shown as text in results, columns, values, details and JSON', async () => {
    const page = await open({
      path: '/search?q=message%3A%22hostile%40evil.test%22&range=7d&column=html&column=turned&column=large',
    });
    await status(page, '2 records: all that match.');
    await rows(page).getByText(HOSTILE.html).waitFor();
    await rows(page).getByText('invoiceU+202Efdp.exe').waitFor();
    await rows(page).getByText('1,048,376 more characters').waitFor();
    await page.locator('.field-panel').getByText('html', { exact: true }).click();
    await page.locator('.values').getByText(HOSTILE.html.slice(0, 30)).waitFor();
    expect(await page.getByRole('checkbox', { name: 'Column $where' }).count()).toBe(0);
    await page
      .getByRole('button', { name: /^Details of/ })
      .nth(1)
      .click();
    const details = page.locator('.details');
    await details.getByText('nested.<b>key</b>').waitFor();
    await details.getByText('aU+0000bU+0007c').waitFor();
    const row = details.getByRole('row').filter({ hasText: '$where' });
    expect(await row.getByRole('button').count()).toBe(0);
    await details.getByRole('button', { name: 'JSON' }).click();
    const json = await details.locator('pre').textContent();
    expect(json).toContain('invoice\\u202efdp.exe');
    expect(json).not.toContain('\u202E');
    await page.getByRole('button', { name: /^Show all .* characters$/ }).click();
    await ranNothing(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
  });

  test('is shown as text in a story', async () => {
    const page = await open({ path: `/records/mimecast_receipt_logs_v2/${id}` });
    await page.getByRole('heading', { name: HOSTILE.html }).waitFor();
    expect(await page.locator('.facts').textContent()).toContain('<b>agg</b>U+202E');
    await page.getByText('All fields').first().click();
    await page.locator('.event').getByText('aU+0000bU+0007c').waitFor();
    await page.locator('.event').getByText('JSON', { exact: true }).click();
    await page.locator('.event pre').waitFor();
    await ranNothing(page);
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });

  test('of a query becomes no operator, however it is written', async () => {
    const page = await open({ path: '/search', allowed: /400 \(Bad Request\)/ });
    await search(page, '$where:1');
    await page.getByRole('alert').getByText('cannot be the name of a field').waitFor();
    await search(page, '('.repeat(200));
    await page.getByRole('alert').getByText('brackets are nested more than').waitFor();
    await search(page, 'x'.repeat(20_000));
    await page.getByRole('alert').getByText('a query has at most').waitFor();
    await search(page, 'subject:"<img src=x onerror=window.ran=true>" AND');
    await page.getByRole('alert').getByText('something has to follow').waitFor();
    await ranNothing(page);
  });
});

describe.skipIf(CHROMIUM === undefined)('The story of a message', () => {
  const message = { accountId: 'C1', aggregateId: 'story', messageId: '<story@example.com>' };
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    const subject = 'Your parcel is waiting';
    const people = { senderEnvelope: 'parcel@evil.test', recipients: 'dora@example.org' };
    ids.receipt = await store(
      'receipt',
      { ...message, ...people, subject, action: 'Acc', senderIp: '192.0.2.66' },
      3_000,
    );
    await store(
      'process',
      { ...message, ...people, subject, action: 'Hld', holdReason: 'Policy', attachments: 'parcel.pdf' },
      2_999.9,
    );
    await store(
      'url protect',
      { ...message, ...people, subject, url: 'https://evil.test/parcel', action: 'Warn' },
      2_999.8,
    );
    await store(
      'delivery',
      { ...message, ...people, subject, delivered: 'true', destinationIp: '198.51.100.9' },
      2_990,
    );
    await store(
      'dlp',
      {
        messageId: message.messageId,
        subject,
        senderAddress: people.senderEnvelope,
        recipientAddress: people.recipients,
        policy: 'Cards',
        action: 'notification',
      },
      2_989,
    );
    ids.click = await store(
      'ttp url',
      {
        messageId: message.messageId,
        subject,
        url: 'https://evil.test/parcel',
        userEmailAddress: people.recipients,
        scanResult: 'malicious',
        action: 'block',
      },
      2_900,
    );
    await store('receipt', { ...message, aggregateId: 'copy', ...people, subject, action: 'Rej' }, 2_800);
  });

  test('has all of its records, oldest first, from any of them, and says what is uncertain', async () => {
    const page = await open({
      path: `/search?q=url%3A%22https%3A%2F%2Fevil.test%2Fparcel%22%20AND%20action%3Ablock&range=7d`,
    });
    await status(page, '1 record: all that match.');
    await rows(page).first().getByRole('link').click();
    await page.getByRole('heading', { name: 'Your parcel is waiting' }).waitFor();
    const steps = page.locator('.event strong');
    expect(await steps.allTextContents()).toEqual([
      ...['Received', 'Processed', 'Scanned: URL', 'Delivered', 'Content policy applied', 'Link clicked', 'Received'],
    ]);
    expect(await page.locator('.event[aria-current] strong').allTextContents()).toEqual(['Link clicked']);
    await page.getByText('The message ID belongs to 2 aggregateIds').waitFor();
    expect(await page.getByText('joined by message ID alone').count()).toBe(6);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${server().url}/records/mimecast_receipt_logs_v2/${ids.receipt}`);
    await page.getByText('joined by message ID alone').first().waitFor();
    expect(await page.getByText('joined by message ID alone').count()).toBe(3);
    await picture(page, 'story');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByText('All fields').first().click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Search for it' }).nth(1).click();
    await status(page, '7 records: all that match.');
  });

  test('of a record that is not there says so', async () => {
    const page = await open({
      path: `/records/mimecast_receipt_logs_v2/${'0'.repeat(32)}`,
      allowed: /404 \(Not Found\)/,
    });
    await page.getByText('There is no record').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('stands beside what else its source collected in those minutes', async () => {
    const page = await open({ path: `/records/mimecast_ttp_url_logs/${ids.click}` });
    await page.getByRole('link', { name: 'Around this record' }).click();
    const around = page.locator('main table tbody tr');
    await page.getByText('0 after it, 0 before it').waitFor();
    expect(await around.count()).toBe(1);
    await page.getByLabel('Minutes before and after').selectOption('240');
    await page.getByText('1 after it, 5 before it').waitFor();
    expect(await page.locator('tr[aria-current]').textContent()).toContain('URL click');
    expect(new URL(page.url()).search).toBe('?around=240');
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
