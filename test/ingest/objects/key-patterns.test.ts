/** What `include` and `exclude` leave out is never read, whether it is listed or announced, and is read once they let it. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { motoServer } from '../../support/moto-server.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const server = motoServer();
const collections = collectionsIn(testDatabase().db);
const GARBAGE = 'no record at all';

async function filled() {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1.json', ndjson(siemRecords(1, 2)));
  await bucket.put('receipt/2026/2.json', ndjson(siemRecords(3, 4)));
  await bucket.put('receipt/tmp/3.json', ndjson(siemRecords(5, 6)));
  await bucket.put('receipt/README.md', GARBAGE);
  await bucket.put('receipt/tmp/', '');
  return bucket;
}

const sourceOf = ({ name }: { readonly name: string }, s3: object, options: object = {}) =>
  bucketSource(collections, { endpoint: server.endpoint, bucket: name, s3: { ...s3 }, ...options });

test('what is excluded is neither read nor taken for foreign, and counted as such', async () => {
  const source = await sourceOf(await filled(), { include: '*.json', exclude: ['**/tmp/**'] });
  expect(await source.collect('receipt')).toMatchObject({
    ...{ result: 'caughtUp', files: 2, counts: { stored: 4, quarantined: 0 } },
    position: '2 objects read, 3 excluded',
  });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 4));
  expect(await source.quarantined()).toEqual([]);
  expect(await source.note('receipt/README.md')).toBeNull();
});

test('what is no longer excluded is read, also if it is older than what was folded, and nothing twice', async () => {
  const bucket = await filled();
  const foldPolicy = { afterMs: -86_400_000, atLeast: 1, together: 1_000 };
  const source = await sourceOf(bucket, { exclude: ['**/tmp/**', '*.md'] }, { foldPolicy });
  expect(await source.collect('receipt')).toMatchObject({ files: 2, counts: { stored: 4 } });
  expect(await raw(collections).folded.countDocuments({ sourceId: source.id })).toBe(1);
  await source.reconfigure({ exclude: ['*.md'] });
  const again = await source.collect('receipt');
  expect(again).toMatchObject({ files: 1, counts: { stored: 2 }, position: '3 objects read, 1 empty, 1 excluded' });
  await source.reconfigure({ exclude: ['*.md', 'receipt/1*'] });
  expect(await source.collect('receipt')).toMatchObject({ files: 0, position: '2 objects read, 1 empty, 2 excluded' });
  await source.reconfigure({ exclude: ['*.md'] });
  expect(await source.collect('receipt')).toMatchObject({ files: 0, counts: { stored: 0, duplicates: 0 } });
});

test('an object that cannot be read is no trouble any more once it is excluded', async () => {
  const bucket = await filled();
  await bucket.put('receipt/cut.json', Buffer.from('1f8b0800000000000003aaaa', 'hex'));
  const source = await sourceOf(bucket, { exclude: '*.md' });
  expect((await source.collect('receipt')).result).toBe('failed');
  expect(await source.note('receipt/cut.json')).toMatchObject({ state: 'failing' });
  await source.reconfigure({ exclude: ['*.md', 'receipt/cut*'] });
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', position: '3 objects read, 1 empty, 2 excluded' });
  expect(outcome.gaps).toBeUndefined();
  expect(await source.note('receipt/cut.json')).toBeNull();
});

test('what is announced and excluded is deleted from the queue unread, also if it was not excluded then', async () => {
  const [bucket, queue] = [await filled(), await server.newQueue()];
  const queueLimits = { waitSeconds: 0 };
  const source = await sourceOf(
    bucket,
    { queue: { url: queue.url, compareEvery: '1d' }, exclude: '*.md' },
    { queueLimits },
  );
  await source.collect('receipt');
  await queue.notifiedBy(bucket);
  await bucket.put('receipt/CHANGES.md', GARBAGE);
  await bucket.put('receipt/4.json', ndjson([siemRecord(7)]));
  await bucket.put('receipt/cut.json', Buffer.from('1f8b0800000000000003aaaa', 'hex'));
  expect(await source.collect('receipt')).toMatchObject({ result: 'failed', counts: { stored: 1 } });
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  await source.reconfigure({ exclude: ['*.md', 'receipt/cut*'] });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp' });
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 0 });
  expect(await source.quarantined()).toEqual([]);
});

test('verify and backfill leave it out, too', async () => {
  const source = await sourceOf(await filled(), { include: ['receipt/*.json', '**/2026/*'], exclude: ['*.md'] });
  await source.collect('receipt');
  await raw(collections).records('receipt').deleteOne({ _sourceId: source.id, aggregateId: 'a3' });
  const range = { from: new Date(0).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };
  const again = (kind: 'verify' | 'backfill') =>
    source.run(({ reread }, id) => reread(id, 'receipt', { kind, run: `${kind} of patterns`, ...range }));
  expect(await again('verify')).toMatchObject({ done: true, counts: { read: 4, missing: 1 } });
  expect(await again('backfill')).toMatchObject({ done: true });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 4));
  expect(await source.quarantined()).toEqual([]);
});
