import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Binary } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { noteCut, noteDelivery } from '../../../src/store/watchlists.js';
import { apiServer } from '../../support/api-server.js';
import { accessibilityFaults, browsing, picture } from '../../support/browser.js';
import { CHROMIUM } from '../../support/chromium.js';
import { focused } from '../../support/collection-page.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { noteFilledIn } from '../../support/filled-in.js';
import { openAndLeave, tabTo } from '../../support/keyboard.js';
import { raw } from '../../support/raw-collections.js';
import { recordOf } from '../../support/store-fixtures.js';
import { storeRecord } from '../../support/stored-record.js';

const { get: stack, collections } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const { get: server, api } = apiServer({ collections, client: () => stack().client });
const { open } = browsing({ collections, server });

const NOW = Date.now();
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

beforeAll(async () => {
  await collections.ensureIndexes();
  await noteFilledIn(collections);
  const store = (stream: Parameters<typeof storeRecord>[1], record: Record<string, unknown>, minutes: number) =>
    storeRecord(collections, stream, record, new Date(NOW - minutes * 60_000));
  for (let at = 0; at < 30; at += 1) {
    const names = { accountId: 'C1', aggregateId: `agg${at}`, messageId: `<m${at}@example.com>` };
    const subject = `Invoice ${at}`;
    await store(
      'receipt',
      { ...names, subject, senderEnvelope: `mallory${at}@mail.evil.example.org`, senderIp: `203.0.113.${at}` },
      at * 60,
    );
    if (at < 3)
      await store(
        'url protect',
        { ...names, subject, url: 'https://login.evil.example.org/a', action: 'Block' },
        at * 60 + 1,
      );
    if (at === 5)
      await store('av', { ...names, subject, fileName: 'run.exe', md5: MD5, virusFound: 'EICAR' }, 5 * 60 + 1);
  }
});

const LIST = [
  '203[.]0[.]113[.]7',
  '203.0.113.0/28',
  'evil[.]example[.]org',
  'hxxps://login[.]evil[.]example[.]org/a',
  MD5,
  'nobody@example.org',
  '<b>not one</b>',
];

describe.skipIf(CHROMIUM === undefined)('IOC search', () => {
  test('of a pasted list has hits by indicator and collection, and names what was not understood', async () => {
    const page = await open({ path: '/ioc' });
    await page.getByLabel('Indicators').fill(LIST.join('\n'));
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '5 of 6 indicators have hits' }).waitFor();
    const rows = await page.locator('.findings tr').allTextContents();
    expect(
      rows.map((row) =>
        row
          .replace(/\d{4}-.*/s, '')
          .replace(/\s+/g, ' ')
          .trim(),
      ),
    ).toEqual([
      'IndicatorTypeCollectionHitsNewestRecords',
      '203[.]0[.]113[.]7ip4Receipt1',
      '203.0.113.0/28ip4Receipt5+',
      'evil[.]example[.]orgdomainReceipt5+',
      'URL protect3',
      'hxxps://login[.]evil[.]example[.]org/aurlURL protect3',
      `${MD5}md5AV1`,
    ]);
    await page.getByRole('cell', { name: '<b>not one</b>' }).waitFor();
    await picture(page, 'ioc-search');
    await page.getByText('The newest 5').first().click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await page.reload();
    await page.getByRole('heading', { name: '5 of 6 indicators have hits' }).waitFor();
    await page.getByText('1 record').first().click();
    await page.locator('.hits a').first().click();
    await page.getByRole('heading', { name: 'Invoice 7' }).waitFor();
  });

  test('takes a file, opened or dropped', async () => {
    const page = await open({ path: '/ioc' });
    const file = join(stack().folder, 'list.csv');
    await writeFile(file, `indicator,comment\n${MD5},malware\nevil.example.org,sender\n`);
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('list.csv: 3 lines').waitFor();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '2 of 2 indicators have hits' }).waitFor();

    const bundle = {
      type: 'bundle',
      objects: [
        { type: 'indicator', id: 'indicator--1', pattern_type: 'stix', pattern: `[file:hashes.MD5 = '${MD5}']` },
      ],
    };
    const data = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(JSON.stringify(bundle))}], 'bundle.json')); return data; })()`,
    );
    await page.locator('.indicator-input').dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('bundle.json: 1 line').waitFor();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '1 of 1 indicator has hits' }).waitFor();

    const two = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); for (const name of ['a.txt', 'b.txt']) data.items.add(new File(['x.com'], name)); return data; })()`,
    );
    await page.locator('.indicator-input').dispatchEvent('drop', { dataTransfer: two });
    await page.getByText('2 files were dropped, and none was read: drop one at a time.').waitFor();
  });

  test('is limited to a time and to collections', async () => {
    const page = await open({ path: '/ioc?list=evil.example.org&range=4h&in=receipt' });
    await page.getByRole('heading', { name: '1 of 1 indicator has hits' }).waitFor();
    expect(await page.locator('.findings tbody tr').count()).toBe(1);
    expect(await page.locator('.findings td.number').textContent()).toBe('4');
  });

  test('shows many indicators in parts, and hits only when they are asked for', async () => {
    const page = await open({ path: '/ioc' });
    const hits = [{ id: 'ab', time: '2026-01-31T12:00:00.000Z', sourceId: 1, source: 'Gateway' }];
    const found = [{ collection: 'mimecast_receipt', stream: 'receipt', count: 1, isMore: false, hits }];
    const findings = Array.from({ length: 450 }, (_, at) => ({
      indicator: `d${at}.example.org`,
      type: 'domain',
      found,
    }));
    await page.route('**/api/v1/iocSearch', (route) =>
      route.fulfill({
        json: { searched: 450, findings, notUnderstood: [], notUnderstoodCount: 0, isComplete: true, unsearched: [] },
      }),
    );
    await page.getByLabel('Indicators').fill('example.org');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('200 of 450 indicators are shown.').waitFor();
    const rows = page.locator('.findings tbody');
    expect(await rows.count()).toBe(200);
    expect(await page.locator('.hits').count()).toBe(0);
    await page.getByText('1 record', { exact: true }).first().click();
    await page.locator('.hits').getByText('Gateway').waitFor();
    expect(await page.locator('.hits').count()).toBe(1);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await rows.count()).toBe(450);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  test('can be stopped', async () => {
    const page = await open({ path: '/ioc' });
    await page.route('**/api/v1/iocSearch', () => undefined);
    await page.getByLabel('Indicators').fill('evil.example.org');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('Searching …').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
  });

  test('says which question its hits answer when the form has another', async () => {
    const page = await open({ path: '/ioc?list=evil.example.org&in=receipt', allowed: /500 \(Internal/ });
    const hits = page.getByRole('heading', { name: '1 of 1 indicator has hits' });
    const stale = page.getByText('These results are for evil.example.org, all time, Receipt. Search again.');
    await hits.waitFor();
    expect(await stale.count()).toBe(0);
    await page.getByRole('combobox', { name: 'Time' }).selectOption('4h');
    await stale.waitFor();
    await page.route('**/api/v1/iocSearch', (route) => route.fulfill({ status: 500, json: { message: 'broken' } }));
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('broken').waitFor();
    await stale.waitFor();
    await page.getByRole('combobox', { name: 'Time' }).selectOption('all');
    await stale.waitFor({ state: 'detached' });
    await page.getByLabel('Indicators').fill('example.net');
    await stale.waitFor();
    await page.unroute('**/api/v1/iocSearch');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: 'No hits for 1 indicator' }).waitFor();
    expect(await stale.count()).toBe(0);
  });

  test('of a long list shows what its first part has found while the rest is searched, and keeps it when stopped', async () => {
    const page = await open({ path: '/ioc' });
    const asked: number[] = [];
    let release = () => undefined as unknown;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/iocSearch', async (route) => {
      const { skip } = route.request().postDataJSON();
      asked.push(skip);
      if (skip > 0) await released;
      await route.continue().catch(() => undefined);
    });
    const absent = Array.from({ length: 450 }, (_, at) => `absent${at}.test`);
    await page.getByLabel('Indicators').fill([MD5, ...absent, '203.0.113.7'].join('\n'));
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '1 of 200 indicators has hits' }).waitFor();
    await page.getByText('Searching … 200 of 452 indicators').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    await page.getByRole('heading', { name: '1 of 200 indicators has hits' }).waitFor();
    release();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '2 of 452 indicators have hits' }).waitFor();
    expect(asked).toEqual([0, 200, 0, 200]);
  });

  test('is done with the keyboard alone', async () => {
    const page = await open({ path: '/ioc' });
    await page.getByLabel('Indicators').focus();
    await page.keyboard.type('evil.example.org');
    await tabTo(page, /^Collections: all/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Receipt/);
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await tabTo(page, /^Collections: Receipt/);
    await tabTo(page, /^Search$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '1 of 1 indicator has hits' }).waitFor();
    await tabTo(page, /^Save as a watchlist/);
    await openAndLeave(page, page.getByRole('button', { name: 'Save as a watchlist' }), 'New watchlist', 'Space');
    await tabTo(page, /^The newest 5$/);
    await page.keyboard.press('Enter');
    await page.locator('.hits a').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Invoice \d+/ }).waitFor();
  });

  test('says since when it is complete while older records are still filled in', async () => {
    await noteFilledIn(collections, {
      isDone: false,
      before: { _id: new Binary(), _messageTime: new Date('2026-01-31T12:00:00Z') },
    });
    const page = await open({ path: '/ioc' });
    await page.getByText(/^Searches are complete since 2026-01-31/).waitFor();
    await noteFilledIn(collections, { isDone: false });
    await page.reload();
    await page.getByText('cannot all be found yet').waitFor();
    await noteFilledIn(collections);
    await page.reload();
    await page.getByLabel('Indicators').waitFor();
    expect(await page.locator('.note').count()).toBe(0);
  });
});

describe.skipIf(CHROMIUM === undefined)('records that hold more than is indexed', () => {
  const NOTICE = 'Some records hold more addresses or other indicators than are indexed (Journal).';

  test('are told of where a search may miss them, and only there', async () => {
    const recipients = Array.from({ length: 2_000 }, (_, n) => `u${n}@many.test`);
    const time = new Date(NOW - 1_000);
    await storeRecord(collections, 'journal', { subject: 'To many', recipients }, time);
    const page = await open({ path: '/ioc' });
    await page.getByText(NOTICE).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${server().url}/search?q=email:u1999@many.test`);
    await page.getByText(NOTICE).waitFor();
    await page.getByText('No record matches.').waitFor();
    await page.getByLabel('Query').fill('"u1999@many.test"');
    await page.getByText(NOTICE).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByText('1 record: all that match.').waitFor();
    await raw(collections).records('journal').deleteOne({ _messageTime: time });
  });
});

describe.skipIf(CHROMIUM === undefined)('Watchlists', () => {
  test('say what keeps hits from their webhook, and when there were too many', async () => {
    const { json } = await api<{ id: string }>('POST', 'v1/watchlists', {
      body: { name: 'Undelivered', indicators: 'nobody.test', webhook: 'http://127.0.0.1:9/hook' },
    });
    const { id } = json;
    await noteDelivery(collections, id, '127.0.0.1:9 does not accept the hits (status 500)', 3);
    await noteCut(collections, id, { lastCutAt: new Date('2026-01-31T12:00:00Z') });
    const page = await open({ path: '/watchlists', role: 'viewer' });
    await page.getByText('hits not accepted').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Undelivered' }).click();
    await page.getByText('127.0.0.1:9 does not accept the hits (status 500)').waitFor();
    await page.getByText('3 hits were not accepted within a day').waitFor();
    await page.getByText('more than 10,000 hits in a day, which are not kept; last at 2026-01-31').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await noteDelivery(collections, id, undefined, 0);
    await page.getByText('does not accept the hits').waitFor({ state: 'detached' });
    await api('DELETE', `v1/watchlists/${id}`);
  });

  test('are created from an IOC search, show hits in what was stored before, and are deleted', async () => {
    await stack().startWorker();
    const page = await open({ path: '/watchlists', allowed: /412 \(Precondition Failed\)/ });
    await page.getByText('There are no watchlists yet.').waitFor();
    await page.getByRole('link', { name: 'IOC search' }).click();
    await page.getByLabel('Indicators').fill('evil.example.org\nnot one');
    await page.getByRole('button', { name: 'Save as a watchlist' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('<b>Phishing</b>');
    await dialog.getByLabel('Where they come from').fill('CERT');
    await dialog.getByLabel('Expires').fill('2099-01-31T12:00');
    await dialog.getByLabel('Webhook').fill('http://127.0.0.1:9/hook');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('It is shown only once.').waitFor();
    await dialog.getByRole('cell', { name: 'not one', exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Copy: Secret of the webhook' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Have you copied it?').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Save as a watchlist' }).and(page.locator(':focus')).waitFor();

    await page.getByRole('link', { name: 'Watchlists' }).click();
    await page.getByRole('link', { name: '<b>Phishing</b>' }).click();
    await page.getByRole('heading', { name: 'Hits: 33' }).waitFor();
    await page.getByText('stored before').first().waitFor();
    await page.getByText('CERT').waitFor();
    const later = { ...recordOf({ n: 1, senderEnvelope: 'late@evil.example.org' }), _receiptTime: new Date() };
    await storeBatch({ collections, writer: collections }, 1, 'receipt', [later], []);
    await page.getByRole('heading', { name: 'Hits: 34' }).waitFor();
    const newest = page.locator('tbody tr').first();
    await newest.getByText('evil.example.org').waitFor();
    expect(await newest.getByText('stored before').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);

    expect(await page.locator('main pre').count()).toBe(0);
    await page.getByText('Indicators: 1').click();
    await page.getByRole('region', { name: 'Indicators' }).getByText('evil.example.org').waitFor();

    const viewer = await open({ path: '/watchlists', role: 'viewer' });
    await viewer.getByRole('link', { name: '<b>Phishing</b>' }).waitFor();
    expect(await viewer.getByRole('button', { name: /Delete|Edit|New watchlist/ }).count()).toBe(0);

    await page.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Name').waitFor();
    expect(await dialog.getByLabel('Expires').inputValue()).toMatch(/^2099-01-31T12:00/);
    expect(await dialog.getByLabel('Webhook').inputValue()).toBe('http://127.0.0.1:9/hook');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByLabel('Indicators').fill('evil.example.org\nlate.example.org');
    await dialog.getByLabel('Owner').fill('The SOC');
    await dialog.getByLabel('Expires').fill('');
    const other = { ...recordOf({ n: 2, senderEnvelope: 'u@late.example.org' }), _receiptTime: new Date() };
    await storeBatch({ collections, writer: collections }, 1, 'receipt', [other], []);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('was saved with 2 indicators').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Edit');
    await page.getByRole('heading', { name: 'Hits: 35' }).waitFor();
    await page.getByText('The SOC').waitFor();
    await page.getByText('never').waitFor();

    await page.getByRole('button', { name: 'Edit' }).click();
    await dialog.getByLabel('Name').fill('Mine');
    await new WatchlistService({ collections, allowInsecure: true }).update('<b>Phishing</b>', { origin: null });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Somebody else has changed this watchlist.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Delete');
    await page.keyboard.press('Enter');
    // The server is through, its answer is slow: longer than until the page would look again.
    await page.route('**/api/v1/watchlists/*', async (route) => {
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      await route.fulfill({ response });
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no watchlists yet.').waitFor();
    await page.getByText('The watchlist <b>Phishing</b> was deleted.').waitFor();
  });

  test('are worked with by keyboard alone', async () => {
    const page = await open({ path: '/watchlists' });
    await page.getByRole('button', { name: 'New watchlist' }).waitFor();
    await tabTo(page, /^New watchlist/);
    await openAndLeave(page, page.getByRole('button', { name: 'New watchlist' }), 'New watchlist');
    await page.keyboard.press('Space');
    await tabTo(page, /^Name/);
    await page.keyboard.type('Typed');
    await tabTo(page, /^Indicators/);
    await page.keyboard.type('nobody.example.net');
    await tabTo(page, /^Create$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Typed' }).waitFor();
    await tabTo(page, /^Typed$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Typed' }).waitFor();
    await tabTo(page, /^Delete$/);
    await openAndLeave(page, page.getByRole('button', { name: 'Delete' }), 'Delete watchlist');
    await page.keyboard.press('Space');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Cancel$/);
    await tabTo(page, /^Delete$/);
    await page.keyboard.press('Enter');
    await page.getByText('The watchlist Typed was deleted.').waitFor();
    await focused(page, page.locator('#content'));
  });

  test('of which one is deleted leave the focus with the others', async () => {
    const made = [];
    for (const name of ['First', 'Last'])
      made.push(await api<{ id: string }>('POST', 'v1/watchlists', { body: { name, indicators: 'nobody.test' } }));
    const page = await open({ path: '/watchlists' });
    await page.getByRole('button', { name: 'Delete First' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Delete$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'First' }).waitFor({ state: 'detached' });
    await focused(page, page.getByRole('region', { name: 'Watchlists' }));
    await api('DELETE', `v1/watchlists/${made[1]?.json.id}`);
  });

  test('that cannot be created say why', async () => {
    const page = await open({ path: '/watchlists', allowed: /400 \(Bad Request\)/ });
    await page.getByRole('button', { name: 'New watchlist' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Old');
    await dialog.getByLabel('Indicators').fill('nothing that is one');
    await dialog.getByLabel('Expires').fill('2001-01-31T12:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('indicators: none was understood').waitFor();
    await dialog.getByText('expires: must be in the future').waitFor();
  });
});
