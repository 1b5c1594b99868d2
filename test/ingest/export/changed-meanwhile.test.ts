/** An export whose configuration or bucket changes between a cut and the writing of its objects, and what it says it has done. */

import type { Document } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { Bucket } from '../../../src/s3/bucket.js';
import { ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { type ExportingSource, exportingSource } from '../../support/exporting-source.js';
import { collectionsIn, databaseOf, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server, type TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
await collections.ensureIndexes();

async function begun(toBucket: Readonly<Record<string, unknown>> = {}) {
  const bucket = await server.newBucket();
  const place = { endpoint: server.endpoint, bucket: bucket.name };
  const source = await exportingSource(collections, { ...place, export: toBucket });
  await source.slice();
  return { bucket, source };
}

const textsOf = (records: readonly unknown[]) => ndjson(records).trimEnd().split('\n');
const stores = (source: ExportingSource, from: number, to: number, stream: StreamName = 'receipt') =>
  source.store(textsOf(siemRecords(from, to, stream)), stream);
const numbersOfLines = async (bucket: TestBucket) =>
  [...(await bucket.objects()).values()].map(({ text }) => text.trimEnd().split('\n').length);

async function lines(bucket: TestBucket, prefix = ''): Promise<string[]> {
  const objects = await bucket.objects(prefix);
  return [...objects.values()].flatMap(({ text }) => text.trimEnd().split('\n')).toSorted();
}

const exportOf = ({ id }: ExportingSource) =>
  databaseOf(collections)
    .collection<Document>('exports')
    .findOne({ _id: id as never });

/** Changes what its configuration says of the export, as an update does. */
async function reconfigure({ id }: ExportingSource, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const set = Object.fromEntries(Object.entries(changes).map(([key, value]) => [`config.export.${key}`, value]));
  await raw(collections).sources.updateOne({ _id: id }, { $set: set, $inc: { version: 1 } });
}

const dead = () => Promise.reject(new Error('killed'));

/** A slice whose worker dies once its cut is noted, or once it has written so many objects. */
async function dyingSlice(source: ExportingSource, writes: number): Promise<void> {
  const put = Bucket.prototype.put;
  let written = 0;
  const spy = vi.spyOn(Bucket.prototype, 'put').mockImplementation(async function (this: Bucket, ...args) {
    written += 1;
    return written > writes ? dead() : put.apply(this, args);
  });
  // In place of an error that is told with what was done before.
  await source
    .slice()
    .then(() => expect.unreachable())
    .catch((error: unknown) => expect(error).toMatchObject({ message: 'killed' }));
  spy.mockRestore();
}

test('a prefix that changes between two objects of a cut has no record written below both', async () => {
  const { bucket, source } = await begun({ prefix: 'before/' });
  await stores(source, 1, 3);
  await stores(source, 4, 5, 'url protect');
  await dyingSlice(source, 1);
  await reconfigure(source, { prefix: 'after/' });
  await source.exportAll();
  const [first, second] = [textsOf(siemRecords(1, 3)), textsOf(siemRecords(4, 5, 'url protect'))];
  expect(await lines(bucket, 'before/')).toEqual(first.toSorted());
  expect(await lines(bucket, 'after/')).toEqual(second.toSorted());
  expect(await exportOf(source)).toMatchObject({ objects: 2, records: 5 });
});

test('a form that changes before a cut is written is that of the next one: it decides which twins belong to it', async () => {
  const { bucket, source } = await begun();
  const twin = textsOf([siemRecord(0)]);
  await source.store(twin);
  await source.exportAll();
  await reconfigure(source, { form: 'ecs' });
  await source.store(twin, 'receipt', { before: 1 });
  const noting = withMethods(collections, /^export_cuts$/, (collection) => ({
    insertOne: (...args: Parameters<typeof collection.insertOne>) => collection.insertOne(...args).then(dead),
  }));
  await expect(source.by(noting).slice()).rejects.toThrow('killed');
  await reconfigure(source, { form: 'received' });
  await source.exportAll();
  expect(await numbersOfLines(bucket)).toEqual([1]);
  // As it is no detection, the second one is in no object: the third one brings it along.
  await source.store(twin, 'receipt', { before: 2 });
  await source.exportAll();
  expect(await numbersOfLines(bucket)).toEqual([1, 3]);
});

test('an object that is removed after its write was refused is written again, and is none of somebody else', async () => {
  const { bucket, source } = await begun();
  await stores(source, 1, 2);
  const dying = withMethods(collections, /^exports$/, () => ({ findOneAndUpdate: dead }));
  await expect(source.by(dying).slice()).rejects.toThrow('killed');
  const [key = ''] = await bucket.keys();
  const look = vi.spyOn(Bucket.prototype, 'metadataOf').mockImplementationOnce(async () => {
    await bucket.remove(key);
    return undefined;
  });
  onTestFinished(() => look.mockRestore());
  await source.exportAll();
  expect(look).toHaveBeenCalledOnce();
  expect(await lines(bucket)).toEqual(textsOf(siemRecords(1, 2)).toSorted());
});

test('a store that will not write what it says is not there is tried again later', async () => {
  const { source } = await begun();
  await stores(source, 1, 2);
  const put = vi.spyOn(Bucket.prototype, 'put').mockResolvedValue('exists');
  onTestFinished(() => put.mockRestore());
  await expect(source.slice()).rejects.toMatchObject({ facts: { status: 412, code: 'Removed' } });
});

test('it has caught up with what was stored when it looked, and not with what has come while it wrote', async () => {
  const { source } = await begun();
  await stores(source, 1, 5_001);
  let cutAt = Number.POSITIVE_INFINITY;
  const noting = withMethods(collections, /^export_cuts$/, (collection) => ({
    insertOne: (...args: Parameters<typeof collection.insertOne>) => {
      cutAt = Math.min(cutAt, Date.now());
      return collection.insertOne(...args);
    },
  }));
  expect(await source.by(noting).slice()).toMatchObject({ result: 'caughtUp' });
  expect((await exportOf(source))?.caughtUpAt.getTime()).toBeLessThanOrEqual(cutAt);
});
