/** The S3 client against a real server. */

import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Bucket, type BucketOptions, type ListedObject } from '../../src/s3/bucket.js';
import { failureOf } from '../support/failure-of.js';
import { S3_KEYS, S3_REGION, s3Server, type TestBucket } from '../support/s3-server.js';

const server = s3Server();

function bucketOf({ name }: Pick<TestBucket, 'name'>, changes: Partial<BucketOptions> = {}): Bucket {
  return new Bucket({
    bucket: name,
    region: S3_REGION,
    endpoint: server.endpoint,
    pathStyle: true,
    allowInsecure: true,
    keys: async () => ({ ...S3_KEYS.reader }),
    ...changes,
  });
}

async function listed(bucket: Bucket, prefix = ''): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  let token: string | undefined;
  do {
    const page = await bucket.list({ prefix, token, limit: 2 });
    found.push(...page.objects);
    token = page.next;
  } while (token !== undefined);
  return found;
}

async function read(bucket: Bucket, key: string): Promise<string> {
  const { bytes } = await bucket.open(key);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const ODD_KEYS = ['a b+c.json', 'a/Z.json', 'a/%41 é+ü 日本.json', "a/!'()*&=?#.json", 'a/<&>.json'];

test('`+`, spaces, `%`, Unicode in keys: each is listed and read under its own name', async () => {
  const stored = await server.newBucket();
  for (const key of ODD_KEYS) await stored.put(key, `content of ${key}`);
  const bucket = bucketOf(stored);
  expect((await listed(bucket)).map(({ key }) => key).toSorted()).toEqual(ODD_KEYS.toSorted());
  for (const key of ODD_KEYS) expect(await read(bucket, key)).toBe(`content of ${key}`);
});

test('a listing has size, ETag and time of each object, and goes on page by page below its prefix', async () => {
  const stored = await server.newBucket();
  for (const key of ['p/1', 'p/2', 'p/3', 'p/4', 'p/5', 'q/1']) await stored.put(key, key);
  const objects = await listed(bucketOf(stored), 'p/');
  expect(objects.map(({ key, size }) => [key, size])).toEqual(
    ['p/1', 'p/2', 'p/3', 'p/4', 'p/5'].map((key) => [key, 3]),
  );
  expect(new Set(objects.map(({ etag }) => etag)).size).toBe(5);
  for (const { lastModified } of objects) expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000);
});

test('gzip told by name, header or type, each wrong at times: only the first bytes count', async () => {
  const stored = await server.newBucket();
  const zipped = gzipSync('zipped\n');
  await stored.put('plain-name.json', zipped);
  await stored.put('plain-content.json.gz', 'plain\n');
  await stored.put('said-to-be-gzip.json', 'plain\n', { ContentEncoding: 'gzip' });
  await stored.put('gzip-header-and-gzip.json.gz', zipped, { ContentEncoding: 'gzip' });
  const bucket = bucketOf(stored);
  expect(await read(bucket, 'plain-name.json')).toBe('zipped\n');
  expect(await read(bucket, 'plain-content.json.gz')).toBe('plain\n');
  expect(await read(bucket, 'said-to-be-gzip.json')).toBe('plain\n');
  expect(await read(bucket, 'gzip-header-and-gzip.json.gz')).toBe('zipped\n');
});

test('gzip of several members is read to the last end', async () => {
  const stored = await server.newBucket();
  await stored.put('two.gz', Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]));
  expect(await read(bucketOf(stored), 'two.gz')).toBe('one\ntwo\n');
});

test('unread bodies leak no sockets: after hundreds that are left early, and that fail, requests go on', async () => {
  const stored = await server.newBucket();
  await stored.put('large', Buffer.alloc(3_000_000, 'x'));
  const bucket = bucketOf(stored);
  const { signal } = new AbortController();
  for (let at = 0; at < 120; at += 1) {
    for await (const _ of (await bucket.open('large', {}, signal)).bytes) break;
    await expect(bucket.open('none', {}, signal)).rejects.toThrow('The specified key does not exist');
  }
  expect(getEventListeners(signal, 'abort').length).toBeLessThan(5);
  expect(await read(bucket, 'large')).toHaveLength(3_000_000);
});

test.each<[string, Partial<BucketOptions>, string]>([
  ['an unknown key ID', { keys: async () => ({ accessKeyId: 'X', secretAccessKey: 'y' }) }, 'InvalidAccessKeyId'],
  [
    'a wrong secret',
    { keys: async () => ({ ...S3_KEYS.reader, secretAccessKey: 'wrong-secret-of-tests' }) },
    'SignatureDoesNotMatch',
  ],
  ['no such bucket', { bucket: 'none', keys: async () => ({ ...S3_KEYS.admin }) }, 'NoSuchBucket'],
  ['a bucket that may not be listed', { bucket: 'other' }, 'AccessDenied'],
])('%s is for the operator to correct', async (_, changes, code) => {
  const failure = await failureOf(bucketOf(await server.newBucket(), changes).list({ prefix: '' }));
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code, retry: false });
  expect(JSON.stringify(failure)).not.toContain('secret-of-tests');
});

test('an object that may be listed and not read is for the operator to correct, and the advice names kms:Decrypt', async () => {
  const stored = await server.newBucket();
  await stored.put('one', 'one');
  const bucket = bucketOf(stored, { keys: async () => ({ ...S3_KEYS.lister }) });
  expect(await listed(bucket)).toHaveLength(1);
  const failure = await failureOf(bucket.open('one'));
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied' });
  expect(failure.advice).toContain('kms:Decrypt');
});

test('a server that is not there is the third party’s, and tried again', async () => {
  const failure = await failureOf(bucketOf({ name: 'logs' }, { endpoint: 'http://127.0.0.1:9' }).list({ prefix: '' }));
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'refused', retry: true });
});

test('an endpoint in a private network, or without TLS, is refused unless it is permitted', () => {
  const made = (endpoint: string) => () => bucketOf({ name: 'logs' }, { endpoint, allowInsecure: false });
  expect(made('http://s3.example.com')).toThrow('is not a public https: address');
  expect(made('https://10.0.0.1:9000')).toThrow('is not a public https: address');
  expect(made('https://s3.example.com')).not.toThrow();
});

test('the reason of an aborted signal is thrown as it is', async () => {
  const stored = await server.newBucket();
  await stored.put('large', Buffer.alloc(3_000_000, 'x'));
  const stopping = new AbortController();
  const { bytes } = await bucketOf(stored).open('large', {}, stopping.signal);
  const reading = (async () => {
    for await (const _ of bytes) stopping.abort(new Error('stopped'));
  })();
  await expect(reading).rejects.toThrow('stopped');
});
