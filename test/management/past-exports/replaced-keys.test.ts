/** Exports of the past that run while the keys that encrypt secrets are replaced. */

import { expect, test } from 'vitest';
import { sealPastExports } from '../../../src/management/exports/past-secrets.js';
import { PastExports } from '../../../src/management/past-exports/past-exports.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { Keyring } from '../../../src/secrets/keyring.js';
import { findAll, formsOf } from '../../support/byte-search.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { exportConfig } from '../../support/exporting-source.js';
import { closedGate } from '../../support/gate.js';
import { databaseOf, raw } from '../../support/raw-collections.js';
import { S3_KEYS, S3_REGION, s3Server } from '../../support/s3-server.js';
import { countStored } from '../../support/simulator-control.js';
import { documentsOf, payloadsOf } from '../../support/stored-bytes.js';
import { TEST_KEYS, testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections, database } = e2eStack({ historyMs: 3_600_000, historyRate: 60, rate: 0 });
const server = s3Server();
const LIMIT = { everyMs: 100 };
const NEW_KEY = `newer:${Buffer.alloc(32, 9).toString('base64')}`;
/** As every program has them first; the old key goes once all secrets are encrypted with the new one. */
const both = Keyring.parse(`${NEW_KEY},${TEST_KEYS}`);
const newOnly = Keyring.parse(NEW_KEY);

const onError = (error: unknown) => {
  throw error;
};
const pastExports = (keyring = testKeyring) =>
  new PastExports({ collections, client: get().client, allowInsecure: true, keyring });
const secretOf = async (exportId: number) =>
  String(
    (
      await databaseOf(collections)
        .collection<{ _id: number; secret?: string }>('past_exports')
        .findOne({ _id: exportId })
    )?.secret,
  );

async function newSource(name: string, config: object = {}): Promise<number> {
  const file = sourceFile(get().simulator, { name, dataCollection: 'siem', siemTypes: ['receipt'], ...config });
  const { sourceId } = await get().service.start(file);
  await until(
    () => get().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ caughtUp }) => caughtUp),
    LIMIT,
  );
  return sourceId;
}

test('one that is being retried goes on with the new key alone, and its secret is nowhere in clear', async () => {
  const { startWorker, client } = get();
  const stopWorker = await startWorker();
  const sourceId = await newSource('Rotated');
  const stored = await countStored(collections, sourceId);
  const [bucket, { endpoint, open }] = [await server.newBucket(), await closedGate(server.endpoint)];
  const wish = { from: '30d', bucket: bucket.name, region: S3_REGION, endpoint, ...S3_KEYS.writer };
  const { id } = await pastExports().start(String(sourceId), wish);
  await until(
    () => pastExports().get(sourceId, id),
    ({ problem }) => problem?.type === 'ThirdPartyGeneric',
    LIMIT,
  );
  expect((await secretOf(id)).startsWith(testKeyring.currentPrefix)).toBe(true);
  await stopWorker();

  // As each worker does when it starts.
  const service = new SourceService({ collections, client, allowInsecure: true, keyring: both });
  await service.prepare({ onError });
  expect((await secretOf(id)).startsWith(newOnly.currentPrefix)).toBe(true);
  const before = await secretOf(id);
  await service.prepare({ onError });
  expect(await secretOf(id)).toBe(before);
  const stopNew = await startWorker({ keyring: newOnly });
  async function* everythingStored() {
    yield* documentsOf(database.db);
    yield* payloadsOf(client);
  }
  expect(await findAll(everythingStored(), { writer: formsOf(S3_KEYS.writer.secretAccessKey) })).toEqual([]);
  open();
  const ended = await until(
    () => pastExports().get(sourceId, id),
    ({ state }) => state !== 'Running',
    LIMIT,
  );
  expect(ended).toMatchObject({ state: 'Completed', records: stored });
  await stopNew();
});

test('one whose secret cannot be decrypted is told, the others go on, and what has ended gets no secret again', async () => {
  const stopWorker = await get().startWorker();
  const { name: bucket } = await server.newBucket();
  const wish = { from: '30d', bucket, region: S3_REGION, endpoint: server.endpoint, ...S3_KEYS.writer };
  const ids = [await newSource('Lost'), await newSource('Kept'), await newSource('Ended')];
  await stopWorker();
  const made = await Promise.all(ids.map(async (id) => (await pastExports().start(String(id), wish)).id));
  const [lost = 0, kept = 0, ended = 0] = made;
  const stored = databaseOf(collections).collection<{ _id: number }>('past_exports');
  const foreign = await Keyring.parse(`foreign:${Buffer.alloc(32, 3).toString('base64')}`).encrypt('x');
  await stored.updateOne({ _id: lost }, { $set: { secret: foreign } });
  await stored.updateOne({ _id: ended }, { $set: { state: 'Canceled' }, $unset: { secret: true } });
  const errors: string[] = [];
  await sealPastExports(collections, both, (error) => errors.push(String(error)));
  expect(errors).toEqual([expect.stringContaining(`Export ${lost} of source ${ids[0]}: The client secret was`)]);
  expect((await secretOf(kept)).startsWith(both.currentPrefix)).toBe(true);
  expect(await secretOf(lost)).toBe(foreign);
  expect(await secretOf(ended)).toBe('undefined');
});

test('one that takes the key of its source’s export along has it with the first key of whoever starts it', async () => {
  const stopWorker = await get().startWorker();
  const { name: bucket } = await server.newBucket();
  const sourceId = await newSource('Taken along', { export: exportConfig(server.endpoint, bucket) });
  await stopWorker();
  const { exportSecret = '' } = (await raw(collections).sources.findOne({ _id: sourceId })) ?? {};
  const { id } = await pastExports(both).start(String(sourceId), { from: '30d', prefix: 'past/' });
  expect((await secretOf(id)).startsWith(both.currentPrefix)).toBe(true);
  expect(await newOnly.decrypt(await secretOf(id))).toBe(await testKeyring.decrypt(exportSecret));
  // A server that cannot decrypt it hands it on as it is.
  await pastExports().cancel(String(sourceId));
  await databaseOf(collections).collection('past_exports').deleteMany({ sourceId });
  const { id: again } = await pastExports(newOnly).start(String(sourceId), { from: '30d', prefix: 'again/' });
  expect(await secretOf(again)).toBe(exportSecret);
});
