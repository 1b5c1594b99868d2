/** Writing objects: once each, whole, and with what a failure means. */

import { expect, test } from 'vitest';
import { Bucket, type BucketOptions, type NewObject } from '../../src/s3/bucket.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, serve } from '../support/local-server.js';
import { S3_KEYS, S3_REGION, s3Server } from '../support/s3-server.js';

const server = s3Server();

function bucketOf(name: string, changes: Partial<BucketOptions> = {}): Bucket {
  const common = { region: S3_REGION, endpoint: server.endpoint, pathStyle: true, allowInsecure: true };
  return new Bucket({ bucket: name, ...common, keys: async () => ({ ...S3_KEYS.writer }), ...changes });
}

function object(changes: Partial<NewObject> = {}): NewObject {
  return {
    key: 'receipt/1.json.gz',
    body: Buffer.from('content'),
    contentType: 'application/gzip',
    fileName: 'receipt-1.json.gz',
    metadata: { owner: 'me' },
    ...changes,
  };
}

test('an object is written with its type, its file name and its metadata', async () => {
  const stored = await server.newBucket();
  expect(await bucketOf(stored.name).put(object())).toBe('written');
  expect(await stored.objects()).toEqual(
    new Map([
      [
        'receipt/1.json.gz',
        {
          text: 'content',
          type: 'application/gzip',
          disposition: 'attachment; filename="receipt-1.json.gz"',
          metadata: { owner: 'me' },
        },
      ],
    ]),
  );
});

test('same key written twice, object overwritten: what is there stays, and it is told whose it is', async () => {
  const stored = await server.newBucket();
  const bucket = bucketOf(stored.name);
  expect(await bucket.metadataOf('receipt/1.json.gz')).toBeUndefined();
  await bucket.put(object());
  expect(await bucket.put(object({ body: Buffer.from('other'), metadata: { owner: 'other' } }))).toBe('exists');
  expect((await stored.objects()).get('receipt/1.json.gz')?.text).toBe('content');
  expect(await bucket.metadataOf('receipt/1.json.gz')).toEqual({ owner: 'me' });
});

test('several megabytes, and a key with odd signs', async () => {
  const stored = await server.newBucket();
  const key = "a b+c/é%41!'()*.gz";
  await bucketOf(stored.name).put(object({ key, body: Buffer.alloc(5_000_000, 'x') }));
  expect((await stored.objects()).get(key)?.text).toHaveLength(5_000_000);
});

test('a key that may not write is for the operator to correct, and the advice names s3:PutObject', async () => {
  const stored = await server.newBucket();
  const bucket = bucketOf(stored.name, { keys: async () => ({ ...S3_KEYS.reader }) });
  const failure = await failureOf(bucket.put(object()));
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied', retry: false });
  expect(failure.advice).toContain('s3:PutObject');
});

test('an object that may not be looked at is for the operator to correct, too', async () => {
  const stored = await server.newBucket();
  await stored.put('one', 'one');
  const bucket = bucketOf(stored.name, { keys: async () => ({ ...S3_KEYS.lister }) });
  const failure = await failureOf(bucket.metadataOf('one'));
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied' });
  expect(failure.advice).toContain('s3:GetObject');
});

const errorBody = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`;

test.each<[string, number, string, string, string]>([
  ['no such bucket', 404, 'NoSuchBucket', 'ThirdPartyConfig', 'NoSuchBucket'],
  ['an outage', 500, 'InternalError', 'ThirdPartyGeneric', 'InternalError'],
  ['a limit of requests', 503, 'SlowDown', 'ThirdPartyGeneric', 'SlowDown'],
  [
    'another write at the same time',
    409,
    'ConditionalRequestConflict',
    'ThirdPartyGeneric',
    'ConditionalRequestConflict',
  ],
  ['a session token that has expired', 400, 'ExpiredToken', 'ThirdPartyConfig', 'ExpiredSessionToken'],
])('%s', async (_, status, code, type, told) => {
  const answer: Handler = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code));
  };
  const { url, received } = await serve(answer);
  const failure = await failureOf(bucketOf('logs', { endpoint: url }).put(object()));
  expect(failure).toMatchObject({ type, code: told, retry: type === 'ThirdPartyGeneric' });
  const [request] = received;
  expect(request?.headers).toMatchObject({ 'if-none-match': '*', 'content-length': '7' });
  // Stores of others do not take them.
  expect(Object.keys(request?.headers ?? {}).filter((name) => name.includes('checksum'))).toEqual([]);
});

test('an answer that is lost after the object was written is no second object', async () => {
  let writes = 0;
  const { url } = await serve((_, response) => {
    writes += 1;
    if (writes === 1) response.destroy();
    else response.writeHead(412, { 'content-type': 'application/xml' }).end(errorBody('PreconditionFailed'));
  });
  const bucket = bucketOf('logs', { endpoint: url });
  expect(await failureOf(bucket.put(object()))).toMatchObject({ code: 'reset', retry: true });
  expect(await bucket.put(object())).toBe('exists');
});
