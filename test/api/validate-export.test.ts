/** `validate` of a configuration with an export: whether its bucket can be written to, told apart from the source's own connection. */

import { ListBucketsCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';
import { apiServer } from '../support/api-server.js';
import { s3Config } from '../support/bucket-source.js';
import { exportConfig } from '../support/exporting-source.js';
import { collectionsIn } from '../support/raw-collections.js';
import { S3_KEYS, s3Server, type TestBucket } from '../support/s3-server.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const server = s3Server();
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(() => connection.close());
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

let sources = '';
let read: TestBucket;
let written: TestBucket;
beforeAll(async () => {
  const body = { collector: { name: 'tried out' } };
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body });
  sources = `v1/collectors/${json.collector.id}/sources`;
  [read, written] = [await server.newBucket(), await server.newBucket()];
});

interface Changes {
  readonly s3?: object;
  readonly export?: object;
  readonly id?: number;
}

function bodyOf(name: string, { s3, export: toBucket, id }: Changes = {}) {
  const config = {
    ...{ name, dataCollection: 'siem', collectionMethod: 's3', s3: s3Config(server.endpoint, read.name, { ...s3 }) },
    export: exportConfig(server.endpoint, written.name, { prefix: 'mimecast/', ...toBucket }),
  };
  const source = { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };
  return { source: id === undefined ? source : { ...source, id } };
}

interface Trial {
  readonly valid: boolean;
  readonly mistakes: readonly string[];
  readonly connection?: object;
  readonly export?: object;
}

const validate = async (...given: Parameters<typeof bodyOf>) =>
  (await api<Trial>('POST', `${sources}/validate`, { body: bodyOf(...given) })).json;

async function expectEmpty(bucket: TestBucket): Promise<void> {
  const { Uploads = [] } = await bucket.client().send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
  expect(Uploads).toEqual([]);
  expect(await bucket.keys()).toEqual([]);
}

const passed = (bucket: TestBucket) => ({ ok: true, bucket: bucket.name, ms: expect.any(Number) });

test('of a good one, both buckets are tried, and nothing is left behind', async () => {
  const trial = await validate('good');
  expect(trial).toEqual({ valid: true, mistakes: [], connection: passed(read), export: passed(written) });
  await expectEmpty(written);
});

test.each<[string, object, object]>([
  ['a key that may not write', S3_KEYS.reader, { errorCode: 'AccessDenied' }],
  ['no such bucket', { ...S3_KEYS.admin, bucket: 'nowhere' }, { errorCode: 'NoSuchBucket' }],
  ['a wrong secret', { secretAccessKey: 'wrong-secret-of-tests' }, { errorCode: 'SignatureDoesNotMatch' }],
  ['an unknown key', { accessKeyId: 'UNKNOWN' }, { errorCode: 'InvalidAccessKeyId' }],
])('of one whose export has %s, only the export fails', async (_, changes, failure) => {
  const trial = await validate('wrong', { export: changes });
  expect(trial).toMatchObject({
    ...{ valid: true, connection: { ok: true } },
    export: { ok: false, errorType: 'ThirdPartyConfig', ...failure },
  });
  expect(JSON.stringify(trial)).not.toContain('secret-of-tests');
  await expectEmpty(written);
});

test('a bucket that does not exist is not made', async () => {
  await validate('wrong', { export: { ...S3_KEYS.admin, bucket: 'nowhere' } });
  const { Buckets = [] } = await written.client().send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).not.toContain('nowhere');
});

test('what is denied is told with the permission that is missing', async () => {
  const { export: toBucket } = await validate('denied', { export: S3_KEYS.lister });
  expect(toBucket).toMatchObject({ errorInfo: expect.stringContaining('s3:PutObject') });
});

test('of one that cannot be read, only the source’s own connection fails', async () => {
  const trial = await validate('unread', { s3: { secretAccessKey: 'wrong' } });
  expect(trial).toMatchObject({ valid: true, connection: { ok: false }, export: { ok: true } });
});

test('of one that exports with the credentials of the workers, the export is not tried', async () => {
  const trial = await validate('chain', { export: { accessKeyId: null, secretAccessKey: null } });
  expect(trial).toEqual({ valid: true, mistakes: [], connection: passed(read) });
});

test('a mask stands for the stored secret of the export, and only with the same key', async () => {
  const { json } = await api<{ source: { id: number } }>('POST', sources, { body: bodyOf('stored') });
  const { id } = json.source;
  const mask = { secretAccessKey: '********' };
  expect(await validate('stored', { id, s3: mask, export: mask })).toMatchObject({
    ...{ valid: true, connection: { ok: true }, export: { ok: true } },
  });
  const another = await validate('stored', { id, export: { ...mask, accessKeyId: 'OTHER' } });
  expect(another).toMatchObject({
    valid: false,
    mistakes: [expect.stringContaining('endpoint, stsEndpoint or accessKeyId')],
  });
  expect(another.mistakes[0]).toContain('source.config.export.secretAccessKey');
  const elsewhere = await validate('stored', { id, export: { ...mask, endpoint: 'http://127.0.0.1:9' } });
  expect(elsewhere.mistakes[0]).toContain('endpoint, stsEndpoint or accessKeyId');
  const none = await validate('new', { export: mask });
  expect(none.mistakes).toEqual([expect.stringContaining('export.secretAccessKey: ******** means the stored secret')]);
});
