/** `…/exports`: exports of the past, to begin, to follow and to cancel. */

import { beforeAll, expect, test } from 'vitest';
import type { PastExport } from '../../src/domain/export/past-export.js';
import { apiServer } from '../support/api-server.js';
import { findAll, formsOf } from '../support/byte-search.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { databaseOf, raw } from '../support/raw-collections.js';
import { S3_KEYS, S3_REGION, s3Server, type TestBucket } from '../support/s3-server.js';
import { countStored } from '../support/simulator-control.js';
import { documentsOf } from '../support/stored-bytes.js';
import { until } from '../support/until.js';

const { get: stack, collections, database } = e2eStack({ historyMs: 3_600_000, historyRate: 60, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });
const server = s3Server();

let path = '';
let sourceId = 0;
let bucket: TestBucket;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  bucket = await server.newBucket();
  stopWorker = await stack().startWorker();
  const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'exports' } },
  });
  const sources = `v1/collectors/${made.json.collector.id}/sources`;
  const body = sourceFile(stack().simulator, { pollInterval: '1h', dataCollection: 'siem', siemTypes: ['receipt'] });
  const created = await api<{ source: { id: number } }>('POST', sources, { body });
  sourceId = created.json.source.id;
  path = `${sources}/${sourceId}/exports`;
  await until(
    () => stack().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ caughtUp }) => caughtUp),
  );
});

const wish = (more: object = {}) => ({
  ...{ from: '30d', bucket: bucket.name, region: S3_REGION, endpoint: server.endpoint, ...S3_KEYS.writer },
  ...more,
});

const ended = (id: number) =>
  until(
    async () => (await api<PastExport>('GET', `${path}/${id}`)).json,
    ({ state }) => state !== 'Running' && state !== 'Canceling',
  );

test('what is wrong with a wish is told at once, by the names of its keys', async () => {
  const { status, json } = await api<{ mistakes: string[] }>('POST', path, {
    body: { from: 'yesterday', to: 'never', prefix: '/no', accessKeyId: 'AKID' },
  });
  expect(status).toBe(400);
  expect(json.mistakes.map((mistake) => mistake.split(':')[0])).toEqual(
    expect.arrayContaining(['from', 'to', 'bucket', 'region', 'prefix', 'secretAccessKey']),
  );
  expect((await api('GET', `${path}/1`)).json).toMatchObject({ status: 404, code: 'collectors.source.export.invalid' });
  expect((await api('GET', path)).json).toEqual({ exports: [] });
});

test('one is started, followed and listed, and its secret is forgotten', async () => {
  const stored = await countStored(collections, sourceId);
  const begun = await api<PastExport>('POST', path, { body: wish({ prefix: 'past/' }) });
  expect(begun).toMatchObject({ status: 200, json: { state: 'Running', bucket: bucket.name, prefix: 'past/' } });
  const done = await ended(begun.json.id);
  expect(done).toMatchObject({ state: 'Completed', records: stored, existing: 0, startedBy: get().admin.accessId });
  expect(done.streams.every((stream) => stream.done)).toBe(true);
  expect((await bucket.objects('past/')).size).toBe(done.objects);

  const again = await ended(
    (await api<PastExport>('POST', path, { body: wish({ prefix: 'past/', from: '29d' }) })).json.id,
  );
  expect(again).toMatchObject({ state: 'Completed', records: stored, existing: done.objects, objects: done.objects });
  expect((await bucket.objects('past/')).size).toBe(done.objects);

  const listed = (await api<{ exports: PastExport[] }>('GET', path, { key: get().viewer })).json.exports;
  expect(listed.map(({ id }) => id)).toEqual([again.id, done.id]);
  const stores = documentsOf(database.db);
  expect(await findAll(stores, { writer: formsOf(S3_KEYS.writer.secretAccessKey) })).toEqual([]);
  expect(
    await databaseOf(collections)
      .collection('past_exports')
      .countDocuments({ secret: { $exists: true } }),
  ).toBe(0);
});

test('one that cannot be written has failed, and says why', async () => {
  const { json } = await api<PastExport>('POST', path, { body: wish({ ...S3_KEYS.reader, prefix: 'denied/' }) });
  const failed = await ended(json.id);
  expect(failed).toMatchObject({ state: 'Failed', problem: { code: 'AccessDenied', type: 'ThirdPartyConfig' } });
});

test('the same wish is carried out once, another one waits, and a viewer may only look', async () => {
  // Nobody works, so that it stays under way.
  await stopWorker();
  const [first, second] = await Promise.all([
    api<PastExport>('POST', path, { body: wish({ prefix: 'slow/' }) }),
    api<PastExport>('POST', path, { body: wish({ prefix: 'slow/' }) }),
  ]);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.json.id).toBe(first.json.id);
  const other = await api('POST', path, { body: wish({ prefix: 'other/' }) });
  expect(other.json).toMatchObject({ status: 409, code: 'collectors.source.export.running' });
  const key = get().viewer;
  expect((await api('POST', path, { key, body: wish() })).status).toBe(403);
  expect((await api('DELETE', `${path}/${first.json.id}`, { key })).status).toBe(403);
  expect(await api('GET', `${path}/${first.json.id}`, { key })).toMatchObject({
    status: 200,
    json: { state: 'Running' },
  });

  const canceled = await api<PastExport>('DELETE', `${path}/${first.json.id}`);
  expect(canceled).toMatchObject({ status: 200, json: { state: 'Canceling' } });
  stopWorker = await stack().startWorker();
  expect(await ended(first.json.id)).toMatchObject({ state: 'Canceled' });
  expect((await api('DELETE', `${path}/${first.json.id}`)).json).toMatchObject({
    status: 409,
    code: 'collectors.source.export.ended',
  });
  const trail = await raw(collections).auditTrail.find({ sourceId, 'to.prefix': 'slow/' }).toArray();
  expect(trail.filter(({ outcome }) => outcome === 'done')).toMatchObject([
    { action: 'source.export', actor: get().admin.accessId, name: 'Tenant' },
  ]);
  expect(JSON.stringify(trail)).not.toContain(S3_KEYS.writer.secretAccessKey);
  expect(await raw(collections).auditTrail.findOne({ sourceId, action: 'source.export.cancel' })).toMatchObject({
    outcome: 'done',
  });
});
