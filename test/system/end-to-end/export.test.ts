/** A source that exports what it collects, with workers and Temporal: to a bucket that another source reads, and in spite of what fails. */

import { expect, test } from 'vitest';
import { SECRET_PLACEHOLDER } from '../../../src/config/source-config.js';
import type { RecordDocument } from '../../../src/domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { apiServer } from '../../support/api-server.js';
import { s3Config } from '../../support/bucket-source.js';
import { findAll, formsOf } from '../../support/byte-search.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { exportConfig } from '../../support/exporting-source.js';
import { serve } from '../../support/local-server.js';
import { motoServer } from '../../support/moto-server.js';
import { raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { S3_KEYS, S3_REGION, s3Server, type TestBucket } from '../../support/s3-server.js';
import { countStored } from '../../support/simulator-control.js';
import { documentsOf, payloadsOf } from '../../support/stored-bytes.js';
import { until } from '../../support/until.js';

const { get, collections, database } = e2eStack({ historyMs: 3_600_000, rate: 0 });
const api = apiServer({ collections, client: () => get().client });
const server = s3Server();
const moto = motoServer();
const LIMIT = { everyMs: 100 };

const statusOf = (sourceId: number) => get().service.status(String(sourceId));

function fileOf(name: string, bucket: TestBucket, changes: object = {}, config: object = {}) {
  const toBucket = exportConfig(server.endpoint, bucket.name, { ...changes });
  return sourceFile(get().simulator, { name, export: toBucket, ...config });
}

function readerOf(name: string, bucket: TestBucket) {
  const { source } = sourceFile(get().simulator, { name });
  const { dataCollection } = source.config as { dataCollection?: unknown };
  const s3 = s3Config(server.endpoint, bucket.name);
  const config = { name, dataCollection, pollInterval: '1s', collectionMethod: 's3', s3 };
  return { 'api.version': 'v1', source: { ...source, config } };
}

const isCaughtUp = ({ snapshot }: SourceStatus) =>
  snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase, caughtUp }) => phase === 'waiting' && caughtUp);

/** All that is stored of a source but for what a source puts on its records itself. */
async function storedOf(sourceId: number, stream: StreamName): Promise<string[]> {
  const found = await raw(collections).records(stream).find({ _sourceId: sourceId }).toArray();
  return found.map(comparable).toSorted();
}

function comparable({ _id, _sourceId, _source, _receiptTime, _queue, ...rest }: RecordDocument): string {
  return JSON.stringify(rest);
}

test('a round trip: what is exported and read again by another source is an equal store', async () => {
  const bucket = await server.newBucket();
  const { service, startWorker } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(fileOf('Exporter', bucket));
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  const stored = await countStored(collections, sourceId);
  const done = await until(
    () => statusOf(sourceId),
    ({ export: toBucket }) => toBucket?.records === stored && toBucket.lagMs === 0,
    LIMIT,
  );
  expect(done.export).toMatchObject({ state: 'Exporting', bucket: bucket.name });

  const { sourceId: readerId } = await service.start(readerOf('Reader', bucket));
  await until(() => statusOf(readerId), isCaughtUp, LIMIT);
  await until(
    () => countStored(collections, readerId),
    (count) => count >= stored,
    LIMIT,
  );
  for (const stream of STREAMS) {
    expect(await storedOf(readerId, stream), definitionOf(stream).title).toEqual(await storedOf(sourceId, stream));
  }

  for (const id of [sourceId, readerId]) await service.stop(String(id), { remove: true });
  await stopWorker();
});

test('an export that may not write is an error of its own: collecting goes on, and a correction heals it', async () => {
  const bucket = await server.newBucket();
  const { service, startWorker, client } = get();
  const stopWorker = await startWorker();
  const file = fileOf('Denied', bucket, { ...S3_KEYS.reader }, { dataCollection: 'siem' });
  const { sourceId } = await service.start(file);
  const failing = await until(
    () => statusOf(sourceId),
    (status) => status.export?.state === 'Error' && isCaughtUp(status),
    LIMIT,
  );
  expect(failing).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  expect(failing.export?.problem).toMatchObject({ type: 'ThirdPartyConfig', code: 'AccessDenied', gaveUp: true });
  const { open } = await service.health(String(sourceId));
  expect(open).toMatchObject([{ subject: 'export', eventName: 'ThirdPartyConfigError', status: 'UnHealthy' }]);
  expect(open[0]?.details.description).toContain('s3:PutObject');
  const stored = await countStored(collections, sourceId);

  // The mask keeps the stored secret, for the same key only.
  const other = fileOf('Denied', bucket, { secretAccessKey: SECRET_PLACEHOLDER }, { dataCollection: 'siem' });
  await expect(service.update(String(sourceId), other)).rejects.toMatchObject({
    mistakes: [expect.stringContaining('export.secretAccessKey: ******** means the stored secret')],
  });
  await service.update(String(sourceId), fileOf('Denied', bucket, {}, { dataCollection: 'siem' }));
  const healed = await until(
    () => statusOf(sourceId),
    ({ export: toBucket }) => toBucket?.state === 'Exporting' && toBucket.records === stored,
    LIMIT,
  );
  expect(healed.export?.problem).toBeUndefined();
  await until(
    () => service.health(String(sourceId)),
    (health) => health.open.length === 0,
    LIMIT,
  );

  const masked = { secretAccessKey: SECRET_PLACEHOLDER, prefix: 'later/' };
  await service.update(String(sourceId), fileOf('Denied', bucket, masked, { dataCollection: 'siem' }));
  expect((await raw(collections).sources.findOne({ _id: sourceId }))?.exportSecret).toBeDefined();

  // The secret is nowhere in clear.
  async function* everythingStored() {
    yield* documentsOf(database.db);
    yield* payloadsOf(client);
  }
  expect(await findAll(everythingStored(), { writer: formsOf(S3_KEYS.writer.secretAccessKey) })).toEqual([]);

  expect(await database.db.collection('exports').countDocuments({ sourceId })).toBe(1);

  // Without the export in its configuration, the workflow of the export ends.
  await service.update(String(sourceId), fileOf('Denied', bucket, {}, { dataCollection: 'siem', export: undefined }));
  const { workflowId } = failing;
  await until(
    () => client.workflow.getHandle(`${workflowId}-export`).describe(),
    ({ status }) => status.name === 'COMPLETED',
    LIMIT,
  );
  expect((await raw(collections).sources.findOne({ _id: sourceId }))?.exportSecret).toBeUndefined();
  await service.stop(String(sourceId), { remove: true });
  for (const name of ['exports', 'export_cuts'])
    expect(await database.db.collection(name).countDocuments({ sourceId })).toBe(0);
  await stopWorker();
});

test('records of the past are exported on request, here or by a management server, and a repetition writes only what is missing', async () => {
  const bucket = await server.newBucket();
  const { service, startWorker, env } = get();
  const stopWorker = await startWorker();
  const { source } = sourceFile(get().simulator, {
    name: 'Past',
    dataCollection: 'siem',
    siemTypes: ['receipt', 'av'],
  });
  const { sourceId } = await service.start({ 'api.version': 'v1', source });
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  const stored = await countStored(collections, sourceId);
  const access = ['--region', S3_REGION, '--endpoint', server.endpoint, '--prefix', 'past/', '--own-keys'];
  const keys = { AWS_ACCESS_KEY_ID: S3_KEYS.writer.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.writer.secretAccessKey };
  const { accessId, accessKey } = api.get().admin;
  const client = { MIMECAST_ACCESS_ID: accessId, MIMECAST_ACCESS_KEY: accessKey, ...keys };
  const here = (...args: string[]) => runCli({ ...env, ...keys }, 'export', 'Past', ...args);
  const remotely = (...args: string[]) => runCli(client, '--server', api.get().url, 'export', 'Past', ...args);
  const whole = ['--from', '30d', ...access, '--to-bucket', bucket.name];

  const first = await here(...whole, '--json');
  expect(JSON.parse(first.stdout)).toMatchObject({ sourceId, bucket: bucket.name, records: stored, existing: 0 });
  expect(first.stderr).toContain('written: past/');
  const objects = await bucket.objects('past/');
  const lines = [...objects.values()].flatMap(({ text }) => text.trimEnd().split('\n'));
  expect(lines).toHaveLength(stored);
  for (const run of [here, remotely]) {
    const [key = ''] = objects.keys();
    await bucket.remove(key);
    const second = await run(...whole);
    expect([second.code, second.stdout]).toEqual([
      0,
      expect.stringContaining(`${objects.size - 1} were there already`),
    ]);
    expect(await bucket.objects('past/')).toEqual(objects);

    const wrong = await run(...whole, '--prefix', '/no', '--form', 'xml');
    expect([wrong.code, wrong.stdout]).toEqual([1, '']);
    for (const text of ['\n  --prefix: must not begin with "/"', '\n  --form: must be one of: received, ecs, ocsf'])
      expect(wrong.stderr).toContain(text);
    const nowhere = await run('--from', '30d');
    expect([nowhere.code, nowhere.stdout]).toEqual([1, '']);
    for (const text of ['--to-bucket: missing; the bucket to write to', '--region: missing; the region of the bucket'])
      expect(nowhere.stderr).toContain(text);
    const roleless = await run(...whole, '--sts-endpoint', 'nowhere', '--role-session-name', 'history');
    expect([roleless.code, roleless.stdout]).toEqual([1, '']);
    for (const text of ['--role-arn: missing; needed with --role-session-name', '--sts-endpoint: must be the address'])
      expect(roleless.stderr).toContain(text);
    expect(await run('--cancel')).toMatchObject({ code: 1, stderr: expect.stringContaining('is running') });
    expect((await run('--to', '1d')).code).toBe(2);
    const denied = await runCli(
      {
        ...env,
        ...client,
        AWS_ACCESS_KEY_ID: S3_KEYS.reader.accessKeyId,
        AWS_SECRET_ACCESS_KEY: S3_KEYS.reader.secretAccessKey,
      },
      ...(run === remotely ? ['--server', api.get().url] : []),
      ...['export', 'Past', '--from', '30d', ...access, '--to-bucket', bucket.name, '--prefix', 'denied/'],
    );
    expect([denied.code, denied.stdout]).toEqual([1, expect.stringContaining('s3:PutObject')]);
    const listed = await run('--list', '--json');
    expect(JSON.parse(listed.stdout)[0]).toMatchObject({ sourceId, state: 'Failed' });
  }
  await service.stop(String(sourceId), { remove: true });
  await stopWorker();
});

test('a role that the command names is assumed at the address that it names, here or by a management server', async () => {
  const bucket = await moto.newBucket();
  const { service, startWorker, env } = get();
  const stopWorker = await startWorker();
  const { source } = sourceFile(get().simulator, { name: 'Role', dataCollection: 'siem', siemTypes: ['receipt'] });
  const { sourceId } = await service.start({ 'api.version': 'v1', source });
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  const stored = await countStored(collections, sourceId);
  const sts = await serve(async ({ body, headers: { authorization = '' } }, response) => {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(moto.endpoint, { method: 'POST', body, headers });
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(await answer.text());
  });
  const keys = { AWS_ACCESS_KEY_ID: 'BASEKEY', AWS_SECRET_ACCESS_KEY: 'base-secret-of-tests' };
  const { accessId, accessKey } = api.get().admin;
  const remote = { MIMECAST_ACCESS_ID: accessId, MIMECAST_ACCESS_KEY: accessKey };
  const place = ['--to-bucket', bucket.name, '--region', S3_REGION, '--endpoint', moto.endpoint, '--path-style'];
  const role = ['--role-arn', 'arn:aws:iam::123456789012:role/history', '--external-id', 'agreed-on'];
  const words = ['export', 'Role', '--from', '30d', '--own-keys', ...place, ...role, '--sts-endpoint', sts.url];
  for (const [session, command, more] of [
    ['here', { ...env, ...keys }, []],
    ['remote', { ...remote, ...keys }, ['--server', api.get().url]],
  ] as const) {
    const { code, stdout, stderr } = await runCli(command, ...more, ...words, '--role-session-name', session);
    expect([code, stderr, stdout]).toEqual([0, expect.anything(), expect.stringContaining(`${stored} records from `)]);
    const asked = new URLSearchParams(sts.received.at(-1)?.body);
    expect(Object.fromEntries(asked)).toMatchObject({
      ...{ Action: 'AssumeRole', RoleArn: role[1], ExternalId: 'agreed-on', RoleSessionName: session },
    });
    expect(sts.received.at(-1)?.headers.authorization).toContain('Credential=BASEKEY/');
  }
  expect((await bucket.keys()).length).toBeGreaterThan(0);
  await service.stop(String(sourceId), { remove: true });
  await stopWorker();
});
