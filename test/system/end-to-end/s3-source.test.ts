/** A source that reads a bucket, with workers and Temporal: the same life, and the same promises, as with the API. */

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import { SECRET_PLACEHOLDER } from '../../../src/config/source-config.js';
import type { RereadKind } from '../../../src/domain/rereads/reread.js';
import { isSiemStream, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { RereadService } from '../../../src/management/rereads/reread-service.js';
import { sealStored } from '../../../src/management/sources/source-secrets.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { Keyring } from '../../../src/secrets/keyring.js';
import { ndjson, s3Config, siemRecords } from '../../support/bucket-source.js';
import { findAll, formsOf, type Place } from '../../support/byte-search.js';
import { CONTROL_RECORDS } from '../../support/control-records.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { motoServer } from '../../support/moto-server.js';
import { programArguments } from '../../support/program-arguments.js';
import { raw } from '../../support/raw-collections.js';
import { S3_KEYS, s3Server, type TestBucket } from '../../support/s3-server.js';
import { countStored } from '../../support/simulator-control.js';
import { documentsOf, payloadsOf } from '../../support/stored-bytes.js';
import { TEST_KEYS, testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections, database } = e2eStack({ historyMs: 0, rate: 0 });
const server = s3Server();
const moto = motoServer();

function fileOf(name: string, bucket: TestBucket, s3: object = {}, config: object = {}) {
  return {
    'api.version': 'v1',
    source: {
      config: {
        ...{ name, collectionMethod: 's3', pollInterval: '1s' },
        dataCollection: ['siem', 'auditEvent', 'dlp', 'holdMessageList', 'ttpUrl'],
        s3: s3Config(server.endpoint, bucket.name, { ...s3 }),
        ...config,
      },
      schemaRef: { type: 'Mimecast' },
      sourceType: 'Universal',
    },
  };
}

const statusOf = (sourceId: number) => get().service.status(String(sourceId));

function isCaughtUp({ snapshot }: SourceStatus): boolean {
  return snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting');
}

const LIMIT = { everyMs: 100 };

/** The public samples of each stream, those of Hunters' page among them. */
function samplesOf(stream: StreamName): string[] {
  return CONTROL_RECORDS.filter(([of]) => of === stream).map(([, text]) => text);
}

test('the public samples of each type land in its table, and what comes later, too', async () => {
  const bucket = await server.newBucket();
  for (const stream of STREAMS) {
    const lines = `${samplesOf(stream).join('\n')}\n`;
    await bucket.put(`${stream.replaceAll(' ', '_')}/2026/06/01.json.gz`, gzipSync(lines));
  }
  const { service, startWorker } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(fileOf('Samples', bucket));
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  for (const stream of STREAMS) {
    const stored = await raw(collections).records(stream).find({ _sourceId: sourceId }).toArray();
    expect(stored).toHaveLength(samplesOf(stream).length);
    for (const text of samplesOf(stream)) {
      const sample = JSON.parse(text) as Record<string, unknown>;
      expect(stored).toContainEqual(expect.objectContaining({ ...sample, _dataType: stream, _source: 'Samples' }));
    }
  }
  expect(await statusOf(sourceId)).toMatchObject({ state: 'Collecting', health: 'Healthy' });

  // Late, before what was read; and another version of what was.
  await bucket.put('receipt/2026/05/01.json', ndjson(siemRecords(1, 2)));
  await bucket.put(
    'receipt/2026/06/01.json.gz',
    gzipSync(`${samplesOf('receipt').join('\n')}\n${ndjson(siemRecords(3, 3))}`),
  );
  const wanted = samplesOf('receipt').length + 3;
  const receipts = () => raw(collections).records('receipt').countDocuments({ _sourceId: sourceId });
  await until(receipts, (count) => count >= wanted, LIMIT);
  await until(
    () => statusOf(sourceId),
    ({ snapshot }) => snapshot?.streams.find(({ stream }) => stream === 'receipt')?.stored === wanted,
    LIMIT,
  );
  expect(await receipts()).toBe(wanted);

  // What is lost in the store is found, and restored from the bucket.
  const rereads = new RereadService({ collections, client: get().client });
  const reread = async (kind: RereadKind) => {
    await rereads.start(kind, String(sourceId), {});
    const { report } = await until(
      () => rereads.report(kind, sourceId),
      ({ state }) => state === 'COMPLETED',
      LIMIT,
    );
    return report;
  };
  await raw(collections).records('receipt').deleteMany({ _sourceId: sourceId });
  await raw(collections).records('audit').deleteMany({ _sourceId: sourceId });
  const missing = wanted + samplesOf('audit').length;
  expect(await reread('verify')).toMatchObject({
    from: new Date(0).toISOString(),
    totals: { missing, restored: 0, unreadFiles: 0 },
  });
  const backfill = await reread('backfill');
  expect(backfill?.totals).toMatchObject({ missing, restored: missing });
  expect(backfill?.streams.every(({ done, failure }) => done && failure === undefined)).toBe(true);
  expect(await receipts()).toBe(wanted);
  await service.stop(String(sourceId));
  await stopWorker();
});

test('a worker that is killed in the middle is followed by another, and the store equals the bucket', async () => {
  const bucket = await server.newBucket();
  const streams = STREAMS.filter(isSiemStream);
  for (const stream of streams) {
    for (let at = 0; at < 12; at += 1) {
      const records = siemRecords(at * 100 + 1, at * 100 + 100, stream);
      await bucket.put(`${stream.replaceAll(' ', '_')}/${at}.json.gz`, gzipSync(ndjson(records)));
    }
  }
  const all = streams.length * 1_200;
  const { service, folder, env } = get();
  const startProcess = (name: string) =>
    spawnGuarded(process.execPath, programArguments('src/worker.ts'), {
      name,
      env,
      logFile: join(folder, `${name}.log`),
    });
  const first = await startProcess('s3-worker-1');
  const { sourceId } = await service.start(fileOf('Killed', bucket, {}, { dataCollection: 'siem' }));
  const count = () => countStored(collections, sourceId);
  await until(count, (stored) => stored > all / 5, { everyMs: 5 });
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(await count()).toBeLessThan(all);
  const second = await startProcess('s3-worker-2');
  await until(() => statusOf(sourceId), isCaughtUp, { everyMs: 200 });
  for (const stream of streams) {
    const ids = await raw(collections).records(stream).distinct('aggregateId', { _sourceId: sourceId });
    expect(ids).toHaveLength(1_200);
  }
  expect(await count()).toBe(all);
  const { snapshot } = await statusOf(sourceId);
  expect(snapshot?.totals).toMatchObject({ stored: all, quarantined: 0 });
  await service.stop(String(sourceId));
  await second.stop();
}, 200_000);

test('a wrong bucket is reported, corrected, and collected from; its secret is nowhere in clear', async () => {
  const bucket = await server.newBucket();
  await bucket.put('av/1', ndjson(siemRecords(1, 3, 'av')));
  const { service, startWorker, client } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(fileOf('Wrong', bucket, { secretAccessKey: 'hush-and-wrong-1' }));
  const failing = await until(
    () => statusOf(sourceId),
    ({ state }) => state === 'Error',
    LIMIT,
  );
  expect(failing.snapshot?.problem).toMatchObject({ type: 'ThirdPartyConfig', code: 'SignatureDoesNotMatch' });
  await service.update(String(sourceId), fileOf('Wrong', bucket));
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  expect(await raw(collections).records('av').countDocuments({ _sourceId: sourceId })).toBe(3);

  // The mask keeps the stored secret, for the same key only.
  const masked = { secretAccessKey: SECRET_PLACEHOLDER };
  await service.update(String(sourceId), fileOf('Wrong', bucket, masked, { pollInterval: '2s' }));
  await until(
    () => statusOf(sourceId),
    (status) => isCaughtUp(status) && status.snapshot?.version === 3,
    LIMIT,
  );
  await expect(
    service.update(String(sourceId), fileOf('Wrong', bucket, { ...masked, accessKeyId: 'OTHER' })),
  ).rejects.toMatchObject({
    mistakes: [expect.stringContaining('s3.secretAccessKey: ******** means the stored secret')],
  });
  const toApi = { collectionMethod: 'api', s3: undefined, clientID: 'id', clientSecret: 'x' };
  await expect(service.update(String(sourceId), fileOf('Wrong', bucket, {}, toApi))).rejects.toMatchObject({
    mistakes: [expect.stringContaining('cannot be changed from "s3"')],
  });

  // Replaced keys encrypt it again, and add nothing to the configuration.
  const rotated = Keyring.parse(`newer:${Buffer.alloc(32, 9).toString('base64')},${TEST_KEYS}`);
  const onError = (error: unknown) => {
    throw error;
  };
  await sealStored(collections, rotated, { rotating: true, onError });
  const stored = await raw(collections).sources.findOne({ _id: sourceId });
  expect(JSON.parse(await rotated.decrypt(stored?.secret ?? ''))).toEqual({
    secretAccessKey: S3_KEYS.reader.secretAccessKey,
  });
  expect(Object.keys(stored?.config ?? {})).not.toContain('clientSecret');
  await sealStored(collections, testKeyring, { rotating: false, onError });

  async function* everythingStored(): AsyncGenerator<Place, void, undefined> {
    yield* documentsOf(database.db);
    yield* payloadsOf(client);
  }
  const secrets = { right: formsOf(S3_KEYS.reader.secretAccessKey), wrong: formsOf('hush-and-wrong-1') };
  expect(await findAll(everythingStored(), secrets)).toEqual([]);
  await service.stop(String(sourceId));
  await stopWorker();
});

test('what a queue announces is collected while comparing is far off, and what is wrong with the queue is a warning', async () => {
  const [bucket, queue] = [await moto.newBucket(), await moto.newQueue()];
  await queue.notifiedBy(bucket);
  const { service, startWorker } = get();
  const stopWorker = await startWorker();
  const s3 = { endpoint: moto.endpoint, queue: { url: queue.url, compareEvery: '1d' } };
  const { sourceId } = await service.start(fileOf('Announced', bucket, s3));
  await until(() => statusOf(sourceId), isCaughtUp, LIMIT);
  for (const stream of ['receipt', 'av', 'spam']) {
    await bucket.put(`${stream}/1`, gzipSync(ndjson(siemRecords(1, 50, stream))));
  }
  await until(
    () => countStored(collections, sourceId),
    (stored) => stored === 150,
    LIMIT,
  );
  await until(
    () => queue.counts(),
    ({ waiting, inFlight }) => waiting + inFlight === 0,
    LIMIT,
  );
  await queue.send('hello');
  const warned = await until(
    () => statusOf(sourceId),
    ({ health }) => health === 'Warning',
    LIMIT,
  );
  const notices = warned.snapshot?.streams.flatMap((stream) => stream.notices ?? []);
  expect(notices).toMatchObject([{ code: 'strangeMessages', count: 1 }]);
  expect(warned).toMatchObject({ state: 'Collecting', snapshot: { totals: { stored: 150, duplicates: 0 } } });
  await service.stop(String(sourceId));
  await stopWorker();
});
