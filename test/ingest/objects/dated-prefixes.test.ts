/** Prefixes with dates: polls list the last days, whatever the order of the keys, and nothing that comes late in an older one is lost. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecords } from '../../support/bucket-source.js';
import { PagedBucket, type PagedBucketOptions } from '../../support/paged-bucket.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);

const DAY_MS = 86_400_000;
const TEMPLATE = 'receipt/{yyyy}/{MM}/{dd}/';

/** A day by UTC, counted from today. */
const dayAt = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const folderAt = (offset: number) => `receipt/${dayAt(offset).replaceAll('-', '/')}/`;
/** Days that every poll lists. The last one but one may have begun elsewhere, and the last one before the next full listing. */
const LAST_DAYS = [-1, 0, 1, 2].map(folderAt);

async function sourceOf(s3: object, { sliceMs, ...options }: PagedBucketOptions & { readonly sliceMs?: number } = {}) {
  const bucket = await PagedBucket.open(options);
  let records = 0;
  const put = (key: string, type = 'receipt') => {
    records += 1;
    bucket.put(key, ndjson(siemRecords(records, records, type)));
  };
  const source = await bucketSource(collections, {
    ...{ endpoint: bucket.server.url, bucket: 'logs', s3: { ...s3 } },
    ...(sliceMs === undefined ? {} : { sliceMs }),
  });
  const collect = async () => {
    const { counts, position, result } = await source.collect('receipt');
    return { stored: counts.stored, position, result, listed: bucket.listed() };
  };
  const anHourLater = () =>
    raw(collections).checkpoints.updateOne(
      { sourceId: source.id, stream: 'receipt' },
      { $set: { 'shortCut.listedAt': new Date(Date.now() - 3_600_001) } },
    );
  return { source, bucket, put, collect, anHourLater };
}

const backwards = (a: string, b: string) => Buffer.compare(Buffer.from(b), Buffer.from(a));

test('in any order of the keys, polls list the last days; all else is found after an hour at the latest', async () => {
  const { put, collect, anHourLater } = await sourceOf({ prefixes: { receipt: TEMPLATE } }, { order: backwards });
  for (let at = 0; at < 24; at += 1) put(`${folderAt(-at)}a`);
  put('receipt/tmp/a');
  put('receipt/2026/13/01/a');
  const first = await collect();
  expect(first).toMatchObject({ stored: 24, position: '24 objects read', result: 'caughtUp' });
  expect(new Set(first.listed)).toEqual(new Set(['receipt/']));
  expect(await collect()).toMatchObject({ stored: 0, position: '24 objects read', listed: LAST_DAYS });

  put(`${folderAt(0)}b`);
  put(`${folderAt(1)}a`);
  put(`${folderAt(-20)}late`);
  expect(await collect()).toMatchObject({ stored: 2, position: '26 objects read', listed: LAST_DAYS });
  await anHourLater();
  expect(await collect()).toMatchObject({ stored: 1, position: '27 objects read', result: 'caughtUp' });
  expect(await collect()).toMatchObject({ stored: 0, position: '27 objects read', listed: LAST_DAYS });
});

test('with a first day, nothing before it is listed or read, and everything from it on is', async () => {
  const s3 = { prefixes: { receipt: TEMPLATE }, firstDay: dayAt(-12) };
  const { put, collect, anHourLater, source } = await sourceOf(s3);
  for (let at = 0; at < 20; at += 1) put(`${folderAt(-at)}a`);
  const days = Array.from({ length: 14 }, (_, at) => folderAt(at - 12));
  expect(await collect()).toEqual({ stored: 13, position: '13 objects read', result: 'caughtUp', listed: days });
  expect(await collect()).toMatchObject({ stored: 0, position: '13 objects read', listed: LAST_DAYS });
  put(`${folderAt(-12)}late`);
  put(`${folderAt(-13)}late`);
  await anHourLater();
  expect(await collect()).toMatchObject({ stored: 1, position: '14 objects read', listed: days });

  await source.reconfigure({ firstDay: dayAt(-13) });
  expect(await collect()).toMatchObject({ stored: 2, position: '16 objects read' });
});

test('a listing day by day that does not fit into one slice goes on where it was', async () => {
  const s3 = { prefixes: { receipt: TEMPLATE }, firstDay: dayAt(-12) };
  const { put, collect } = await sourceOf(s3, { sliceMs: 1 });
  for (let at = 0; at <= 12; at += 1) for (const name of ['a', 'b', 'c']) put(`${folderAt(-at)}${name}`);
  let [stored, slices] = [0, 0];
  const listed: string[] = [];
  for (let isLast = false; !isLast; slices += 1) {
    const outcome = await collect();
    stored += outcome.stored;
    listed.push(...outcome.listed);
    isLast = outcome.result === 'caughtUp';
    if (isLast) expect(outcome.position).toBe('39 objects read');
  }
  expect(stored).toBe(39);
  expect(slices).toBeGreaterThan(13);
  // A page that was not finished is listed again, and no day after a later one.
  expect(listed).toEqual(listed.toSorted());
});

test('a bucket of a few pages is always compared as a whole', async () => {
  const { put, collect } = await sourceOf({ prefixes: { receipt: TEMPLATE } });
  for (let at = 0; at < 10; at += 1) put(`${folderAt(-at)}a`);
  expect(await collect()).toMatchObject({ stored: 10 });
  put(`${folderAt(-9)}late`);
  expect(await collect()).toMatchObject({ stored: 1, position: '11 objects read' });
});

test('where the type stands after the date, each stream reads its own', async () => {
  const prefixes = { receipt: '{yyyy}/{MM}/{dd}/receipt/', av: '!{timestamp:yyyy/MM/dd/}av/' };
  const { put, collect, source } = await sourceOf({ prefixes });
  const day = dayAt(0).replaceAll('-', '/');
  for (const type of ['receipt', 'av']) put(`${day}/${type}/1`, type);
  expect(await collect()).toMatchObject({ stored: 1, position: '1 objects read' });
  expect(await source.collect('av')).toMatchObject({ position: '1 objects read' });
});
