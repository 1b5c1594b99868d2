/** Collecting from a bucket of a real server: what is there, once each, whenever and in whatever form it comes. */

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { FILE_RETRY_BUDGETS } from '../../../src/ingest/files/file-retry-budget.js';
import { type BucketSource, bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { happening } from '../../support/local-server.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server, type TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

const sourceOf = ({ name }: TestBucket, options: Partial<Parameters<typeof bucketSource>[1]> = {}) =>
  bucketSource(collections, { endpoint: server.endpoint, bucket: name, ...options });

async function expectStored(source: BucketSource, stream: StreamName, records: readonly object[]): Promise<void> {
  const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  expect(await source.stored(stream)).toEqual(records.toSorted(byText));
  expect((await source.checkpoint(stream)).totals.stored).toBe(records.length);
}

test('objects of a prefix are read once, and again only in another version', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1.json', ndjson(siemRecords(1, 3)));
  await bucket.put('receipt/2.json.gz', gzipSync(ndjson(siemRecords(4, 5))));
  const source = await sourceOf(bucket);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 2, counts: { stored: 5 } });
  const { version } = await source.checkpoint('receipt');
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, counts: { stored: 0 } });
  expect((await source.checkpoint('receipt')).version).toBe(version);

  await bucket.put('receipt/1.json', ndjson(siemRecords(1, 4)));
  await bucket.put('receipt/0-late.json', ndjson(siemRecords(6, 6)));
  const third = await source.collect('receipt');
  expect(third).toMatchObject({ files: 2, counts: { stored: 1, duplicates: 4 }, position: '3 objects read' });
  await expectStored(source, 'receipt', siemRecords(1, 6));
});

test('a key that arrives late, before all that was read, is read like any other', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/2026/06/02/b', ndjson(siemRecords(2, 2)));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  await bucket.put('receipt/2026/05/01/a', ndjson(siemRecords(1, 1)));
  await source.collect('receipt');
  await expectStored(source, 'receipt', siemRecords(1, 2));
});

const PRETTY = JSON.stringify(siemRecord(1), null, 2);
const FORMS: readonly (readonly [string, string, readonly object[]])[] = [
  ['NDJSON', ndjson(siemRecords(1, 3)), siemRecords(1, 3)],
  ['NDJSON without an end', ndjson(siemRecords(1, 3)).trimEnd(), siemRecords(1, 3)],
  ['a list', JSON.stringify(siemRecords(1, 3)), siemRecords(1, 3)],
  ['a list over several lines', JSON.stringify(siemRecords(1, 3), null, 2), siemRecords(1, 3)],
  ['an object over several lines', PRETTY, [siemRecord(1)]],
  [
    'several of them',
    `${PRETTY}\n${PRETTY.replaceAll('a1', 'a9')}`,
    [siemRecord(1), siemRecord(1, 'receipt', { aggregateId: 'a9' })],
  ],
  ['events of a collector', ndjson(siemRecords(1, 3).map((event) => ({ time: 1, event }))), siemRecords(1, 3)],
  ['a list of events', JSON.stringify(siemRecords(1, 3).map((event) => ({ event }))), siemRecords(1, 3)],
];

test.each(FORMS)('%s is read, plain and gzip', async (_, content, records) => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/a', content);
  await bucket.put('spam/a', gzipSync(content.replaceAll('"receipt"', '"spam"')));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  await source.collect('spam');
  await expectStored(source, 'receipt', records);
  await expectStored(
    source,
    'spam',
    records.map((record) => ({ ...record, eventType: 'spam' })),
  );
  expect(await source.quarantined()).toEqual([]);
});

test('a record is the same one, bare or wrapped, in whatever object it stands; twins in one object stay two', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson([siemRecord(1), siemRecord(1), siemRecord(2)]));
  await bucket.put('receipt/2', ndjson([{ event: siemRecord(1) }, { event: siemRecord(2) }]));
  const source = await sourceOf(bucket);
  expect(await source.collect('receipt')).toMatchObject({ counts: { stored: 3, duplicates: 2 } });
});

test('folder markers and empty objects are skipped and counted, and an empty gzip is not tried for ever', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/folder/', '');
  await bucket.put('receipt/empty.json', '');
  await bucket.put('receipt/empty.json.gz', gzipSync(''));
  await bucket.put('receipt/blank.json', '\n\n');
  await bucket.put('receipt/one.json', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket);
  const position = '3 objects read, 2 empty';
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 3, position });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, position });
  expect(await source.quarantined()).toEqual([]);
});

test('a line that is no record, or a record of another stream, goes to quarantine, and the rest is stored', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', `${ndjson([siemRecord(1)])}not json\n${ndjson([siemRecord(2, 'av'), siemRecord(3)])}`);
  const source = await sourceOf(bucket);
  expect(await source.collect('receipt')).toMatchObject({ counts: { stored: 2, quarantined: 2 } });
  expect((await source.quarantined()).map(({ place, reason }) => [place, reason.slice(0, 40)])).toEqual([
    ['receipt/1 line 2', expect.stringContaining('not JSON')],
    ['receipt/1 line 3', 'it is a record of av below the prefix of'],
  ]);
});

test.each([
  ['Parquet', Buffer.from('PAR1....PAR1'), 'it is Parquet; what can be read is JSON or NDJSON'],
  ['an access log', Buffer.from('1.2.3.4 GET /\n'.repeat(3_000)), 'none of its lines is a record of receipt'],
])('%s is put aside as a whole, at once, with its reason', async (_, content, reason) => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', content);
  await bucket.put('receipt/2', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket);
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 1, quarantined: 1 } });
  expect(outcome.position).toBe('1 objects read, 1 in quarantine');
  const [entry] = await source.quarantined();
  expect(entry).toMatchObject({ place: 'receipt/1', reason: expect.stringContaining(reason) });
  expect(await source.collect('receipt')).toMatchObject({ files: 0, counts: { quarantined: 0 } });
  // A version that can be read is no loss any more.
  await bucket.put('receipt/1', ndjson([siemRecord(2)]));
  await source.collect('receipt');
  expect((await source.quarantined())[0]?.resolvedAt).toBeInstanceOf(Date);
  await expectStored(source, 'receipt', siemRecords(1, 2));
});

const SOON = { ...FILE_RETRY_BUDGETS, damaged: { attempts: 2, ms: 0 } };

test('a damaged gzip holds up its stream but no other object, and what it gives is stored when it is given up', async () => {
  const bucket = await server.newBucket();
  const whole = gzipSync(ndjson(siemRecords(1, 2_000)));
  await bucket.put('receipt/1.gz', whole.subarray(0, whole.length - 200));
  await bucket.put('receipt/2', ndjson([siemRecord(5_000)]));
  const source = await sourceOf(bucket, { filePolicy: { retryBudgets: SOON, reading: {} } });
  const first = await source.collect('receipt');
  expect(first).toMatchObject({ result: 'failed', counts: { stored: 1 }, failure: { type: 'ThirdPartyGeneric' } });
  expect(await source.note('receipt/1.gz')).toMatchObject({ state: 'failing', failure: { attempts: 1 } });
  const second = await source.collect('receipt');
  expect(second).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
  expect(second.counts.stored).toBeGreaterThan(1_000);
  await bucket.put('receipt/1.gz', whole);
  await source.collect('receipt');
  await expectStored(source, 'receipt', [...siemRecords(1, 2_000), siemRecord(5_000)]);
});

test('a damaged object that is removed before it is given up is a gap', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1.gz', gzipSync(ndjson(siemRecords(1, 9))).subarray(0, 60));
  await bucket.put('receipt/1.gz-and-more', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket);
  expect(await source.collect('receipt')).toMatchObject({ result: 'failed' });
  await bucket.remove('receipt/1.gz');
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', gaps: { count: 1 }, position: '1 objects read' });
  expect(outcome.gaps?.last.reason).toContain('receipt/1.gz');
  expect(await source.collect('receipt')).toMatchObject({ gaps: { count: 1 } });
});

test('an object in another format among records that lie together is put aside once', async () => {
  const bucket = await server.newBucket();
  await bucket.put('all/1', Buffer.from('PAR1....PAR1'));
  const source = await sourceOf(bucket, { s3: { prefix: 'all/' } });
  for (const stream of ['receipt', 'av', 'audit'] as const) await source.collect(stream);
  expect((await source.quarantined()).map(({ stream }) => stream)).toEqual(['receipt']);
});

test('records that lie together are divided by their own type or shape, and unknown ones are kept once', async () => {
  const audit = {
    id: 'x1',
    auditType: 'Logon',
    category: 'auth',
    eventInfo: 'in',
    eventTime: '2026-06-01T00:00:00Z',
    user: 'u',
  };
  const mixed = [
    siemRecord(1, 'receipt'),
    siemRecord(2, 'URL_Protect'),
    { ...siemRecord(3), eventType: undefined, Logtype: 'email_delivery' },
    audit,
    { type: 'something new', aggregateId: 'a', timestamp: 1 },
  ];
  const bucket = await server.newBucket();
  await bucket.put('all/1', ndjson(mixed));
  const source = await sourceOf(bucket, { s3: { prefix: 'all/' } });
  const streams = ['receipt', 'url protect', 'delivery', 'audit', 'spam'] as const;
  for (const stream of streams) expect(await source.collect(stream)).toMatchObject({ result: 'caughtUp' });
  const counts = await Promise.all(streams.map(async (stream) => (await source.stored(stream)).length));
  expect(counts).toEqual([1, 1, 1, 1, 0]);
  const quarantined = await source.quarantined();
  expect(quarantined.map(({ reason, stream }) => [stream, reason])).toEqual([
    ['receipt', 'no stream is known for a record of the type "something new"'],
  ]);
});

test('an object gone meanwhile is a gap, told, and not tried for ever', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson(siemRecords(1, 1_000)));
  await bucket.put('receipt/2', ndjson([siemRecord(2_000)]));
  const source = await sourceOf(bucket);
  // It vanishes while the first object is being stored.
  const vanishing = withMethods(collections, RECORDS, (collection) => ({
    insertMany: async (...args: Parameters<typeof collection.insertMany>) => {
      await bucket.remove('receipt/2');
      return collection.insertMany(...args);
    },
  }));
  const outcome = await source.by(vanishing).collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 1_000 }, gaps: { count: 1 } });
  expect(outcome.gaps?.last.reason).toContain('was listed, and gone before it could be read');
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', gaps: { count: 1 } });
});

test('a slice that ends in the middle of a listing goes on there', async () => {
  const bucket = await server.newBucket();
  const keys = Array.from({ length: 40 }, (_, at) => at + 1);
  for (const at of keys) await bucket.put(`receipt/${at}`, ndjson([siemRecord(at)]));
  const source = await sourceOf(bucket, { sliceMs: 60 });
  let slices = 0;
  for (let result = ''; result !== 'caughtUp'; slices += 1) ({ result } = await source.collect('receipt'));
  expect(slices).toBeGreaterThan(1);
  await expectStored(source, 'receipt', siemRecords(1, 40));
  expect(await source.collect('receipt')).toMatchObject({ files: 0, position: '40 objects read' });
});

test('an attempt that dies after storing and before noting is repeated, and nothing is counted twice', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson(siemRecords(1, 10)));
  const source = await sourceOf(bucket);
  const dying = withMethods(collections, /^objects$/, () => ({
    bulkWrite: () => Promise.reject(new Error('killed')),
  }));
  await expect(source.by(dying).collect('receipt')).rejects.toThrow('killed');
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', totals: { stored: 10 } });
  await expectStored(source, 'receipt', siemRecords(1, 10));
});

test('a batch that a slow attempt sends after its successor has counted is not stored beside it', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson(siemRecords(1, 10)));
  const source = await sourceOf(bucket);
  const [reached, released] = [happening(), happening()];
  const slow = withMethods(collections, RECORDS, (collection) => ({
    insertMany: async (...args: Parameters<typeof collection.insertMany>) => {
      reached.happen();
      await released.happened;
      return collection.insertMany(...args);
    },
  }));
  const late = source.by(slow).collect('receipt');
  await reached.happened;
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', totals: { stored: 10 } });
  released.happen();
  await expect(late).rejects.toThrow('was moved by another worker');
  expect(await source.collect('receipt')).toMatchObject({ totals: { stored: 10 } });
  await expectStored(source, 'receipt', siemRecords(1, 10));
});

test('a position that is reset has the objects since then read again', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson(siemRecords(1, 2)));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  await source.run(({ resetPosition }, id) => resetPosition(id, 'receipt', new Date(0).toISOString()));
  await source.collect('receipt');
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 2));
});
