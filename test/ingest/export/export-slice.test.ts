/** Exporting to a real bucket from a real store: each record once, in whatever order it was stored, whoever dies when. */

import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { objectName } from '../../../src/ingest/export/object-name.js';
import type { Collections } from '../../../src/store/collections.js';
import { ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { type ExportingSource, exportingSource } from '../../support/exporting-source.js';
import { collectionsIn, databaseOf, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server, type TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
await collections.ensureIndexes();

/** One whose export has begun: what is stored from now on is exported. */
async function begun(options: Partial<Parameters<typeof exportingSource>[1]> = {}) {
  const bucket = await server.newBucket();
  const source = await exportingSource(collections, { endpoint: server.endpoint, bucket: bucket.name, ...options });
  await source.slice();
  return { bucket, source };
}

const textsOf = (records: readonly unknown[]) => ndjson(records).trimEnd().split('\n');

/** The lines of all objects below a prefix. */
async function lines(bucket: TestBucket, prefix = ''): Promise<string[]> {
  const objects = await bucket.objects(prefix);
  return [...objects.values()].flatMap(({ text }) => text.trimEnd().split('\n')).toSorted();
}

const sorted = (records: readonly unknown[]) => textsOf(records).toSorted();
const exportsOf = (id: number) =>
  databaseOf(collections)
    .collection<Document>('exports')
    .findOne({ _id: id as never });

test('objects are NDJSON in gzip below the prefix of each stream, with a name that carries the type', async () => {
  const { bucket, source } = await begun({ export: { prefix: 'out/' } });
  await source.store(textsOf(siemRecords(1, 3)));
  await source.store(textsOf(siemRecords(4, 5, 'url protect')), 'url protect');
  expect(await source.slice()).toMatchObject({ result: 'caughtUp', intervalMs: 1_000 });
  const objects = await bucket.objects();
  const [receipt = '', protect = ''] = [...objects.keys()].toSorted();
  expect(receipt).toMatch(
    /^out\/receipt\/\d{4}\/\d\d\/\d\d\/receipt_\d{8}T\d{6}Z_[0-9a-f]{8}-\d+-0000000001\.json\.gz$/,
  );
  expect(protect).toMatch(/^out\/url_protect\/.*\/url_protect_.*-0000000001\.json\.gz$/);
  expect(objects.get(receipt)).toMatchObject({
    text: ndjson(siemRecords(1, 3)),
    type: 'application/gzip',
    disposition: `attachment; filename="${receipt.split('/').at(-1)}"`,
  });
  expect(await exportsOf(source.id)).toMatchObject({
    ...{ objects: 2, records: 5, state: 'Exporting' },
    streams: { receipt: { objects: 1, records: 3 }, 'url protect': { objects: 1, records: 2 } },
  });
  // Nothing new is no object.
  await source.slice();
  expect((await bucket.objects()).size).toBe(2);
});

test('what was stored before the export began is not exported, and neither are records of another source', async () => {
  const bucket = await server.newBucket();
  const options = { endpoint: server.endpoint, bucket: bucket.name };
  const [source, other] = [await exportingSource(collections, options), await exportingSource(collections, options)];
  await source.store(textsOf(siemRecords(1, 2)));
  await source.slice();
  await other.store(textsOf(siemRecords(3, 4)));
  await source.store(textsOf(siemRecords(5, 5)));
  await source.slice();
  expect(await lines(bucket)).toEqual(sorted(siemRecords(5, 5)));
});

const expectKilled = (error: unknown) => expect(error).toMatchObject({ message: 'killed' });
const dead = () => Promise.reject(new Error('killed'));
const DEATHS: readonly (readonly [string, (store: Collections) => Collections])[] = [
  ['before its cut is written down', (store) => withMethods(store, /^export_cuts$/, () => ({ insertOne: dead }))],
  [
    'after its cut is written down',
    (store) =>
      withMethods(store, /^export_cuts$/, (collection) => ({
        insertOne: (...args: Parameters<typeof collection.insertOne>) => collection.insertOne(...args).then(dead),
      })),
  ],
  [
    'between two objects of a cut',
    (store) => {
      let finds = 0;
      return withMethods(store, /^mimecast_url_protect/, (collection) => ({
        find: (...args: Parameters<typeof collection.find>) => {
          finds += 1;
          // The first ones are those of the cut itself.
          if (finds > 2) throw new Error('killed');
          return collection.find(...args);
        },
      }));
    },
  ],
  ['after its objects are written', (store) => withMethods(store, /^exports$/, () => ({ findOneAndUpdate: dead }))],
  [
    'after its checkpoint has moved',
    (store) =>
      withMethods(store, /^exports$/, (collection) => ({
        findOneAndUpdate: (...args: Parameters<typeof collection.findOneAndUpdate>) =>
          collection.findOneAndUpdate(...args).then(dead),
      })),
  ],
];

test.each(DEATHS)(
  'a worker that dies %s is followed by another, and every record is exported once',
  async (_, dying) => {
    const { bucket, source } = await begun();
    await source.store(textsOf(siemRecords(1, 10)));
    await source.store(textsOf(siemRecords(11, 15, 'url protect')), 'url protect');
    await expect(source.by(dying(collections)).slice()).rejects.toThrow('killed');
    const before = await bucket.objects();
    // What comes meanwhile goes into other objects.
    await source.store(textsOf(siemRecords(16, 20)));
    await source.exportAll();
    expect(await lines(bucket)).toEqual(
      sorted([...siemRecords(1, 10), ...siemRecords(11, 15, 'url protect'), ...siemRecords(16, 20)]),
    );
    const after = await bucket.objects();
    for (const [key, object] of before) expect(after.get(key)).toEqual(object);
    expect(await exportsOf(source.id)).toMatchObject({ objects: after.size, records: 20 });
  },
);

test('what is stored while an object is being cut is not skipped', async () => {
  const { bucket, source } = await begun();
  await source.store(textsOf(siemRecords(1, 5)));
  let hasCome = false;
  const meanwhile = withMethods(collections, /^export_cuts$/, (collection) => ({
    insertOne: async (...args: Parameters<typeof collection.insertOne>) => {
      const result = await collection.insertOne(...args);
      if (!hasCome) await source.store(textsOf(siemRecords(6, 9)));
      hasCome = true;
      return result;
    },
  }));
  await source.by(meanwhile).exportAll();
  await source.exportAll();
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 9)));
});

test('many writers and two exporters at once: each record is exported once', async () => {
  const { bucket, source } = await begun();
  const writers = Array.from({ length: 20 }, (_, at) => source.store(textsOf(siemRecords(at * 50 + 1, at * 50 + 50))));
  let areWriting = true;
  const exporting = async () => {
    while (areWriting) await source.slice();
  };
  const exporters = [exporting(), exporting()];
  await Promise.all(writers);
  areWriting = false;
  await Promise.all(exporters);
  await source.exportAll();
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 1_000)));
});

test('an exporter that another one has overtaken writes nothing beside it', async () => {
  const { bucket, source } = await begun();
  await source.store(textsOf(siemRecords(1, 5)));
  const overtaken = withMethods(collections, /^export_cuts$/, (collection) => ({
    insertOne: async (...args: Parameters<typeof collection.insertOne>) => {
      await source.exportAll();
      return collection.insertOne(...args);
    },
  }));
  expect(await source.by(overtaken).slice()).toMatchObject({ result: 'more' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 5)));
  expect((await bucket.objects()).size).toBe(1);
});

test('identical twins stay in one object, also where it would be full between them', async () => {
  const { bucket, source } = await begun();
  const [twin = ''] = textsOf([siemRecord(0)]);
  const all = [twin, ...textsOf(siemRecords(1, 5_500)), twin];
  await source.store(all);
  await source.exportAll();
  const objects = [...(await bucket.objects()).values()].map(({ text }) => text.trimEnd().split('\n'));
  expect(objects.length).toBeGreaterThan(1);
  expect(objects.map((object) => object.filter((line) => line === twin).length).filter(Boolean)).toEqual([2]);
  expect(await lines(bucket)).toEqual(all.toSorted());
});

test('a twin that comes later brings those before it along, so that it counts as another one', async () => {
  const { bucket, source } = await begun();
  const [twin = ''] = textsOf([siemRecord(0)]);
  await source.store([twin]);
  await source.exportAll();
  await source.store([twin], 'receipt', { before: 1 });
  await source.exportAll();
  const counts = [...(await bucket.objects()).values()].map(({ text }) => text.trimEnd().split('\n').length);
  expect(counts).toEqual([1, 2]);
});

test('records that only a Mask makes alike are twins, too', async () => {
  const { bucket, source } = await begun();
  const filters = [{ filterType: 'Mask', name: 'm', regexp: '"subject":"([^"]+)"', mask: 'x' }] as const;
  const [one = '', two = ''] = textsOf([
    siemRecord(0, 'receipt', { subject: 'a' }),
    siemRecord(0, 'receipt', { subject: 'b' }),
  ]);
  await source.store([one], 'receipt', { filters });
  await source.exportAll();
  await source.store([two], 'receipt', { filters });
  await source.exportAll();
  const texts = [...(await bucket.objects()).values()].map(({ text }) => text.trimEnd().split('\n'));
  expect(texts.map((each) => each.length)).toEqual([1, 2]);
  expect(new Set(texts.flat()).size).toBe(1);
});

/** Puts the export at a change that is not in MongoDB's log, as one that was written over is not. */
async function loseChanges(source: ExportingSource): Promise<void> {
  const db = databaseOf(collections);
  const changes = db.watch();
  await changes.tryNext();
  await db.collection('noise').insertOne({});
  const { _data } = (await changes.next())._id as { readonly _data: string };
  await changes.close();
  const token = `82${(1_500_000_000).toString(16)}${_data.slice(10)}`;
  await db.collection('exports').updateOne({ _id: source.id as never }, { $set: { token } });
}

test('where MongoDB’s log no longer reaches back, what no object has is found by comparison, and nothing is exported twice', async () => {
  const { bucket, source } = await begun();
  const stores = (from: number, to: number, stream: StreamName = 'receipt') =>
    source.store(textsOf(siemRecords(from, to, stream)), stream);
  await stores(1, 5);
  await source.exportAll();
  await stores(6, 8);
  await stores(9, 9, 'av');
  await loseChanges(source);
  let hasCome = false;
  const meanwhile = withMethods(collections, /^export_cuts$/, (collection) => ({
    insertOne: async (...args: Parameters<typeof collection.insertOne>) => {
      // Found by the comparison of its stream or not, and named by the changes in any case.
      if (!hasCome) await Promise.all([stores(10, 11), stores(12, 13, 'spam')]);
      hasCome = true;
      return collection.insertOne(...args);
    },
  }));
  await source.by(meanwhile).exportAll();
  await stores(14, 14);
  await source.exportAll();
  expect(await lines(bucket)).toEqual(
    sorted([
      ...siemRecords(1, 8),
      ...siemRecords(10, 11),
      ...siemRecords(14, 14),
      siemRecord(9, 'av'),
      ...siemRecords(12, 13, 'spam'),
    ]),
  );
});

test('a comparison that is interrupted goes on, and begins not long before the export did', async () => {
  const bucket = await server.newBucket();
  const source = await exportingSource(collections, { endpoint: server.endpoint, bucket: bucket.name });
  await source.store(textsOf(siemRecords(100, 105)));
  const old = new Date(Date.now() - 3 * 86_400_000);
  await raw(collections)
    .records('receipt')
    .updateMany({ _sourceId: source.id }, { $set: { _receiptTime: old } });
  await source.slice();
  await source.store(textsOf(siemRecords(1, 4)));
  await source.store(textsOf(siemRecords(5, 6, 'spam')), 'spam');
  await loseChanges(source);
  await source.slice();
  for (const [, dying] of DEATHS) await source.by(dying(collections)).slice().catch(expectKilled);
  await source.exportAll();
  expect(await lines(bucket)).toEqual(sorted([...siemRecords(1, 4), ...siemRecords(5, 6, 'spam')]));
});

test('another object under the key is for the operator, and stays as it is', async () => {
  const { bucket, source } = await begun();
  await source.store(textsOf(siemRecords(1, 2)));
  const [, afterCut] = DEATHS[1] ?? [];
  await expect(source.by(afterCut?.(collections) ?? collections).slice()).rejects.toThrow('killed');
  const cut = await databaseOf(collections).collection('export_cuts').findOne({ sourceId: source.id });
  const { id: installationId } = await collections.installation();
  const { key } = objectName('', { installationId, sourceId: source.id, stream: 'receipt', part: 1, at: cut?.at });
  await bucket.put(key, 'foreign');
  await expect(source.slice()).rejects.toMatchObject({ facts: { code: 'KeyTaken' } });
  expect((await bucket.objects()).get(key)?.text).toBe('foreign');
  await bucket.remove(key);
  await source.exportAll();
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 2)));
});

test('an export that is taken out of the configuration ends, and goes on where it was once it is back', async () => {
  const { bucket, source } = await begun();
  const { sources } = raw(collections);
  const toBucket = (await sources.findOne({ _id: source.id }))?.config.export;
  await sources.updateOne({ _id: source.id }, { $unset: { 'config.export': true }, $inc: { version: 1 } });
  expect(await source.slice()).toMatchObject({ result: 'ended' });
  await source.store(textsOf(siemRecords(1, 2)));
  await sources.updateOne({ _id: source.id }, { $set: { 'config.export': toBucket }, $inc: { version: 1 } });
  await source.exportAll();
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 2)));
  // Of a source that is stopped, what is left is exported first.
  await source.store(textsOf(siemRecords(3, 3)));
  await sources.updateOne({ _id: source.id }, { $set: { stoppedAt: new Date() } });
  expect(await source.slice()).toMatchObject({ result: 'ended' });
  expect(await lines(bucket)).toEqual(sorted(siemRecords(1, 3)));
});

test.each([
  ['ecs', { ecs: { version: expect.any(String) }, event: expect.objectContaining({ kind: 'alert' }) }],
  ['ocsf', { class_uid: expect.any(Number), time: expect.any(Number) }],
])('in the form %s, the detections among the records are written as a search exports them', async (form, shape) => {
  const { bucket, source } = await begun({ export: { form } });
  const virus = siemRecord(1, 'av', { virusFound: 'EICAR', fileName: 'a.exe', senderEnvelope: 'a@example.com' });
  await source.store(textsOf([virus]), 'av');
  await source.store(textsOf(siemRecords(2, 4, 'process')), 'process');
  await source.exportAll();
  const objects = await bucket.objects();
  expect([...objects.keys()]).toEqual([expect.stringContaining('av/')]);
  expect((await lines(bucket)).map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining(shape)]);
});
