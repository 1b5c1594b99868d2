/** What is known of older objects is kept in short, and everything that comes late is still found. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecords } from '../../support/bucket-source.js';
import { collectionsIn, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

const DAY_MS = 86_400_000;
/** Not too late for the objects that a test has just written. */
const FOLD = { afterMs: -DAY_MS, atLeast: 3, together: 4 };

const keyOf = (at: number) => `receipt/2026/06/0${at}/events.json`;

async function filled(objects = 6, foldPolicy = FOLD) {
  const bucket = await server.newBucket();
  for (let at = 1; at <= objects; at += 1) await bucket.put(keyOf(at), ndjson(siemRecords(at, at)));
  const source = await bucketSource(collections, { endpoint: server.endpoint, bucket: bucket.name, foldPolicy });
  const folded = () => raw(collections).folded.find({ sourceId: source.id }).sort({ first: 1 }).toArray();
  const notes = () => raw(collections).objects.find({ sourceId: source.id }).sort({ key: 1 }).toArray();
  return { bucket, source, folded, notes };
}

test('objects that were read are folded, and known as before', async () => {
  const { source, folded, notes } = await filled();
  const position = '6 objects read';
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 6, position });
  expect(await notes()).toEqual([]);
  expect(await folded()).toMatchObject([
    { first: keyOf(1), last: keyOf(4), count: 4 },
    { first: keyOf(5), last: keyOf(6), count: 2 },
  ]);
  const { version } = await source.checkpoint('receipt');
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, position });
  expect((await source.checkpoint('receipt')).version).toBe(version);
});

test('too few objects, and those that were written lately, keep their notes', async () => {
  const few = await filled(2);
  await few.source.collect('receipt');
  const young = await filled(3, { ...FOLD, afterMs: DAY_MS });
  await young.source.collect('receipt');
  expect([(await few.notes()).length, (await young.notes()).length]).toEqual([2, 3]);
  expect([...(await few.folded()), ...(await young.folded())]).toEqual([]);
});

test('a key that comes late into a folded day, an object there that is overwritten, and one that vanishes', async () => {
  const { bucket, source, folded, notes } = await filled();
  await source.collect('receipt');
  await bucket.put('receipt/2026/06/03/late.json', ndjson(siemRecords(7, 7)));
  await bucket.put(keyOf(2), ndjson(siemRecords(8, 8)));
  await bucket.remove(keyOf(5));
  const position = '6 objects read';
  expect(await source.collect('receipt')).toMatchObject({ files: 2, counts: { stored: 2, duplicates: 0 }, position });
  expect((await notes()).map(({ key }) => key)).toEqual([keyOf(2), 'receipt/2026/06/03/late.json']);
  // Together with others they are folded as well.
  await bucket.put(keyOf(9), ndjson(siemRecords(9, 9)));
  await source.collect('receipt');
  expect(await notes()).toEqual([]);
  expect(await folded()).toHaveLength(3);
  // The very same bytes would be the same version, if they came within the same second.
  await bucket.put(keyOf(5), `${ndjson(siemRecords(5, 5))}\n`);
  const back = await source.collect('receipt');
  expect(back).toMatchObject({ files: 1, counts: { stored: 0, duplicates: 1 }, position: '8 objects read' });
  expect(await source.collect('receipt')).toMatchObject({ files: 0 });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 9));
});

const KILLED = () => Promise.reject(new Error('killed'));

test.each([
  ['before anything was folded', /^folded_objects$/, 'insertOne', 0],
  ['before it counts', /^folded_objects$/, 'updateOne', 1],
  ['before the notes are removed', /^objects$/, 'deleteMany', 1],
] as const)('a worker that dies %s', async (_when, which, method, left) => {
  const { source, folded, notes } = await filled(3);
  const dying = withMethods(collections, which, (collection) => ({
    [method]: (...args: [{ state?: string }]) => (args[0].state === 'gone' ? collection.deleteMany(args[0]) : KILLED()),
  }));
  expect(await source.by(dying).collect('receipt')).toMatchObject({ result: 'failed', counts: { stored: 3 } });
  expect(await notes()).toHaveLength(3);
  expect(await folded()).toHaveLength(left);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, position: '3 objects read' });
  expect(await notes()).toEqual([]);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, position: '3 objects read' });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 3));
});

test('what was about to be folded when a worker died is not taken for read', async () => {
  const { source } = await filled(3);
  const dying = withMethods(collections, /^folded_objects$/, () => ({ updateOne: KILLED }));
  await source.by(dying).collect('receipt');
  await raw(collections).objects.deleteMany({ sourceId: source.id });
  expect(await source.collect('receipt')).toMatchObject({ files: 3 });
});

const reset = ({ source }: Awaited<ReturnType<typeof filled>>, from = new Date(0)) =>
  source.run(({ resetPosition }, id) => resetPosition(id, 'receipt', from.toISOString()));

test('a position that is reset has folded objects read again, with those that were folded with them', async () => {
  const made = await filled();
  const { source, bucket } = made;
  await source.collect('receipt');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  await reset(made, new Date(Date.now() + DAY_MS));
  expect(await source.collect('receipt')).toMatchObject({ files: 0 });
  await bucket.put(keyOf(7), ndjson(siemRecords(7, 7)));
  await reset(made);
  expect(await source.collect('receipt')).toMatchObject({ files: 7 });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 7));
});

test.each(['insertOne', 'updateOne'] as const)('a reset at the moment of folding (%s) is obeyed', async (method) => {
  const made = await filled(3);
  const { source } = made;
  const slow = withMethods(collections, /^folded_objects$/, () => {
    const real = raw(collections).folded;
    return {
      [method]: async (...args: unknown[]) => {
        if (method === 'updateOne') await reset(made);
        const done = await Reflect.apply(real[method], real, args);
        if (method === 'insertOne') await reset(made);
        return done;
      },
    };
  });
  const outcome = await source.by(slow).collect('receipt');
  expect(outcome.failure?.message).toContain('was moved by another worker');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 3 });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 3));
});

test('objects that have left the bucket are forgotten after a week, the others are not', async () => {
  const { bucket, source, folded } = await filled();
  await source.collect('receipt');
  for (const at of [1, 2, 3]) await bucket.remove(keyOf(at));
  const long = new Date(Date.now() - 8 * DAY_MS);
  await raw(collections).folded.updateMany({ sourceId: source.id }, { $set: { seenAt: long } });
  await bucket.remove(keyOf(5));
  await bucket.remove(keyOf(6));
  expect(await source.collect('receipt')).toMatchObject({ files: 0, position: '1 objects read' });
  const [kept, ...none] = await folded();
  expect(none).toEqual([]);
  expect(kept).toMatchObject({ first: keyOf(1) });
  expect(kept?.seenAt.getTime()).toBeGreaterThan(long.getTime() + DAY_MS);
});
