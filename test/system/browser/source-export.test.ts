/** The part of a source's page that shows its export to a bucket. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { CHROMIUM } from '../../support/chromium.js';
import { choose } from '../../support/collection-page.js';
import { sourceFile } from '../../support/e2e-stack.js';
import { exportConfig } from '../../support/exporting-source.js';
import { S3_KEYS, s3Server, type TestBucket } from '../../support/s3-server.js';
import { expectAccessible, part, sourcePages } from '../../support/source-page.js';
import { until } from '../../support/until.js';

const { stack, newSource, caughtUp, open, openSource, status } = sourcePages();
const server = s3Server();

const SIEM = { dataCollection: 'siem' };
const PREFIX = '<img src=x onerror=hostile()>/';
let bucket: TestBucket;
/** Exports below a prefix that looks like markup. */
let exporting = 0;
/** May not write, until it is corrected. */
let denied = 0;
/** Has no export. */
let without = 0;

const toBucket = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...SIEM,
  export: exportConfig(server.endpoint, bucket.name, changes),
});
const statusUntil = (id: number, isWanted: (seen: SourceStatus) => boolean) =>
  until(() => status(id), isWanted, { everyMs: 100 });

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  bucket = await server.newBucket();
  exporting = await newSource('Exporting', toBucket({ prefix: PREFIX }));
  denied = await newSource('Denied', toBucket(S3_KEYS.reader));
  without = await newSource('Without', SIEM);
  for (const id of [exporting, denied, without]) await caughtUp(id);
  await statusUntil(exporting, (seen) => seen.export?.records === seen.snapshot?.totals.stored);
  await statusUntil(denied, (seen) => seen.export?.state === 'Error');
});

describe.skipIf(CHROMIUM === undefined)('the export on the page of a source', () => {
  test('shows where it goes, that it is caught up, and what is written of each stream', async () => {
    const page = await openSource(exporting);
    await page.getByRole('link', { name: 'Export', exact: true }).click();
    const shown = part(page, 'Export');
    const { export: known } = await status(exporting);
    for (const text of ['Exporting', `${bucket.name}/${PREFIX}`, 'caught up', known?.lastObject?.key ?? '?'])
      await shown.getByText(text, { exact: true }).waitFor();
    const rows = await shown.getByRole('row').allInnerTexts();
    const wanted = [...(known?.streams ?? []), { stream: 'All', records: known?.records, objects: known?.objects }];
    expect(rows.slice(1).map((row) => row.split(/\s*\t\s*/))).toEqual(
      wanted.map(({ stream, records = 0, objects = 0 }) => [
        stream,
        ...[records, objects].map((number) => number.toLocaleString('en-US')),
      ]),
    );
    expect(await page.locator('img').count()).toBe(0);
    await expectAccessible(page);
  });

  test('is tried by Test connection on the Collection page, and told apart from the source’s own connection', async () => {
    const page = await open();
    await choose(page, 'Exporting', 'Test connection');
    await page
      .getByRole('status')
      .getByText(/^Exporting: Mimecast issued a token \(\d+ ms\)\. Export: the bucket \S+ can be written to/)
      .waitFor();
    await choose(page, 'Denied', 'Test connection');
    await page
      .getByRole('alert')
      .getByText(/Denied: Mimecast issued a token .* Export: AccessDenied: .*s3:PutObject/)
      .waitFor();
    await expectAccessible(page);
  });

  test('tells what keeps it from writing and what to do, and shows by itself that this was corrected', async () => {
    const page = await openSource(denied);
    const shown = part(page, 'Export');
    await shown.getByText('AccessDenied', { exact: true }).waitFor();
    await shown.getByText('Permit s3:PutObject').waitFor();
    await shown.getByText('Nothing has been exported yet.').waitFor();
    await page.locator('svg.wide .present').getByText('Collecting').waitFor();
    await expectAccessible(page);
    const events = part(page, 'Health events');
    await events.getByLabel('Stream or step').selectOption('export');
    await events.locator('li.open').getByText('s3:PutObject').waitFor();

    const { service, simulator } = stack();
    await service.update(String(denied), sourceFile(simulator, { name: 'Denied', pollInterval: '1h', ...toBucket() }));
    await shown.getByText('Exporting', { exact: true }).waitFor();
    await shown.getByRole('row', { name: /^receipt/ }).waitFor();
    expect(await shown.getByText('AccessDenied').count()).toBe(0);
  });

  test('is not there where nothing is exported', async () => {
    const page = await openSource(without);
    await part(page, 'Audit trail').getByRole('row').first().waitFor();
    expect(await part(page, 'Export').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Export', exact: true }).count()).toBe(0);
  });

  test('on a phone, a long key makes the page no wider than the screen', async () => {
    const page = await openSource(exporting, { viewport: { width: 375, height: 700 } });
    await part(page, 'Export').getByRole('row').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });
});
