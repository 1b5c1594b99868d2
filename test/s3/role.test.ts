/** A role that is assumed for a bucket and its queue: against a server that enforces its policies, and against one that refuses. */

import { beforeAll, describe, expect, test, vi } from 'vitest';
import { Bucket, type BucketOptions } from '../../src/s3/bucket.js';
import { type BucketSettings, bucketOptionsOf } from '../../src/s3/bucket-settings.js';
import { Queue } from '../../src/s3/queue.js';
import { roleOf } from '../../src/s3/role.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, serve } from '../support/local-server.js';
import { MotoRoles, userArn } from '../support/moto-roles.js';
import { motoServer } from '../support/moto-server.js';
import { S3_REGION } from '../support/s3-server.js';

const KEYS = { accessKeyId: 'BASEKEY', secretAccessKey: 'base-secret-of-tests' };
const ARN = 'arn:aws:iam::123456789012:role/mail-logs';

function optionsOf(settings: Partial<BucketSettings> & { readonly keys?: typeof KEYS }): BucketOptions {
  const { keys = KEYS, ...given } = settings;
  const { accessKeyId, ...secrets } = keys;
  const bucket = { bucket: 'logs', region: S3_REGION, roleArn: ARN, accessKeyId, ...given };
  return { ...bucketOptionsOf(bucket, async () => secrets), allowInsecure: true };
}

describe('with policies that are enforced', () => {
  const server = motoServer();
  const roles = new MotoRoles(() => server.endpoint);
  let trusted = KEYS;
  let stranger = KEYS;
  let untrusted = KEYS;
  let roleArn = '';
  beforeAll(async () => {
    trusted = await roles.newUser('trusted', 'assume');
    stranger = await roles.newUser('stranger', 'nothing');
    untrusted = await roles.newUser('untrusted', 'assume');
    roleArn = await roles.newRole('mail-logs', {
      Principal: { AWS: userArn('trusted') },
      Condition: { StringEquals: { 'sts:ExternalId': 'agreed-on' } },
    });
  });
  const assuming = (keys: typeof KEYS, externalId: string, changes: Partial<BucketSettings> = {}) =>
    optionsOf({
      endpoint: server.endpoint,
      roleArn,
      keys,
      externalId,
      ...changes,
    });

  test('bucket and queue are used by the role, and not by the keys that assume it', async () => {
    const real = await server.newBucket();
    await real.put('a.json', '{}');
    const queue = await server.newQueue();
    await roles.enforced(async () => {
      const options = assuming(trusted, 'agreed-on', { bucket: real.name });
      const { objects } = await new Bucket(options).list({ prefix: '' });
      expect(objects.map(({ key }) => key)).toEqual(['a.json']);
      expect(await new Queue({ ...options, url: queue.url }).receive(30, 0)).toEqual([]);
      const { role: _role, ...byKeys } = options;
      expect(await failureOf(new Bucket(byKeys).list({ prefix: '' }))).toMatchObject({ code: 'AccessDenied' });
    });
  });

  test.each<[string, () => BucketOptions]>([
    ['a wrong external ID', () => assuming(trusted, 'something-else')],
    ['a key that may not assume it', () => assuming(stranger, 'agreed-on')],
    ['a key that the role does not trust', () => assuming(untrusted, 'agreed-on')],
  ])('%s is for the operator to correct, who is told where', async (_, options) => {
    await roles.enforced(async () => {
      const bucket = new Bucket(options());
      const failure = await failureOf(bucket.list({ prefix: '' }));
      expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied', retry: false });
      expect(failure.message).toContain(`assume the role ${roleArn}`);
      for (const word of ['roleArn', 'sts:AssumeRole', 'trust policy', 'sts:ExternalId', 'externalId']) {
        expect(failure.advice).toContain(word);
      }
      // Neither does it pass for the bucket's own denial, nor for an object that is not there.
      const same = { ...failure, requestId: expect.any(String) };
      expect(await failureOf(bucket.look('a'))).toEqual(same);
      expect(await failureOf(bucket.tryToWrite('a'))).toEqual(same);
    });
  });

  test.each<[string, () => typeof KEYS, string]>([
    ['an unknown key', () => ({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }), 'InvalidClientTokenId'],
    ['a wrong secret', () => ({ ...trusted, secretAccessKey: 'wrong-secret-of-tests' }), 'SignatureDoesNotMatch'],
  ])('%s is not the role’s fault', async (_, keys, code) => {
    await roles.enforced(async () => {
      const failure = await failureOf(new Bucket(assuming(keys(), 'agreed-on')).list({ prefix: '' }));
      expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code, retry: false });
      expect(failure.advice).toContain('valid keys');
    });
  });
});

const LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';

/** A store that is its own STS; sessions are numbered. */
async function store(expiresInMs: number, listing: Handler = (_, response) => void response.end(LISTING)) {
  let sessions = 0;
  return serve(({ method, ...received }, response) => {
    if (method !== 'POST') return listing({ method, ...received }, response);
    sessions += 1;
    const expiration = new Date(Date.now() + expiresInMs).toISOString();
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>SESSION${sessions}</AccessKeyId>` +
          `<SecretAccessKey>secret-of-session</SecretAccessKey><SessionToken>token-of-session</SessionToken>` +
          `<Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
  });
}

const keysOf = (received: readonly { readonly method: string; readonly headers: object }[], method: string) =>
  received.flatMap((each) =>
    each.method === method ? [/Credential=([^/]+)/.exec(JSON.stringify(each.headers))?.[1]] : [],
  );

describe('temporary credentials', () => {
  test('are kept while they are good', async () => {
    const { url, received } = await store(3_600_000);
    const bucket = new Bucket(optionsOf({ endpoint: url }));
    for (let at = 0; at < 3; at += 1) await bucket.list({ prefix: '' });
    expect(keysOf(received, 'POST')).toEqual(['BASEKEY']);
    expect(keysOf(received, 'GET')).toEqual(['SESSION1', 'SESSION1', 'SESSION1']);
  });

  test('are renewed before they expire', async () => {
    const { url, received } = await store(60_000);
    const bucket = new Bucket(optionsOf({ endpoint: url }));
    for (let at = 0; at < 3; at += 1) await bucket.list({ prefix: '' });
    expect(keysOf(received, 'GET').at(-1)).not.toBe('SESSION1');
  });

  test('that have expired all the same are renewed for the next request', async () => {
    const xml = '<Error><Code>ExpiredToken</Code><Message>token-of-session has expired</Message></Error>';
    const { url } = await store(3_600_000, ({ headers }, response) => {
      const isOld = String(headers.authorization).includes('SESSION1/');
      response.writeHead(isOld ? 400 : 200, { 'content-type': 'application/xml' }).end(isOld ? xml : LISTING);
    });
    const bucket = new Bucket(optionsOf({ endpoint: url }));
    const failure = await failureOf(bucket.list({ prefix: '' }));
    expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'ExpiredToken', retry: true });
    expect(JSON.stringify(failure)).not.toContain('token-of-session');
    expect(await bucket.list({ prefix: '' })).toEqual({ objects: [] });
  });

  test('are asked for under the names that the configuration has', async () => {
    const { url, received } = await store(3_600_000);
    await new Bucket(optionsOf({ endpoint: url })).list({ prefix: '' });
    const names = { externalId: 'agreed-on', roleSessionName: 'collector-7' };
    await new Bucket(optionsOf({ endpoint: url, ...names })).list({ prefix: '' });
    const asked = received.filter(({ method }) => method === 'POST').map(({ body }) => new URLSearchParams(body));
    expect(asked.map((each) => ['RoleArn', 'RoleSessionName', 'ExternalId'].map((key) => each.get(key)))).toEqual([
      [ARN, 'mimecast-source', null],
      [ARN, 'collector-7', 'agreed-on'],
    ]);
  });

  test('are had with the workers’ own credentials where there is no key', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'WORKERKEY');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-of-the-worker');
    const { url, received } = await store(3_600_000);
    const { keys: _keys, ...options } = optionsOf({ endpoint: url });
    await new Bucket(options).list({ prefix: '' });
    vi.unstubAllEnvs();
    expect([keysOf(received, 'POST'), keysOf(received, 'GET')]).toEqual([['WORKERKEY'], ['SESSION1']]);
  });
});

describe('a refusal of STS', () => {
  const answering =
    (status: number, code: string, message: string): Handler =>
    (_, response) =>
      void response
        .writeHead(status, { 'content-type': 'text/xml' })
        .end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);

  test.each([
    ['AccessDenied', 403, 'ThirdPartyConfig', 'trust policy'],
    ['ValidationError', 400, 'ThirdPartyConfig', 'Correct roleArn'],
    ['InvalidClientTokenId', 403, 'ThirdPartyConfig', 'valid keys'],
    ['SignatureDoesNotMatch', 403, 'ThirdPartyConfig', 'valid keys'],
    ['ExpiredTokenException', 400, 'ThirdPartyConfig', 'session token'],
    ['RegionDisabledException', 403, 'ThirdPartyConfig', 'Activate STS'],
    ['InvalidAction', 400, 'ThirdPartyConfig', 'stsEndpoint'],
    ['MethodNotAllowed', 405, 'ThirdPartyConfig', 'stsEndpoint'],
    ['Throttling', 400, 'ThirdPartyGeneric', 'Nothing'],
    ['ServiceUnavailable', 503, 'ThirdPartyGeneric', 'Nothing'],
    ['InternalFailure', 500, 'ThirdPartyGeneric', 'Nothing'],
  ])('%s, with status %i, is a %s', async (code, status, type, advice) => {
    const { url } = await serve(answering(status, code, `no, ${KEYS.secretAccessKey}`));
    const failure = await failureOf(new Bucket(optionsOf({ stsEndpoint: url })).list({ prefix: '' }));
    expect(failure).toMatchObject({ type, retry: type === 'ThirdPartyGeneric' });
    expect(failure.message).toContain(`assume the role ${ARN}`);
    expect(failure.advice).toContain(advice);
    expect(JSON.stringify(failure)).not.toContain(KEYS.secretAccessKey);
  });

  test('a clock that is wrong is not a wrong key', async () => {
    const said = 'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z';
    const { url } = await serve(answering(403, 'SignatureDoesNotMatch', said));
    const failure = await failureOf(new Bucket(optionsOf({ stsEndpoint: url })).list({ prefix: '' }));
    expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', retry: true });
    expect(failure.advice).toContain('clock');
  });

  test('one that is away is tried again', async () => {
    const away = optionsOf({ stsEndpoint: 'http://127.0.0.1:9' });
    const failure = await failureOf(new Bucket(away).list({ prefix: '' }));
    expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'refused', retry: true });
  });

  test.each([
    [200, 'text/html', '<html>hello</html>', 'ThirdPartyGeneric'],
    [200, 'application/json', '{}', 'ThirdPartyGeneric'],
    [404, 'text/html', '<html>not here</html>', 'ThirdPartyConfig'],
    [502, 'text/html', '<html>bad gateway</html>', 'ThirdPartyGeneric'],
  ])('%i with %s that is not STS’s is a %s', async (status, type, body, expected) => {
    const { url } = await serve((_, response) => void response.writeHead(status, { 'content-type': type }).end(body));
    const failure = await failureOf(new Bucket(optionsOf({ stsEndpoint: url })).list({ prefix: '' }));
    expect(failure.type).toBe(expected);
    expect(failure.message).toContain(`assume the role ${ARN}`);
  });
});

describe('where STS is', () => {
  const of = (changes: object) => roleOf({ roleArn: ARN, ...changes })?.endpoint;

  test.each<[string, object, string | undefined]>([
    ['for AWS, where the SDK has it', {}, undefined],
    ['for a host of AWS’s, too', { endpoint: 'https://s3.dualstack.eu-west-1.amazonaws.com' }, undefined],
    ['for a store of somebody else’s, there', { endpoint: 'https://s3.example.com' }, 'https://s3.example.com'],
    [
      'where the configuration says',
      { endpoint: 'https://s3.example.com', stsEndpoint: 'https://sts.example.com' },
      'https://sts.example.com',
    ],
  ])('%s', (_, changes, endpoint) => {
    expect(of(changes)).toBe(endpoint);
  });

  test('a private address, or one without TLS, is refused unless it is permitted', () => {
    const made = (stsEndpoint: string) => () => new Bucket({ ...optionsOf({ stsEndpoint }), allowInsecure: false });
    expect(made('http://sts.example.com')).toThrow('the address of STS sts.example.com is not a public https: address');
    expect(made('https://10.0.0.1')).toThrow('is not a public https: address');
    expect(made('https://sts.example.com')).not.toThrow();
  });

  test('one that the workers’ environment names is called, and refused in the same way', async () => {
    const { url, received } = await serve((_, response) => void response.writeHead(503).end());
    vi.stubEnv('AWS_ENDPOINT_URL_STS', url);
    const toAws = optionsOf({});
    await failureOf(new Bucket(toAws).list({ prefix: '' }));
    const asked = received.length;
    expect(asked).toBeGreaterThan(0);
    const failure = await failureOf(new Bucket({ ...toAws, allowInsecure: false }).list({ prefix: '' }));
    vi.unstubAllEnvs();
    expect(failure).toMatchObject({ code: 'address_refused', type: 'ThirdPartyConfig' });
    expect(received.length).toBe(asked);
  });
});
