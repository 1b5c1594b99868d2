/** Collecting what a queue announces, of real servers: what is read, when a message is deleted, and what makes up for lost ones. */

import { gzipSync } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  RestoreObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { FILE_RETRY_BUDGETS } from '../../../src/ingest/files/file-retry-budget.js';
import { type BucketSource, bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { happening } from '../../support/local-server.js';
import { motoServer, type TestQueue } from '../../support/moto-server.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import type { TestBucket } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const server = motoServer();
const collections = collectionsIn(testDatabase().db);

type Options = Partial<Parameters<typeof bucketSource>[1]>;

function sourceOf({ name }: TestBucket, { url }: Pick<TestQueue, 'url'>, { s3, ...options }: Options = {}) {
  return bucketSource(collections, {
    ...{ endpoint: server.endpoint, bucket: name, queueLimits: { waitSeconds: 0 } },
    s3: { queue: { url, compareEvery: '1d' }, ...s3 },
    ...options,
  });
}

const EMPTY = { waiting: 0, inFlight: 0 };

test.each([
  ['S3 itself', 'notifiedBy'],
  ['a topic (SNS)', 'notifiedByTopic'],
  ['EventBridge', 'notifiedByEventBridge'],
] as const)('what %s announces is read, whatever its key, and its messages are deleted', async (_, announce) => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 0 } });
  // Here the test event is sent, which is removed like all others.
  await queue[announce](bucket);
  const keys = ['receipt/a b+c.json', 'receipt/100%.json', 'receipt/%41', 'receipt/é日本', "receipt/!'()*&=?#"];
  for (const [at, key] of keys.entries()) await bucket.put(key, ndjson([siemRecord(at + 1)]));
  await bucket.put('receipt/folder/', '');
  await bucket.put('receipt/empty', '');
  await bucket.put('elsewhere/1', ndjson([siemRecord(99)]));
  await bucket.put('receipt/removed', ndjson([siemRecord(98)]));
  await bucket.remove('receipt/removed');
  const position = `${keys.length} objects read`;
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: keys.length, position });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, keys.length));
  // What was removed is waited for, in case it is still being uploaded.
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  // Not so long ago that MongoDB removes the note, which it does with all that are older than a queue keeps messages.
  const receivedAt = new Date(Date.now() - 20 * 60_000);
  await raw(collections).queueMessages.updateMany({ sourceId: source.id }, { $set: { receivedAt } });
  const told = await source.collect('receipt');
  expect(told).toMatchObject({ result: 'caughtUp', gaps: { count: 1 } });
  expect(told.gaps?.last.reason).toContain('was announced, and gone before it could be read');
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a notification that is lost is made up for by comparing, which is not done at each poll', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0 });
  await raw(collections).checkpoints.updateMany({ sourceId: source.id }, { $set: { comparedAt: new Date(0) } });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 1, counts: { stored: 1 } });
});

test.each<[string, (source: BucketSource) => Promise<unknown>]>([
  ['a restart', (source) => source.run(({ initialize }, id) => initialize(id))],
  ['a reset', (source) => source.run(({ resetPosition }, id) => resetPosition(id, 'receipt'))],
])('after %s the bucket is compared, whenever that is due', async (_, happens) => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  await happens(source);
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
});

test('what is redelivered, and what the comparison has read before, is stored once and read once', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  await queue.notifiedBy(bucket);
  await bucket.put('receipt/1', ndjson(siemRecords(1, 3)));
  const source = await sourceOf(bucket, queue);
  expect(await source.collect('receipt')).toMatchObject({ files: 1, counts: { stored: 3 } });
  await queue.send(s3Event(bucket, 'receipt/1'));
  await queue.send(s3Event(bucket, 'receipt/1'));
  expect(await source.collect('receipt')).toMatchObject({ files: 0, counts: { stored: 0, duplicates: 0 } });
  await raw(collections).checkpoints.updateMany({ sourceId: source.id }, { $set: { comparedAt: new Date(0) } });
  expect(await source.collect('receipt')).toMatchObject({ files: 0, position: '1 objects read' });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a message is deleted only after all of its records are stored and all of its objects noted', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await bucket.put('receipt/1', ndjson(siemRecords(1, 3)));
  await bucket.put('receipt/2.gz', gzipSync(ndjson(siemRecords(4, 9))).subarray(0, 40));
  await queue.send({
    Records: [...s3Event(bucket, 'receipt/1').Records, ...s3Event(bucket, 'receipt/2.gz').Records],
  });
  const dying = withMethods(collections, /^objects$/, () => ({
    bulkWrite: () => Promise.reject(new Error('killed')),
  }));
  await expect(source.by(dying).collect('receipt')).rejects.toThrow('killed');
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  // One object is read by now, and the other one cannot be.
  expect(await source.collect('receipt')).toMatchObject({ result: 'failed', totals: { stored: 3 } });
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  await bucket.put('receipt/2.gz', gzipSync(ndjson(siemRecords(4, 9))));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', totals: { stored: 9 } });
  expect(await queue.counts()).toEqual(EMPTY);
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 9));
});

test('an object that is given up ends its message too', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const soon = { ...FILE_RETRY_BUDGETS, damaged: { attempts: 2, ms: 0 } };
  const source = await sourceOf(bucket, queue, { filePolicy: { retryBudgets: soon, reading: {} } });
  await source.collect('receipt');
  await bucket.put('receipt/1.gz', gzipSync(ndjson(siemRecords(1, 9))).subarray(0, 40));
  await queue.send(s3Event(bucket, 'receipt/1.gz'));
  await expect(source.collect('receipt')).rejects.toThrow('an object is damaged');
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a message for several streams is deleted once the last of them has read its object', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const config = { dataCollection: 'siem', siemTypes: ['receipt', 'av'] };
  const source = await sourceOf(bucket, queue, { s3: { prefix: 'all/' }, config });
  await source.collect('receipt');
  await source.collect('av');
  await queue.notifiedBy(bucket);
  await bucket.put('all/1', ndjson([siemRecord(1), siemRecord(2, 'av')]));
  expect(await source.collect('av')).toMatchObject({ files: 1, counts: { stored: 1 } });
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  expect(await source.collect('receipt')).toMatchObject({ files: 1, counts: { stored: 1 } });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a message does not wait for a stream that the source no longer has', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const config = { dataCollection: 'siem', siemTypes: ['receipt', 'av'] };
  const source = await sourceOf(bucket, queue, { s3: { prefix: 'all/' }, config });
  await queue.notifiedBy(bucket);
  await bucket.put('all/1', ndjson([siemRecord(1)]));
  await source.collect('receipt');
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  const change = { $set: { 'config.siemTypes': ['receipt'] }, $inc: { version: 1 } };
  await raw(collections).sources.updateOne({ _id: source.id }, change);
  await source.collect('receipt');
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a backlog of messages is worked off by parts, all in one slice', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue, { queueLimits: { waitSeconds: 0, maxHeld: 10 } });
  await source.collect('receipt');
  await queue.notifiedBy(bucket);
  for (let at = 1; at <= 25; at += 1) await bucket.put(`receipt/${at}`, ndjson([siemRecord(at)]));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 25, counts: { stored: 25 } });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a slice that ends before the backlog goes on in the next one', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue, { sliceMs: 1 });
  await source.collect('receipt');
  await queue.notifiedBy(bucket);
  for (let at = 1; at <= 3; at += 1) await bucket.put(`receipt/${at}`, ndjson([siemRecord(at)]));
  const results: string[] = [];
  while (results.at(-1) !== 'caughtUp') results.push((await source.collect('receipt')).result);
  expect(results.slice(0, 2)).toEqual(['more', 'more']);
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 3));
  expect(await queue.counts()).toEqual(EMPTY);
});

test('streams that are polled at once share what one of them receives', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  await queue.notifiedBy(bucket);
  const source = await sourceOf(bucket, queue);
  const streams = ['receipt', 'av', 'spam', 'audit'] as const;
  await source.run(({ sweep }, id) => sweep(id, streams));
  for (const stream of ['receipt', 'av', 'spam']) await bucket.put(`${stream}/1`, ndjson([siemRecord(1, stream)]));
  const { outcomes, idle } = await source.run(({ sweep }, id) => sweep(id, streams));
  expect(outcomes.map(({ stream, counts }) => [stream, counts.stored])).toEqual([
    ['receipt', 1],
    ['av', 1],
    ['spam', 1],
  ]);
  expect(idle).toEqual(['audit']);
  expect(await queue.counts()).toEqual(EMPTY);
});

test('visibility: a message is kept from others for as long as it is worked on', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await bucket.put('receipt/1', ndjson(siemRecords(1, 3)));
  await queue.send(s3Event(bucket, 'receipt/1'));
  const [reached, released] = [happening(), happening()];
  const slow = withMethods(collections, RECORDS, (collection) => ({
    insertMany: async (...args: Parameters<typeof collection.insertMany>) => {
      reached.happen();
      await released.happened;
      return collection.insertMany(...args);
    },
  }));
  const hiddenSeconds = 2;
  const late = source.by(slow, { hiddenSeconds, waitSeconds: 0 }).collect('receipt');
  await reached.happened;
  const hiddenUntil = async () =>
    (await raw(collections).queueMessages.findOne({ sourceId: source.id }))?.hiddenUntil.getTime() ?? 0;
  const first = await hiddenUntil();
  // Longer than a message is hidden at once.
  await until(hiddenUntil, (time) => time > first + hiddenSeconds * 1_000);
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 1 });
  released.happen();
  expect(await late).toMatchObject({ result: 'caughtUp', counts: { stored: 3 } });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('a false Put event per part of an upload is harmless, before there is an object and after', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await queue.notifiedBy(bucket);
  const key = { Bucket: bucket.name, Key: 'receipt/large' };
  const s3 = bucket.client();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(key));
  const bodies = [ndjson(siemRecords(1, 2)), ndjson(siemRecords(3, 4))];
  const parts: { ETag: string | undefined; PartNumber: number }[] = [];
  for (const [at, Body] of bodies.entries()) {
    const { ETag } = await s3.send(new UploadPartCommand({ ...key, UploadId, PartNumber: at + 1, Body }));
    parts.push({ ETag, PartNumber: at + 1 });
    await queue.send(s3Event(bucket, 'receipt/large'));
    expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 0 });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...key, UploadId, MultipartUpload: { Parts: parts } }));
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', files: 1, counts: { stored: 4, duplicates: 0 } });
  expect(outcome.gaps).toBeUndefined();
  expect(await queue.counts()).toEqual(EMPTY);
});

test('overwritten between event and read: each version that was announced is read', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  await bucket.keepVersions();
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  const first = await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  const second = await bucket.put('receipt/1', ndjson([siemRecord(2)]));
  await bucket.remove('receipt/1');
  for (const { versionId } of [first, second]) await queue.send(s3Event(bucket, 'receipt/1', { versionId }));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 2, counts: { stored: 2 } });
  expect(await source.stored('receipt')).toEqual(siemRecords(1, 2));
  await queue.send(s3Event(bucket, 'receipt/1', { versionId: 'no such version' }));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', gaps: { count: 1 } });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('Glacier `InvalidObjectState`: an archived object ends its message, and is read once it is restored', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  await queue.notifiedBy(bucket);
  const source = await sourceOf(bucket, queue);
  await source.collect('receipt');
  await bucket.put('receipt/1', ndjson([siemRecord(1)]), { StorageClass: 'GLACIER' });
  await bucket.put('receipt/2', ndjson([siemRecord(2)]), { StorageClass: 'GLACIER_IR' });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
  expect(await source.note('receipt/1')).toMatchObject({ state: 'archived' });
  expect(await queue.counts()).toEqual(EMPTY);
  const restore = { Bucket: bucket.name, Key: 'receipt/1', RestoreRequest: { Days: 1 } };
  await bucket.client().send(new RestoreObjectCommand(restore));
  // Only when somebody looks does this server notice that it is done, and announce it.
  await bucket.client().send(new HeadObjectCommand({ Bucket: bucket.name, Key: 'receipt/1' }));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
  expect(await source.note('receipt/1')).toMatchObject({ state: 'read' });
  expect(await queue.counts()).toEqual(EMPTY);
});

test('messages that are not for the bucket are left in the queue, and told once', async () => {
  const [bucket, queue] = [await server.newBucket(), await server.newQueue()];
  await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket, queue);
  await queue.send('hello');
  await queue.send(s3Event({ name: 'other' }, 'receipt/1'));
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 1 }, queue: { strange: { count: 2 } } });
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 2 });
  await queue.showAll(await heldReceipts(source.id));
  expect((await source.collect('receipt')).queue).toBeUndefined();
  expect(await queue.counts()).toEqual({ waiting: 0, inFlight: 2 });
});

async function heldReceipts(sourceId: number): Promise<string[]> {
  return (await raw(collections).queueMessages.find({ sourceId }).toArray()).map(({ receipt }) => receipt);
}

test('an outage of the queue alone is told, and collecting goes on by comparing', async () => {
  const bucket = await server.newBucket();
  const source = await sourceOf(bucket, { url: 'http://127.0.0.1:9/1/queue' });
  await source.run(({ authenticate }, id) => authenticate(id));
  for (const at of [1, 2]) {
    await bucket.put(`receipt/${at}`, ndjson([siemRecord(at)]));
    const outcome = await source.collect('receipt');
    expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
    expect(outcome.queue?.outage).toContain('127.0.0.1:9');
  }
});

test('a queue that is missing is for the operator to correct', async () => {
  const [bucket, { url }] = [await server.newBucket(), await server.newQueue()];
  const source = await sourceOf(bucket, { url: `${url}-missing` });
  const missing = { facts: { origin: 'sqs', code: 'QueueDoesNotExist' } };
  await expect(source.run(({ authenticate }, id) => authenticate(id))).rejects.toMatchObject(missing);
  await expect(source.collect('receipt')).rejects.toMatchObject(missing);
});

function s3Event(
  { name }: Pick<TestBucket, 'name'>,
  key: string,
  { versionId }: { versionId?: string | undefined } = {},
) {
  const object = { key: encodeURIComponent(key), ...(versionId === undefined ? {} : { versionId }) };
  const s3 = { bucket: { name }, object };
  return {
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: '2026-06-01T00:00:00Z', s3 }],
  };
}
