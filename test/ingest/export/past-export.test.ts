/** Exports of the past, to a real bucket: each record once, however often, over whatever range, and whoever dies when. */

import { expect, test } from 'vitest';
import type { Collections } from '../../../src/store/collections.js';
import { markPastCanceling } from '../../../src/store/past-exports.js';
import { ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { type ExportingSource, exportingSource } from '../../support/exporting-source.js';
import { newPastExport, pastSlice, runPastExport } from '../../support/past-exporting.js';
import { collectionsIn, databaseOf, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server, type TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
await collections.ensureIndexes();

async function sourceWith(records: readonly unknown[], sliceMs?: number) {
  const bucket = await server.newBucket();
  const options = { endpoint: server.endpoint, bucket: bucket.name, ...(sliceMs === undefined ? {} : { sliceMs }) };
  const source = await exportingSource(collections, options);
  await source.store(textsOf(records));
  return { bucket, source };
}

const textsOf = (records: readonly unknown[]) => (records.length === 0 ? [] : ndjson(records).trimEnd().split('\n'));
const sorted = (records: readonly unknown[]) => textsOf(records).toSorted();

async function lines(bucket: TestBucket): Promise<string[]> {
  const objects = await bucket.objects();
  return [...objects.values()].flatMap(({ text }) => text.trimEnd().split('\n')).toSorted();
}

/** Gives the records of a source these times, in the order in which they were stored. */
async function atTimes(source: ExportingSource, times: readonly Date[]): Promise<void> {
  const found = await raw(collections)
    .records('receipt')
    .find({ _sourceId: source.id })
    .sort({ $natural: 1 })
    .toArray();
  for (const [at, { _id }] of found.entries())
    await raw(collections)
      .records('receipt')
      .updateOne({ _id }, { $set: { _messageTime: times[at] ?? new Date() } });
}

const DAY_MS = 86_400_000;
const NOW = Date.now();
const ago = (days: number) => new Date(NOW - days * DAY_MS);

const exported = async (source: ExportingSource, wish: Readonly<Record<string, unknown>> = {}) =>
  runPastExport(source, await newPastExport(source, wish));

test('a repetition over another range writes only what no object has, as an age means another time each time', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 6));
  await atTimes(source, [40, 20, 20, 10, 1, 0.01].map(ago));
  expect(await exported(source, { from: '30d' })).toMatchObject({ state: 'Completed' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(2, 6)));
  const before = await bucket.objects();

  // Some have come late, among those of a day that is exported, and some are new.
  await source.store(textsOf(siemRecords(7, 8)));
  await atTimes(source, [40, 20, 20, 10, 1, 0.01, 20, 0.001].map(ago));
  const { counts } = await exported(source, { from: '29d' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(2, 8)));
  const after = await bucket.objects();
  for (const [key, object] of before) expect(after.get(key)).toEqual(object);
  expect(counts.receipt).toMatchObject({ objects: after.size, existing: before.size, records: 7 });

  // A longer range brings only what is older.
  await exported(source, { from: '50d' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 8)));
  await exported(source, { from: '50d' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 8)));
});

test('another place, or another form, has objects of its own', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 3));
  await exported(source);
  await exported(source, { prefix: 'again/' });
  expect(await lines(bucket)).toEqual(sorted([...siemRecords(1, 3), ...siemRecords(1, 3)]));
});

test('an object that the bucket has lost is written again under its key, and what is there is not touched', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 4));
  await atTimes(source, [4, 3, 2, 1].map(ago));
  await exported(source);
  const before = await bucket.objects();
  expect(before.size).toBe(4);
  const [lost = ''] = before.keys();
  await bucket.remove(lost);
  const { counts, lastObject } = await exported(source);
  expect(await bucket.objects()).toEqual(before);
  expect(counts.receipt).toMatchObject({ objects: 4, existing: 3, records: 4 });
  expect(lastObject).toBeDefined();
});

test('a twin that comes later brings those before it along, so that it counts as another one', async () => {
  const twin = siemRecord(1);
  const { bucket, source } = await sourceWith([twin, siemRecord(2)]);
  await exported(source);
  await source.store(textsOf([twin]), 'receipt', { before: 1 });
  await exported(source);
  const texts = [...(await bucket.objects()).values()].map(({ text }) => text);
  const text = textsOf([twin])[0] ?? '';
  const numbers = texts.map((object) => object.split('\n').filter((line) => line === text).length);
  expect(numbers.toSorted()).toEqual([1, 2]);
});

const dead = () => Promise.reject(new Error('killed'));
/** A method of a collection that takes its program's life, before or after it has done its work. */
function dyingAt(store: Collections, which: RegExp, method: 'insertOne' | 'findOneAndUpdate', isDone: boolean) {
  return withMethods(store, which, (collection) => ({
    [method]: (...args: readonly never[]) => {
      const call: (...all: readonly never[]) => Promise<unknown> = Reflect.get(collection, method).bind(collection);
      return isDone ? call(...args).then(dead) : dead();
    },
  }));
}

test.each<[string, (store: Collections) => Collections]>([
  ['before its object is noted', (store) => dyingAt(store, /^past_export_parts$/, 'insertOne', false)],
  ['after its object is noted', (store) => dyingAt(store, /^past_export_parts$/, 'insertOne', true)],
  ['before a step is noted', (store) => dyingAt(store, /^past_exports$/, 'findOneAndUpdate', false)],
  ['after a step is noted', (store) => dyingAt(store, /^past_exports$/, 'findOneAndUpdate', true)],
])('a worker that dies %s is followed by another, and every record is exported once', async (_, dying) => {
  const { bucket, source } = await sourceWith(siemRecords(1, 9));
  await atTimes(source, [3, 3, 3, 2, 2, 2, 1, 1, 1].map(ago));
  const exportId = await newPastExport(source);
  // Each attempt gets one step further, or none.
  for (let deaths = 0; deaths < 3; deaths += 1) {
    await expect(pastSlice(source.by(dying(collections)), exportId)).rejects.toThrow('killed');
    await source.store(textsOf(siemRecords(100 + deaths, 100 + deaths)));
  }
  // What a dead attempt has written is none of an earlier export.
  expect(await runPastExport(source, exportId)).toMatchObject({
    state: 'Completed',
    counts: { receipt: { existing: 0 } },
  });
  await exported(source);
  expect(await lines(bucket)).toEqual(sorted([...siemRecords(1, 9), ...siemRecords(100, 102)]));
});

test('two attempts at once write each record once', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 60));
  await atTimes(
    source,
    Array.from({ length: 60 }, (_, at) => ago(20 - at / 4)),
  );
  const exportId = await newPastExport(source);
  await Promise.all([runPastExport(source, exportId), runPastExport(source.by(collections), exportId)]);
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 60)));
});

test('slices that are over at once get on all the same', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 8), 0);
  await atTimes(source, [4, 4, 3, 3, 2, 2, 1, 1].map(ago));
  await exported(source);
  await exported(source);
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 8)));
});

test('one that is canceled ends after the object that it is writing, and another one completes it', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 6));
  await atTimes(source, [6, 5, 4, 3, 2, 1].map(ago));
  const exportId = await newPastExport(source);
  await markPastCanceling(collections, exportId);
  const meanwhile = await runPastExport(source, exportId);
  expect(meanwhile).toMatchObject({ state: 'Canceled', endedAt: expect.any(Date) });
  expect(meanwhile.secret).toBeUndefined();
  expect((await bucket.objects()).size).toBeLessThan(6);
  await exported(source);
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 6)));
});

test('an object has at most some thousand records, and identical ones stay in one', async () => {
  const { bucket, source } = await sourceWith(siemRecords(1, 7_000));
  await atTimesInOne(source, 7_000);
  await exported(source);
  const sizes = [...(await bucket.objects()).values()].map(({ text }) => text.trimEnd().split('\n').length);
  expect(sizes.toSorted()).toEqual([2_000, 5_000]);
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 7_000)));
});

/** Times one after the other, all of one day. */
async function atTimesInOne(source: ExportingSource, length: number): Promise<void> {
  const noon = Date.parse('2026-03-01T12:00:00Z');
  const found = await raw(collections)
    .records('receipt')
    .find({ _sourceId: source.id }, { projection: { _id: 1 } })
    .toArray();
  expect(found).toHaveLength(length);
  await raw(collections)
    .records('receipt')
    .bulkWrite(
      found.map(({ _id }, at) => ({
        updateOne: { filter: { _id }, update: { $set: { _messageTime: new Date(noon + at) } } },
      })),
    );
}

test('of a source that is gone nothing is left to do', async () => {
  const { source } = await sourceWith(siemRecords(1, 1));
  const exportId = await newPastExport(source);
  await databaseOf(collections).collection('past_exports').deleteMany({ sourceId: source.id });
  expect(await pastSlice(source, exportId)).toMatchObject({ result: 'over' });
});
