/** A large bucket in the order of bytes is listed from where new objects are to be expected, and as a whole every hour. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { PagedBucket } from '../../support/paged-bucket.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);

/** A bucket of as many objects, old ones. */
async function filled(count: number) {
  const bucket = await PagedBucket.open();
  const put = (key: string, record: number, time = new Date()) =>
    bucket.put(`receipt/${key}`, ndjson(siemRecords(record, record)), time);
  for (let at = 1; at <= count; at += 1) put(`2026/06/${String(at).padStart(2, '0')}`, at, new Date('2026-06-30'));
  const source = await bucketSource(collections, { endpoint: bucket.server.url, bucket: 'logs' });
  const collect = async () => {
    const { counts, position, result } = await source.collect('receipt');
    return { stored: counts.stored, position, result, pages: bucket.listed().length };
  };
  const anHourLater = () =>
    raw(collections).checkpoints.updateOne(
      { sourceId: source.id, stream: 'receipt' },
      { $set: { 'shortCut.listedAt': new Date(Date.now() - 3_600_001) } },
    );
  return { source, put, collect, anHourLater };
}

const result = 'caughtUp';

test('what is new at the end is found by one request; all else after an hour at the latest', async () => {
  const { source, put, collect, anHourLater } = await filled(24);
  expect(await collect()).toEqual({ stored: 24, position: '24 objects read', result, pages: 12 });
  expect(await collect()).toEqual({ stored: 0, position: '24 objects read', result, pages: 1 });
  put('2026/07/01', 25);
  put('2026/07/02', 26);
  put('2026/07/03', 27);
  expect(await collect()).toEqual({ stored: 3, position: '27 objects read', result, pages: 2 });

  put('2026/06/05-late', 28);
  put('2026/06/06', 1_000);
  expect(await collect()).toEqual({ stored: 0, position: '27 objects read', result, pages: 2 });
  await anHourLater();
  expect(await collect()).toEqual({ stored: 2, position: '28 objects read', result, pages: 14 });
  const all = [...siemRecords(1, 28), siemRecord(1_000)];
  expect(await source.stored('receipt')).toHaveLength(all.length);
  // The late ones are new for a day: listings begin before them.
  expect(await collect()).toMatchObject({ stored: 0, pages: 12 });
});

test('a reset of the position has everything listed', async () => {
  const { source, collect } = await filled(20);
  await collect();
  expect(await collect()).toMatchObject({ pages: 1 });
  await source.run(({ resetPosition }, id) => resetPosition(id, 'receipt', new Date().toISOString()));
  expect(await collect()).toMatchObject({ stored: 0, pages: 10, position: '20 objects read' });
});

test('a bucket of a few pages is always compared as a whole', async () => {
  const { put, collect } = await filled(18);
  expect(await collect()).toMatchObject({ stored: 18, pages: 9 });
  put('2026/06/05-late', 19);
  expect(await collect()).toMatchObject({ stored: 1, pages: 10 });
});
