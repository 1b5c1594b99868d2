/** What other S3 stores, and AWS itself, answer and the server of the tests does not. */

import { expect, test } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { Bucket, type BucketOptions } from '../../src/s3/bucket.js';
import type { StaticKeys } from '../../src/s3/client-access.js';
import type { ObjectContent } from '../../src/s3/object-content.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, serve } from '../support/local-server.js';

const KEYS: StaticKeys = {
  accessKeyId: 'AKID',
  secretAccessKey: 'a-secret-of-tests',
  sessionToken: 'a-token-of-tests',
};

const errorBody = (code: string, message: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;

function answering(status: number, body: string, headers: Record<string, string> = {}): Handler {
  return (_, response) => void response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
}

function bucketAt(endpoint: string, changes: Partial<BucketOptions> = {}): Bucket {
  const store = { bucket: 'logs', region: 'eu-west-1', endpoint, pathStyle: true, allowInsecure: true };
  return new Bucket({ ...store, keys: async () => KEYS, ...changes });
}

async function readAll({ bytes }: ObjectContent): Promise<void> {
  for await (const _ of bytes);
}

async function failureAt(handler: Handler, key = 'a.json') {
  const { url, received } = await serve(handler);
  const failure = await failureOf(bucketAt(url, { idleMs: 500 }).open(key).then(readAll));
  return { failure, received };
}

const TO_REGION = { 'x-amz-bucket-region': 'us-west-2' };
const KMS = 'User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:1';

test.each<[string, number, string, string, string, Record<string, string>?]>([
  [
    '301 to another region',
    301,
    errorBody('PermanentRedirect', 'use the endpoint'),
    'ThirdPartyConfig',
    'WrongRegion',
    TO_REGION,
  ],
  [
    'a signature for another region',
    400,
    errorBody('AuthorizationHeaderMalformed', 'the region is wrong', '<Region>us-west-2</Region>'),
    'ThirdPartyConfig',
    'WrongRegion',
  ],
  ['KMS denial looks like AccessDenied', 403, errorBody('AccessDenied', KMS), 'ThirdPartyConfig', 'KmsAccessDenied'],
  [
    'a KMS key that is disabled',
    400,
    errorBody('KMS.DisabledException', 'x'),
    'ThirdPartyConfig',
    'KMS.DisabledException',
  ],
  [
    'a fixed session token that has expired',
    400,
    errorBody('ExpiredToken', 'x'),
    'ThirdPartyConfig',
    'ExpiredSessionToken',
  ],
  ['an object in an archive', 403, errorBody('InvalidObjectState', 'x'), 'ThirdPartyGeneric', 'InvalidObjectState'],
  ['a limit of requests', 503, errorBody('SlowDown', 'x'), 'ThirdPartyGeneric', 'SlowDown'],
  ['an outage', 500, errorBody('InternalError', 'x'), 'ThirdPartyGeneric', 'InternalError'],
  ['an answer that is not S3’s', 200, '<html>welcome</html>', 'ThirdPartyGeneric', 'unreadable'],
])('%s', async (_, status, body, type, code, headers) => {
  const { failure } = await failureAt(answering(status, body, headers));
  expect(failure).toMatchObject({ type, code, retry: type === 'ThirdPartyGeneric' });
  if (code === 'WrongRegion') expect(failure.message).toContain('us-west-2');
  if (code === 'KmsAccessDenied') expect(failure.message).toContain('kms:Decrypt');
});

test('what a store repeats of secrets is not told', async () => {
  const { failure } = await failureAt(answering(500, errorBody('Odd', `${KEYS.secretAccessKey} ${KEYS.sessionToken}`)));
  expect(JSON.stringify(failure)).not.toMatch(/a-secret-of-tests|a-token-of-tests/);
});

test('silence is a timeout, in an answer and in its body', async () => {
  expect((await failureAt(() => undefined)).failure).toMatchObject({ code: 'timeout', retry: true });
  const halting: Handler = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': '10' });
    response.write('half');
  };
  expect((await failureAt(halting)).failure).toMatchObject({ code: 'timeout', retry: true });
});

test('a body that breaks off is a lost connection, not an object', async () => {
  const breaking: Handler = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': '10' });
    response.write('half', () => response.destroy());
  };
  expect((await failureAt(breaking)).failure).toMatchObject({ code: 'reset', retry: true });
});

test('clock skew: the second request has the time of the server', async () => {
  const ahead = new Date(Date.now() + 3 * 3_600_000);
  const { received } = await failureAt(
    answering(403, errorBody('RequestTimeTooSkewed', 'x'), { date: ahead.toUTCString() }),
  );
  const [first, second] = received.map(({ headers }) => String(headers['x-amz-date']));
  expect(second?.slice(0, 11)).toBe(ahead.toISOString().replace(/[-:]/g, '').slice(0, 11));
  expect(first?.slice(0, 11)).not.toBe(second?.slice(0, 11));
});

test('default CRC32 checksums break other stores: none is asked for at an endpoint of one’s own', async () => {
  const { received } = await failureAt(answering(404, errorBody('NoSuchKey', 'x')));
  expect(Object.keys(received[0]?.headers ?? {}).filter((name) => name.includes('checksum'))).toEqual([]);
});

test('requester pays: each request says so', async () => {
  const { url, received } = await serve(answering(404, errorBody('NoSuchKey', 'x')));
  const bucket = bucketAt(url, { requesterPays: true });
  await expect(bucket.list({ prefix: '' })).rejects.toThrow();
  await expect(bucket.open('a')).rejects.toThrow();
  expect(await bucket.look('a')).toBeUndefined();
  expect(received.map(({ headers }) => headers['x-amz-request-payer'])).toEqual([
    'requester',
    'requester',
    'requester',
  ]);
});

test('a HEAD request that is refused, without a body that would say why, is for the operator', async () => {
  const { url } = await serve(answering(403, ''));
  expect(await failureOf(bucketAt(url).look('a'))).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied' });
});

test('a key that a URL would tidy up goes out as it is', async () => {
  const { received } = await failureAt(answering(404, errorBody('NoSuchKey', 'x')), 'a//b.json');
  expect(received[0]?.path).toBe('/logs/a//b.json');
});

test.each(['', '<html>welcome</html>', '<!doctype html><p>Sign in', '<r><a>1</a></r>'])(
  'what is no listing is an error, and not an empty one: %s',
  async (body) => {
    const { url } = await serve(answering(200, body));
    await expect(bucketAt(url).list({ prefix: '' })).rejects.toThrow(RawError);
  },
);

test.each(['', '<NextContinuationToken>same</NextContinuationToken>'])(
  'a listing that does not tell its next page is an error, and not the end: %s',
  async (token) => {
    const body = `<ListBucketResult><IsTruncated>true</IsTruncated>${token}</ListBucketResult>`;
    const { url } = await serve(answering(200, body));
    await expect(bucketAt(url).list({ prefix: '', token: 'same' })).rejects.toThrow('does not tell the next page');
  },
);
