/** `verify` and `backfill` of a bucket on a real server: what is missing is named and comes back, however often they are interrupted. */

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RereadKind, RereadOutcome } from '../../../src/domain/rereads/reread.js';
import { type BucketSource, bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { serve } from '../../support/local-server.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { s3Server, type TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

const sourceOf = ({ name }: TestBucket, options: Partial<Parameters<typeof bucketSource>[1]> = {}) =>
  bucketSource(collections, { endpoint: server.endpoint, bucket: name, ...options });

let runs = 0;

/** A run of a command, slice by slice. */
function reread(source: BucketSource, kind: RereadKind, times: { readonly from?: string; readonly to?: string } = {}) {
  runs += 1;
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const range = { kind, run: `run ${runs}`, from: new Date(0).toISOString(), to: later, ...times };
  const slice = (by = source) => by.run(({ reread: again }, id) => again(id, 'receipt', range));
  const toEnd = async (by = source): Promise<RereadOutcome> => {
    for (;;) {
      const outcome = await slice(by);
      if (outcome.done) return outcome;
    }
  };
  return { slice, toEnd, run: range.run };
}

const missingOf = (run: string) => raw(collections).missing.find({ run }).sort({ place: 1 }).toArray();

const remove = (source: BucketSource, numbers: readonly number[]) =>
  raw(collections)
    .records('receipt')
    .deleteMany({ _sourceId: source.id, aggregateId: { $in: numbers.map((number) => `a${number}`) } });

async function filled(): Promise<TestBucket> {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1.json', ndjson(siemRecords(1, 3)));
  const members = [gzipSync(ndjson(siemRecords(4, 5))), gzipSync(ndjson(siemRecords(6, 6)))];
  await bucket.put('receipt/2.gz', Buffer.concat(members));
  await bucket.put('receipt/3', JSON.stringify(siemRecords(7, 8).map((event) => ({ event }))));
  await bucket.put('receipt/marker/', '');
  return bucket;
}

test('what is missing is named with its object, restored, and then nothing is missing', async () => {
  const source = await sourceOf(await filled());
  await source.collect('receipt');
  const whole = {
    counts: { read: 8, missing: 0, restored: 0, unreadFiles: 0 },
    done: true,
    notes: [],
    position: '3 objects',
  };
  expect(await reread(source, 'verify').toEnd()).toEqual(whole);

  await remove(source, [2, 6, 7]);
  const verify = reread(source, 'verify');
  expect(await verify.toEnd()).toMatchObject({ counts: { read: 8, missing: 3, restored: 0 } });
  expect((await missingOf(verify.run)).map(({ place }) => place)).toEqual([
    'receipt/1.json',
    'receipt/2.gz',
    'receipt/3',
  ]);
  expect(await source.stored('receipt')).toHaveLength(5);

  expect(await reread(source, 'backfill').toEnd()).toMatchObject({ counts: { read: 8, missing: 3, restored: 3 } });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 8));
  expect(await reread(source, 'verify').toEnd()).toEqual(whole);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0, totals: { stored: 8 } });
});

test('a range means the time of records, and objects that were written long before it are not read', async () => {
  const source = await sourceOf(await filled());
  await source.collect('receipt');
  await remove(source, [1, 2, 3, 4]);
  const at = (number: number) => new Date(siemRecord(number).timestamp).toISOString();
  const some = reread(source, 'backfill', { from: at(2), to: at(3) });
  expect(await some.toEnd()).toMatchObject({ counts: { read: 2, missing: 2, restored: 2 }, position: '3 objects' });
  const later = reread(source, 'verify', {
    from: new Date(Date.now() + 25 * 3_600_000).toISOString(),
    to: new Date(Date.now() + 26 * 3_600_000).toISOString(),
  });
  expect(await later.toEnd()).toMatchObject({ counts: { read: 0, missing: 0 }, position: '0 objects' });
});

test('records that tell no time belong to every range', async () => {
  const bucket = await server.newBucket();
  const timeless = siemRecord(1, 'receipt', { timestamp: 'soon' });
  await bucket.put('receipt/1', ndjson([timeless]));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  const untilNow = reread(source, 'backfill', { to: new Date().toISOString() });
  expect(await untilNow.toEnd()).toMatchObject({ counts: { read: 1, missing: 1, restored: 1 } });
});

test('slices go on where the last one ended, in the middle of a page and after a worker that died', async () => {
  const source = await sourceOf(await filled(), { sliceMs: 0 });
  for (let isMore = true; isMore; ) isMore = (await source.collect('receipt')).result === 'more';
  await remove(source, [1, 4, 8]);
  const backfill = reread(source, 'backfill');
  expect(await backfill.slice()).toMatchObject({
    done: false,
    position: '1 objects',
    counts: { read: 3, restored: 1 },
  });
  let saved = 0;
  const dying = withMethods(collections, /^rereads$/, (rereads) => ({
    replaceOne: (...args: Parameters<typeof rereads.replaceOne>) => {
      saved += 1;
      return saved === 1 ? Promise.reject(new Error('killed')) : rereads.replaceOne(...args);
    },
  }));
  await expect(backfill.slice(source.by(dying))).rejects.toThrow('killed');
  expect(await backfill.toEnd()).toMatchObject({ position: '3 objects', counts: { read: 8, missing: 3 } });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 8));
});

test('an object that was compared in part is not compared again from its beginning', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/large.gz', gzipSync(ndjson(siemRecords(1, 12_000))));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  await remove(source, [1, 11_999]);
  let batches = 0;
  const counting = (dieAt: number) =>
    withMethods(collections, RECORDS, (records) => ({
      find: (...args: Parameters<typeof records.find>) => {
        batches += 1;
        if (batches === dieAt) throw new Error('killed');
        return records.find(...args);
      },
    }));
  const verify = reread(source, 'verify');
  await expect(verify.slice(source.by(counting(8)))).rejects.toThrow('killed');
  batches = 0;
  expect(await verify.toEnd(source.by(counting(0)))).toMatchObject({ counts: { read: 12_000, missing: 2 } });
  expect(batches).toBe(7);
});

test('an object that leaves between listing and reading is told', async () => {
  const bucket = await filled();
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  const leaving = withMethods(collections, RECORDS, (records) => ({
    find: (...args: Parameters<typeof records.find>) => {
      const found = records.find(...args);
      return { [Symbol.asyncIterator]: () => removing(bucket.remove('receipt/2.gz'), found) };
    },
  }));
  const outcome = await reread(source, 'verify').toEnd(source.by(leaving));
  expect(outcome).toMatchObject({ counts: { read: 5, missing: 0, unreadFiles: 1 } });
  expect(outcome.notes).toEqual(['receipt/2.gz: it was listed, and gone before it could be read again']);
});

async function* removing<T>(removed: Promise<void>, found: AsyncIterable<T>): AsyncGenerator<T> {
  await removed;
  yield* found;
}

test('an object in quarantine is not missing; without its entry it is, and a backfill puts it there', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', 'PAR1 and what follows');
  await bucket.put('receipt/2', ndjson(siemRecords(1, 1)));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  const [entry] = await source.quarantined();
  expect(await reread(source, 'verify').toEnd()).toMatchObject({ counts: { read: 1, missing: 0, unreadFiles: 0 } });
  await raw(collections).quarantine.deleteMany({ sourceId: source.id });
  const verify = reread(source, 'verify');
  expect(await verify.toEnd()).toMatchObject({ counts: { missing: 1 } });
  expect(await missingOf(verify.run)).toMatchObject([{ unreadable: true, place: 'receipt/1' }]);
  expect(await reread(source, 'backfill').toEnd()).toMatchObject({ counts: { missing: 1, restored: 1 } });
  expect(await source.quarantined()).toMatchObject([{ _id: entry?._id, place: 'receipt/1' }]);
});

test('a damaged object counts as not read; the others are compared', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', gzipSync(ndjson(siemRecords(1, 100))).subarray(0, -9));
  await bucket.put('receipt/2', ndjson(siemRecords(1, 1)));
  const source = await sourceOf(bucket);
  expect(await source.collect('receipt')).toMatchObject({ result: 'failed', counts: { stored: 1 } });
  const outcome = await reread(source, 'verify').toEnd();
  expect(outcome).toMatchObject({ counts: { read: 1, missing: 0, unreadFiles: 1 }, position: '2 objects' });
  expect(outcome.notes).toEqual([expect.stringContaining('receipt/1')]);
});

test('where all records lie together, each stream compares its own', async () => {
  const bucket = await server.newBucket();
  await bucket.put('all/1', ndjson([...siemRecords(1, 2), ...siemRecords(3, 5, 'av'), { strange: true }]));
  const source = await sourceOf(bucket, { s3: { prefix: 'all/' } });
  await source.collect('receipt');
  await remove(source, [2]);
  expect(await reread(source, 'verify').toEnd()).toMatchObject({ counts: { read: 2, missing: 1 } });
});

test('what has not been collected yet is not called missing, nor is all said to be there', async () => {
  const source = await sourceOf(await filled());
  const never = await reread(source, 'verify').toEnd();
  expect(never).toMatchObject({
    counts: { read: 0, missing: 0 },
    failure: 'not everything could be checked: the bucket has not been collected to its end yet',
  });
});

const LISTED = ['receipt/1', 'receipt/2', 'receipt/3'];

/** A store of the test's own, which answers for objects what it is told. */
async function sourceAt(answer: (key: string, isSecond: boolean) => readonly [status: number, body: string]) {
  const { url, received } = await serve(({ path, headers }, response) => {
    if (/^\/logs\/?$/.test(path)) {
      const objects = LISTED.map(
        (key) =>
          `<Contents><Key>${key}</Key><Size>9</Size><ETag>"x"</ETag><LastModified>2026-06-01T00:00:00.000Z</LastModified></Contents>`,
      );
      response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${objects.join('')}</ListBucketResult>`);
      return;
    }
    const [status, body] = answer(path.replace('/logs/', ''), headers['if-match'] !== undefined);
    response.writeHead(status, { etag: '"x"', 'content-type': 'application/xml' }).end(body);
  });
  const source = await bucketSource(collections, { endpoint: url, bucket: 'logs' });
  const reads = () => received.map(({ path }) => path.replace('/logs/', '')).filter((key) => LISTED.includes(key));
  return { source, received, reads };
}

const own = (key: string) => ndjson(siemRecords(Number(key.at(-1)), Number(key.at(-1))));

test('an object that fails for a reason of its store is read later, and the others but once', async () => {
  let failing: string | undefined;
  const error = '<Error><Code>InternalError</Code><Message>no</Message></Error>';
  const { source, received, reads } = await sourceAt((key) => (key === failing ? [500, error] : [200, own(key)]));
  await source.collect('receipt');
  await remove(source, [1, 2, 3]);
  failing = 'receipt/2';
  received.length = 0;
  const backfill = reread(source, 'backfill');
  await expect(backfill.slice()).rejects.toMatchObject({ facts: { code: 'InternalError' } });
  expect(new Set(reads())).toEqual(new Set(LISTED));
  expect(await source.stored('receipt')).toHaveLength(2);
  failing = undefined;
  received.length = 0;
  expect(await backfill.toEnd()).toMatchObject({ counts: { read: 3, missing: 3, restored: 3 }, position: '3 objects' });
  expect(reads()).toEqual(['receipt/2']);
});

test('records that the reading of an object loses are found by a second count', async () => {
  const { source } = await sourceAt((key, isSecond) => [
    200,
    isSecond && key === 'receipt/2' ? own(key) + own('3') : own(key),
  ]);
  await source.collect('receipt');
  expect(await reread(source, 'verify').toEnd()).toMatchObject({
    counts: { read: 3, missing: 0 },
    failure: 'not everything could be checked: receipt/2: 1 records were read, and a second count finds 2',
  });
});
