/** The page of one source: what it has stored, what went wrong, what is missing, and how that is found. */

import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Binary } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { recordGap } from '../../../src/store/gaps.js';
import type { HealthEventDocument } from '../../../src/store/health-events.js';
import { quarantine } from '../../../src/store/quarantine.js';
import { announceChange } from '../../../src/store/watchlists.js';
import { CHROMIUM } from '../../support/chromium.js';
import { raw } from '../../support/raw-collections.js';
import { addFault, clearFaults } from '../../support/simulator-control.js';
import { expectAccessible, part, sourcePages } from '../../support/source-page.js';
import { recordOf } from '../../support/store-fixtures.js';
import { until } from '../../support/until.js';

const { stack, collections, newSource, caughtUp, openSource } = sourcePages();

let id = 0;
beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  id = await newSource('History', { dataCollection: ['siem', 'dlp'] });
  await caughtUp(id);
});

const HOUR = 3_600_000;
const BEGIN = Date.now() - 100 * HOUR;

function eventOf(hours: number, changes: Partial<HealthEventDocument> = {}): HealthEventDocument {
  const _id = randomUUID();
  const { details, ...rest } = changes;
  return {
    ...{
      _id,
      eventId: _id,
      eventType: 'Health-Change',
      eventName: 'ThirdPartyGenericError',
      eventFormatVersion: '1.0',
    },
    ...{ eventTime: new Date(BEGIN + hours * HOUR).toISOString(), subsystem: 'Collection', status: 'UnHealthy' },
    ...{ severityLevel: 'Warning', sourceId: id, subject: 'receipt', attempts: 1, occurrences: 1 },
    details: {
      ...{ trackerId: 'ThirdPartyGeneric', error: 'receipt: http_503', name: 'receipt: http_503' },
      ...{ description: 'Mimecast answered 503.', ...details },
    },
    resourceIdentity: { id: '1', name: 'History', type: 'Source', collectorId: '1', collectorName: 'cloud' },
    updatedAt: new Date(BEGIN + (hours + 1) * HOUR),
    resolvedAt: new Date(BEGIN + (hours + 1) * HOUR),
    ...rest,
  };
}

describe.skipIf(CHROMIUM === undefined)('the page of a source', () => {
  test('health events: filtered by state, stream, type and text, all of it in the address, page by page', async () => {
    // A source that runs may add events of its own at any moment, when the machine is slow.
    const stopped = await newSource('Stopped', { dataCollection: ['dlp'] });
    await caughtUp(stopped);
    await stack().service.stop(String(stopped));
    await raw(collections).healthEvents.deleteMany({ sourceId: stopped });
    const seeded = (hours: number, changes: Partial<HealthEventDocument> = {}) =>
      eventOf(hours, { ...changes, sourceId: stopped });
    const { resolvedAt: _ended, ...open } = seeded(50, { subject: 'dlp', severityLevel: 'Error' });
    const config = { trackerId: 'ThirdPartyConfig', error: 'authenticate: app_forbidden' } as const;
    const details = {
      ...config,
      name: '<b id="hostile">bold</b>',
      description: '<img src=x onerror="hostile()"> (a+)+$',
    };
    const many = Array.from({ length: 25 }, (_, n) => seeded(n));
    await raw(collections).healthEvents.insertMany([open, seeded(40, { details, subject: 'authenticate' }), ...many]);
    const page = await openSource(stopped);
    const events = part(page, 'Health events');
    await events.locator('li.open').waitFor();
    expect(await events.locator('li').count()).toBe(20);
    await expectAccessible(page);
    const shown = (count: number) =>
      until(
        () => events.locator('li').count(),
        (seen) => seen === count,
      );
    await events.getByRole('button', { name: 'Older' }).focus();
    await page.keyboard.press('Enter');
    await shown(7);
    await events.getByLabel('State').selectOption('open');
    await shown(1);
    await events.getByLabel('State').selectOption('ended');
    await events.getByLabel('Error type').selectOption('ThirdPartyConfig');
    await shown(1);
    await events.getByLabel('Stream or step').selectOption('authenticate');
    await events.getByLabel('Text').fill('(A+)+$');
    await page.waitForURL(/text=/);
    expect(new URL(page.url()).search).toContain('state=ended');
    await page.reload();
    await shown(1);
    expect(await events.getByLabel('Text').inputValue()).toBe('(A+)+$');
    await events.locator('summary').click();
    await events.getByText('<img src=x onerror="hostile()"> (a+)+$').waitFor();
    await events.getByLabel('Text').fill('nothing is like that');
    await events.getByText('No health events match the filters.').waitFor();
  });

  test('watchlist hits: each with its watchlist and its record', async () => {
    const watchlists = new WatchlistService({ collections, allowInsecure: true });
    await watchlists.create({ name: '<b>Hostile</b>', indicators: 'hit.com' });
    await announceChange(collections);
    const record = { ...recordOf({ n: 1, senderEnvelope: 'u@hit.com' }), _sourceId: id, _receiptTime: new Date() };
    await storeBatch({ collections, writer: collections }, id, 'receipt', [record], []);
    const page = await openSource(id);
    const hits = part(page, 'Watchlist hits');
    await hits.getByRole('cell', { name: 'hit.com' }).waitFor();
    await expectAccessible(page);
    await hits.getByRole('link', { name: '<b>Hostile</b>' }).click();
    await page.getByRole('heading', { name: 'Hits: 1' }).waitFor();
    await page.goBack();
    await hits.getByRole('link').last().click();
    await page.waitForURL(/records\/mimecast_receipt_logs_v2/);
    // Shown, not only asked for: the record is deleted below.
    await page.getByRole('list', { name: 'Records of the message' }).waitFor();
    await raw(collections).records('receipt').deleteOne({ _id: record._id });
  });

  test('gaps: from when to when, and why, page by page', async () => {
    for (let n = 0; n < 22; n += 1) {
      const from = new Date(BEGIN + n * HOUR);
      const gap = { sourceId: id, stream: 'dlp', from, to: new Date(from.getTime() + HOUR / 2) } as const;
      await recordGap(collections, { ...gap, reason: `older than <i>${n}</i> days` });
    }
    const page = await openSource(id);
    const gaps = part(page, 'Gaps');
    await gaps.getByText('older than <i>21</i> days').waitFor();
    expect(
      await gaps
        .first()
        .getByRole('row', { name: /30 min/ })
        .count(),
    ).toBe(20);
    await gaps.getByRole('button', { name: 'Older' }).click();
    await gaps.getByText('older than <i>0</i> days').waitFor();
    await page.reload();
    await gaps.getByText('older than <i>0</i> days').waitFor();
    await gaps.getByRole('button', { name: 'Newest' }).click();
    await gaps.getByText('older than <i>21</i> days').waitFor();
  });

  test('quarantine: hostile content is text, what is invisible is made visible, and the file is as received', async () => {
    const text = '</pre><script>window.hostile = 1</script>\u0000\u202e<img src=x onerror="window.hostile = 1">';
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(text)]);
    const entry = { place: 'receipt_1.json.gz, line 3', reason: 'no JSON: "<b>"', text, size: bytes.length };
    await quarantine(collections, id, 'receipt', [{ id: new Binary(randomBytes(16)), ...entry, bytes }]);
    const large = { ...entry, text: 'x'.repeat(20_000), size: 20_000, reason: 'large' };
    await quarantine(collections, id, 'dlp', [{ id: new Binary(randomBytes(16)), ...large }]);
    const page = await openSource(id);
    const box = part(page, 'Quarantine');
    const hostile = box.locator('li', { hasText: 'no JSON: "<b>"' });
    await hostile.locator('summary').click();
    await hostile.locator('pre').getByText('<script>window.hostile = 1</script>U+0000U+202E<img').waitFor();
    expect(await page.evaluate('"hostile" in window')).toBe(false);
    await expectAccessible(page);
    const downloading = page.waitForEvent('download');
    await hostile.getByRole('link', { name: 'Download as received' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^quarantined-[0-9a-f]{32}\.txt$/);
    expect(await readFile(await download.path())).toEqual(bytes);
    await box.locator('li', { hasText: 'large' }).locator('summary').click();
    await box.getByText('Its first 10,000 characters. The file has more.').waitFor();
  });

  test('volume: the counts of the store, by stream; range, hidden streams and zoom stand in the address', async () => {
    const page = await openSource(id, { query: '?since=7d' });
    const volume = part(page, 'Volume');
    const total = await raw(collections).records('receipt').countDocuments({ _sourceId: id });
    expect(total).toBeGreaterThan(0);
    const receipt = volume.getByRole('button', { name: `receipt ${total.toLocaleString('en-US')}` });
    await receipt.waitFor();
    const name = await volume.getByRole('img').getAttribute('aria-label');
    await volume.getByText('As a table').click();
    const table = volume.getByRole('table');
    const column = (await table.getByRole('columnheader').allInnerTexts()).indexOf('receipt');
    const cells = await table.locator(`tbody tr :nth-child(${column + 1})`).allInnerTexts();
    expect(cells.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(total);
    await expectAccessible(page);
    await receipt.click();
    await page.waitForURL(/hidden=receipt/);
    await page.reload();
    await volume.locator('button[aria-pressed=false]', { hasText: 'receipt' }).waitFor();
    expect(await volume.getByRole('img').getAttribute('aria-label')).not.toBe(name);
    await volume.getByRole('combobox', { name: 'Time' }).selectOption('24h');
    await page.waitForURL(/since=24h/);
    await volume.locator('.u-over').scrollIntoViewIfNeeded();
    const box = await volume.locator('.u-over').boundingBox();
    if (box === null) throw new Error('there is no chart');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/until=/);
    const { searchParams } = new URL(page.url());
    const hours = (Date.parse(searchParams.get('until') ?? '') - Date.parse(searchParams.get('since') ?? '')) / HOUR;
    expect(hours).toBeGreaterThan(9);
    expect(hours).toBeLessThan(10.5);
    await page.setViewportSize({ width: 700, height: 700 });
    await until(
      async () => (await volume.locator('.uplot').boundingBox())?.width ?? 0,
      (width) => width > 500 && width < 700,
    );
  });

  test('verify and backfill: started with a range, followed to the end, with what was missing', async () => {
    const records = raw(collections).records('dlp');
    const old = { _sourceId: id, _messageTime: { $lt: new Date(Date.now() - HOUR) } };
    const { deletedCount } = await records.deleteMany(old);
    expect(deletedCount).toBeGreaterThan(2);
    const page = await openSource(id, { allowed: /400/ });
    const verify = part(page, 'Verify');
    await verify.getByText('None has been run yet.').waitFor();
    await verify.getByRole('button', { name: 'Verify…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Verify' });
    await dialog.getByText(/^Times are in \S+\./).waitFor();
    await dialog.getByLabel('From').fill('2099-01-31T12:00:00');
    await dialog.getByRole('button', { name: 'Start verify' }).click();
    await dialog.getByRole('alert').waitFor();
    await expectAccessible(page);
    for (const box of await dialog.getByRole('checkbox').all()) await box.uncheck();
    await dialog.getByLabel('dlp').check();
    await dialog.getByLabel('From').fill(new Date(Date.now() - 7 * 24 * HOUR).toISOString().slice(0, 19));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await verify.getByText('Verify completed').waitFor();
    await verify.getByText(`Missing records (${deletedCount})`).click();
    const missing = page.getByRole('region', { name: 'Records that verify found missing' });
    await missing.getByRole('row', { name: /^dlp/ }).first().waitFor();
    await expectAccessible(page);
    const backfill = part(page, 'Backfill');
    await backfill.getByRole('button', { name: 'Backfill…' }).click();
    await page.getByRole('button', { name: 'Start backfill' }).click();
    await backfill.getByText('Backfill completed').waitFor();
    await backfill.getByText(`${deletedCount} restored`).waitFor();
    expect(await records.countDocuments(old)).toBeGreaterThanOrEqual(deletedCount);
  });

  test('one that is running is canceled after a confirm step', async () => {
    await addFault(stack().simulator, { endpoint: 'batch', times: -1, action: { status: 503 } });
    try {
      const page = await openSource(id);
      const verify = part(page, 'Verify');
      await verify.getByRole('button', { name: 'Verify…' }).click();
      await page.getByRole('button', { name: 'Start verify' }).click();
      await verify.getByRole('progressbar').waitFor();
      await expectAccessible(page);
      await verify.getByRole('button', { name: 'Cancel verify' }).click();
      await page.getByRole('button', { name: 'Confirm' }).click();
      await verify.getByText('Verify canceled').waitFor();
      await verify.locator(':focus').waitFor();
      await part(page, 'Audit trail')
        .getByRole('row', { name: /verify\.cancel done/ })
        .waitFor();
    } finally {
      await clearFaults(stack().simulator);
    }
  });
});
