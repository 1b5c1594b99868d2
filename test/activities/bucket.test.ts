/** The activities of a source that reads a bucket, beside collecting. */

import { expect, test } from 'vitest';
import { Registry } from '../../src/metrics/registry.js';
import { WORKER_METRICS } from '../../src/metrics/worker-metrics.js';
import { type BucketSource, bucketSource, ndjson, siemRecord, siemRecords } from '../support/bucket-source.js';
import { countedBy } from '../support/metric-samples.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { S3_KEYS, s3Server, type TestBucket } from '../support/s3-server.js';
import { testDatabase } from '../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

const sourceOf = ({ name }: Pick<TestBucket, 'name'>, s3: object = {}, config: object = {}): Promise<BucketSource> =>
  bucketSource(collections, { endpoint: server.endpoint, bucket: name, s3: { ...s3 }, config: { ...config } });

const authenticate = (source: BucketSource) => source.run((activities, id) => activities.authenticate(id));

test('it is authenticated when its bucket can be listed, whether anything is in it or not', async () => {
  const source = await sourceOf(await server.newBucket());
  expect(await authenticate(source)).toEqual({ denied: [] });
  expect(await authenticate(await sourceOf(await server.newBucket(), { prefix: '/' }))).toEqual({ denied: [] });
});

test.each<[string, object, string]>([
  [
    'unknown keys',
    { accessKeyId: 'UNKNOWN', secretAccessKey: 'some-secret-of-tests' },
    'The access key ID you provided does not exist',
  ],
  [
    'a wrong secret',
    { secretAccessKey: 'wrong-secret-of-tests' },
    'The request signature we calculated does not match',
  ],
  ['no such bucket', { ...S3_KEYS.admin, bucket: 'nowhere' }, 'The specified bucket does not exist'],
])('with %s it is not', async (_, s3, message) => {
  await expect(authenticate(await sourceOf(await server.newBucket(), s3))).rejects.toThrow(message);
});

test('it is validated without an application, and its streams are those of its configuration', async () => {
  const source = await sourceOf(await server.newBucket(), {}, { dataCollection: 'siem', siemTypes: ['av'] });
  expect(await source.run(({ validate }, id) => validate(id))).toMatchObject({ streams: ['av'] });
});

test('a sweep looks at all streams, each below its prefix, and one that cannot be read stands alone', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson(siemRecords(1, 3)));
  await bucket.put('internal_email_protect/1', ndjson([siemRecord(1, 'internal email protect')]));
  await bucket.put('av/1', Buffer.from('1f8b0800000000000003aaaa', 'hex'));
  const source = await sourceOf(bucket);
  const streams = ['receipt', 'internal email protect', 'av', 'audit'] as const;
  const { outcomes, idle } = await source.run(({ sweep }, id) => sweep(id, streams));
  expect(outcomes.map(({ stream, result, counts }) => [stream, result, counts.stored])).toEqual([
    ['receipt', 'caughtUp', 3],
    ['internal email protect', 'caughtUp', 1],
    ['av', 'failed', 0],
  ]);
  expect(idle).toEqual(['audit']);
});

test('an outage of the store is the third party’s, and is told of each stream', async () => {
  const source = await sourceOf(await server.newBucket(), { endpoint: 'http://127.0.0.1:9' });
  const { outcomes } = await source.run(({ sweep }, id) => sweep(id, ['receipt', 'av']));
  expect(outcomes.map(({ failure }) => failure)).toEqual([
    expect.objectContaining({ type: 'ThirdPartyGeneric', code: 'refused', retry: true }),
    expect.objectContaining({ type: 'ThirdPartyGeneric', code: 'refused', retry: true }),
  ]);
});

test('an object that may not be read is for the operator, after all others were read', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket, S3_KEYS.lister);
  await expect(source.collect('receipt')).rejects.toThrow('Access Denied');
  expect(await source.note('receipt/1')).toBeNull();
});

test('what it has read is forgotten with it', async () => {
  const bucket = await server.newBucket();
  await bucket.put('receipt/1', ndjson([siemRecord(1)]));
  const source = await sourceOf(bucket);
  await source.collect('receipt');
  expect(await raw(collections).objects.countDocuments({ sourceId: source.id })).toBe(1);
  await source.run(({ finalize }, id) => finalize(id, { remove: true }));
  expect(await raw(collections).objects.countDocuments({ sourceId: source.id })).toBe(0);
  expect(await source.stored('receipt')).toHaveLength(1);
});

test('what is read of it is counted by service, and its records by the method', async () => {
  const observer = new Registry(WORKER_METRICS);
  const bucket = await server.newBucket();
  const records = ndjson(siemRecords(1, 3));
  await bucket.put('receipt/1', records);
  const source = await bucketSource(collections, { endpoint: server.endpoint, bucket: bucket.name, observer });
  await source.collect('receipt');
  const wrong = { secretAccessKey: 'wrong-secret-of-tests' };
  const options = { endpoint: server.endpoint, bucket: bucket.name, s3: wrong, observer };
  await expect((await bucketSource(collections, options)).collect('receipt')).rejects.toThrow();
  const countOf = async (name: string, ...labels: readonly string[]) =>
    (await countedBy(observer, name))[labels.join(' ')];
  expect(await countOf('mimecast_api_calls_total', 's3', '200')).toBeGreaterThanOrEqual(2);
  expect(await countOf('mimecast_api_calls_total', 's3', '403')).toBeGreaterThanOrEqual(1);
  expect(await countOf('mimecast_bytes_read_total', 's3')).toBe(records.length);
  expect(await countOf('mimecast_records_stored_total', 'receipt', 's3')).toBe(3);
  expect(await countOf('mimecast_polls_total', 'receipt', 's3', 'caughtUp')).toBe(1);
  expect(await countOf('mimecast_polls_total', 'receipt', 's3', 'failed')).toBe(1);
});
