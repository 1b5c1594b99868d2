/** `validate` of a configuration with a bucket, and what the API shows of it. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';
import { apiServer } from '../support/api-server.js';
import { s3Config } from '../support/bucket-source.js';
import { hang, sendJson, serve } from '../support/local-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { S3_KEYS, s3Server } from '../support/s3-server.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const server = s3Server();
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(() => connection.close());
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

const ROLE = 'arn:aws:iam::123456789012:role/mail-logs';
let sources = '';
let bucket = '';
beforeAll(async () => {
  const body = { collector: { name: 'tried out' } };
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body });
  sources = `v1/collectors/${json.collector.id}/sources`;
  bucket = (await server.newBucket()).name;
});

function bodyOf(name: string, s3: object = {}, id?: number) {
  const config = {
    name,
    dataCollection: 'siem',
    collectionMethod: 's3',
    s3: s3Config(server.endpoint, bucket, { ...s3 }),
  };
  const source = { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };
  return { source: id === undefined ? source : { ...source, id } };
}

interface Trial {
  readonly valid: boolean;
  readonly mistakes: readonly string[];
  readonly connection?: unknown;
}

const validate = async (...given: Parameters<typeof bodyOf>) =>
  (await api<Trial>('POST', `${sources}/validate`, { body: bodyOf(...given) })).json;

test('of a good one lists its bucket', async () => {
  const connected = { ok: true, bucket, ms: expect.any(Number) };
  expect(await validate('good')).toEqual({ valid: true, mistakes: [], connection: connected });
});

test.each<[string, object, object]>([
  ['a wrong secret', { secretAccessKey: 'wrong-secret-of-tests' }, { errorCode: 'SignatureDoesNotMatch' }],
  ['no such bucket', { ...S3_KEYS.admin, bucket: 'nowhere' }, { errorCode: 'NoSuchBucket' }],
])('of one with %s says so', async (_, s3, failure) => {
  const { valid, connection } = await validate('wrong', s3);
  expect({ valid, connection }).toMatchObject({
    valid: true,
    connection: { ok: false, errorType: 'ThirdPartyConfig', ...failure },
  });
  expect(JSON.stringify(connection)).not.toContain('secret-of-tests');
});

test('of one with the credentials of the workers tries nothing', async () => {
  const trial = await validate('chain', { accessKeyId: null, secretAccessKey: null });
  expect(trial).toEqual({ valid: true, mistakes: [] });
});

test('of one with a role that may not be assumed says what is to be permitted, and where', async () => {
  const answer = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
  const { url } = await serve(
    (_, response) => void response.writeHead(403, { 'content-type': 'text/xml' }).end(answer),
  );
  const role = { roleArn: ROLE, externalId: 'agreed-on', stsEndpoint: url };
  const { valid, connection } = await validate('with a role', role);
  expect({ valid, connection }).toMatchObject({
    valid: true,
    connection: {
      ...{ ok: false, errorType: 'ThirdPartyConfig', errorCode: 'AccessDenied' },
      errorInfo: expect.stringMatching(/assume the role arn:aws:iam::123456789012:role\/mail-logs.*sts:ExternalId/),
    },
  });
});

test('of one whose role is assumed nowhere ends in time', async () => {
  const { url } = await serve(hang);
  const role = { roleArn: ROLE, stsEndpoint: url };
  const { connection } = await validate('with a role', role);
  expect(connection).toMatchObject({ ok: false, errorType: 'ThirdPartyGeneric', errorCode: 'timeout' });
});

test('of one with a queue that does not exist says so', async () => {
  const answer = { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' };
  const { url } = await serve((_, response) => sendJson(response, 400, answer));
  const { valid, connection } = await validate('with a queue', { queue: `${url}/1/mail-logs` });
  expect({ valid, connection }).toMatchObject({
    valid: true,
    connection: { ok: false, errorType: 'ThirdPartyConfig', errorCode: 'QueueDoesNotExist' },
  });
});

test('of one with no bucket names every mistake', async () => {
  const { valid, mistakes } = await validate('', { bucket: '', region: null });
  expect(valid).toBe(false);
  expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
    'source.config.name',
    'source.config.s3.bucket',
    'source.config.s3.region',
  ]);
});

test('the secret of a stored one is masked, and the mask stands for it only with the same key', async () => {
  const { json } = await api<{ source: { id: number; config: { s3: object } } }>('POST', sources, {
    body: bodyOf('stored'),
  });
  const { id, config } = json.source;
  const hidden = { accessKeyId: S3_KEYS.reader.accessKeyId, secretAccessKey: '********' };
  expect(config.s3).toMatchObject(hidden);
  expect(JSON.stringify(json)).not.toContain(S3_KEYS.reader.secretAccessKey);
  const masked = { secretAccessKey: '********' };
  expect(await validate('stored', masked, id)).toMatchObject({ valid: true, connection: { ok: true } });
  const another = await validate('stored', { ...masked, accessKeyId: 'OTHER' }, id);
  expect(another.mistakes[0]).toContain('belongs to another endpoint, stsEndpoint or accessKeyId');
  const toSts = await validate('stored', { ...masked, stsEndpoint: 'http://127.0.0.1:9', roleArn: ROLE }, id);
  expect(toSts.mistakes[0]).toContain('belongs to another endpoint, stsEndpoint');
  const toQueue = await validate('stored', { ...masked, queue: 'http://127.0.0.1:9/1/mail-logs' }, id);
  expect(toQueue.mistakes[0]).toContain('or goes to another queue');
  expect((await validate('stored', masked)).mistakes.join()).toContain('there is none yet');
  const audit = await raw(collections).auditTrail.find().toArray();
  expect(JSON.stringify(audit)).not.toContain(S3_KEYS.reader.secretAccessKey);
});
