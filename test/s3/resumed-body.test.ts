/** Objects that are larger than what their connection survives. */

import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Bucket } from '../../src/s3/bucket.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, serve } from '../support/local-server.js';
import { S3_KEYS, S3_REGION, s3Server } from '../support/s3-server.js';
import { FaultProxy } from '../system/faults/fault-proxy.js';

const MIB = 1_048_576;
/** Not gzip by its first byte, and does not shrink by zipping. */
const CONTENT = randomBytes(16 * MIB).fill(0x20, 0, 1);

const server = s3Server();

function bucketAt(endpoint: string, bucket = 'logs'): Bucket {
  const store = { bucket, region: S3_REGION, endpoint, pathStyle: true, allowInsecure: true };
  return new Bucket({ ...store, idleMs: 5_000, keys: async () => ({ ...S3_KEYS.reader }) });
}

async function digestOf(bucket: Bucket): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of (await bucket.open('large')).bytes) hash.update(chunk);
  return hash.digest('hex');
}

const DIGEST = createHash('sha256').update(CONTENT).digest('hex');

test.each([
  ['plain', CONTENT],
  ['gzip', gzipSync(CONTENT, { level: 1 })],
  // What has arrived and was not read yet is lost with its connection: on a busy machine, several MiB.
])('a large object is read on where its connection was cut, twice: %s', async (_, body) => {
  const stored = await server.newBucket();
  await stored.put('large', body);
  const proxy = await FaultProxy.listen(() => Number(new URL(server.endpoint).port));
  try {
    proxy.resetNext(2, 7 * MIB);
    expect(await digestOf(bucketAt(`http://127.0.0.1:${proxy.port}`, stored.name))).toBe(DIGEST);
  } finally {
    await proxy.close();
  }
});

/** Serves the object, cuts what is longer than `brings` bytes, and answers a request for the rest in its own way. */
function cutting(brings: number, answerRest: (offset: number) => { status: number; headers: object; body: Buffer }) {
  const ranges: (string | undefined)[] = [];
  const handler: Handler = ({ headers: { range } }, response) => {
    ranges.push(range);
    const { status, headers, body } =
      range === undefined
        ? { status: 200, headers: {}, body: CONTENT }
        : answerRest(Number(/^bytes=(\d+)-$/.exec(range)?.[1]));
    response.writeHead(status, { etag: '"1"', 'content-length': body.length, ...headers });
    if (body.length <= brings) response.end(body);
    else response.write(body.subarray(0, brings), () => setImmediate(() => response.destroy()));
  };
  return { handler, ranges };
}

const part = (offset: number, changes: object = {}) => ({
  status: 206,
  headers: { 'content-range': `bytes ${offset}-${CONTENT.length - 1}/${CONTENT.length}`, ...changes },
  body: CONTENT.subarray(offset),
});

test.each<[string, Parameters<typeof cutting>[1]]>([
  ['an object that was overwritten', () => ({ status: 412, headers: {}, body: Buffer.alloc(0) })],
  ['another version than was asked for', (offset) => part(offset, { etag: '"2"' })],
  ['a store that knows no ranges', () => ({ status: 200, headers: {}, body: CONTENT })],
  ['another part than was asked for', (offset) => part(offset, { 'content-range': 'bytes 0-9/10' })],
])('the rest is not made up of something else: %s', async (_, answerRest) => {
  const { handler, ranges } = cutting(2 * MIB, answerRest);
  const { url } = await serve(handler);
  const failure = await failureOf(digestOf(bucketAt(url)));
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'reset', retry: true });
  // What had arrived and was not read yet may be lost with its connection.
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
  const offset = Number(/\d+/.exec(ranges[1] ?? '')?.[0]);
  expect(offset).toBeGreaterThanOrEqual(MIB);
  expect(offset).toBeLessThanOrEqual(2 * MIB);
});

test('a connection that brings little is not followed by another one', async () => {
  const { handler, ranges } = cutting(MIB / 2, part);
  const { url } = await serve(handler);
  expect(await failureOf(digestOf(bucketAt(url)))).toMatchObject({ code: 'reset' });
  expect(ranges).toEqual([undefined]);
});
