/** Client secrets: encrypted in the store, and nowhere else to be seen. */

import { expect, test } from 'vitest';
import { SECRET_PLACEHOLDER } from '../../../src/config/source-config.js';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { sealStored } from '../../../src/management/sources/source-secrets.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { Keyring } from '../../../src/secrets/keyring.js';
import { createSource } from '../../../src/store/sources.js';
import { findAll, formsOf, formsOfBytes, type Place } from '../../support/byte-search.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { documentsOf, payloadsOf } from '../../support/stored-bytes.js';
import { TEST_KEYS, testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections, database } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const SECRET = 'sim-secret-1';
const TEST_KEY = Buffer.alloc(32, 7);
const NEW_KEY = `newer:${Buffer.alloc(32, 9).toString('base64')}`;

const onError = (error: unknown) => {
  throw error;
};

const inState = (sourceId: number, state: string) =>
  until(
    () => get().service.status(String(sourceId)),
    (status) => status.state === state,
  );

/** Everything that is stored, as bytes: of documents, and of the payloads of histories. */
async function* everythingStored(): AsyncGenerator<Place, void, undefined> {
  yield* documentsOf(database.db);
  yield* payloadsOf(get().client);
}

test('a source works, and its secret stands in clear neither in MongoDB nor in the history', async () => {
  const { service, simulator, startWorker } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Sealed' }));
  await inState(sourceId, 'Collecting');
  const stored = await raw(collections).sources.findOne({ _id: sourceId });
  expect(stored?.config.clientSecret).toBe(SECRET_PLACEHOLDER);
  expect(await testKeyring.decrypt(stored?.secret ?? '')).toBe(SECRET);

  // A new version without the secret keeps the stored one.
  await service.update(
    String(sourceId),
    sourceFile(simulator, { name: 'Sealed', clientSecret: SECRET_PLACEHOLDER, pollInterval: '2s' }),
  );
  await until(
    () => service.status(String(sourceId)),
    ({ snapshot, state }) => snapshot?.version === 2 && state === 'Collecting',
  );
  await service.update(String(sourceId), sourceFile(simulator, { name: 'Sealed', clientSecret: 'wrong-and-hush' }));
  await inState(sourceId, 'Error');
  await service.stop(String(sourceId));
  const secrets = { first: formsOf(SECRET), wrong: formsOf('wrong-and-hush'), key: formsOfBytes(TEST_KEY) };
  expect(await findAll(everythingStored(), secrets)).toEqual([]);
  // The same search finds what is stored.
  expect(await findAll(everythingStored(), { name: formsOf('Sealed') })).toEqual(
    expect.arrayContaining(['name in collection sources', `name in history of ${workflowIdOf(sourceId)}`]),
  );
  await stopWorker();
});

test('without a key nothing is saved, and the way to one is reported', async () => {
  const { client, simulator } = get();
  const keyless = new SourceService({ collections, client, allowInsecure: true });
  await expect(keyless.start(sourceFile(simulator, { name: 'Keyless' }))).rejects.toThrow(/secret-key/);
  expect(await raw(collections).sources.findOne({ name: 'Keyless' })).toBeNull();
  const { stdout } = await runCli(get().env, 'secret-key');
  expect(await Keyring.parse(stdout.trim()).encrypt('x')).toMatch(/^ey/);
});

test('the mask in place of a secret that was never stored is refused', async () => {
  const { service, simulator } = get();
  const file = sourceFile(simulator, { name: 'Masked', clientSecret: SECRET_PLACEHOLDER });
  await expect(service.start(file)).rejects.toThrow(/clientSecret.*\*{8}/s);
});

test('what is not encrypted, or with an older key, is encrypted with the first one', async () => {
  const config = { ...sourceFile(get().simulator).source.config, name: 'Plain' };
  const { _id } = await createSource(collections, 1, 'Plain', config);
  await raw(collections).sources.updateOne({ _id }, { $set: { stoppedAt: new Date() } });
  const secretOf = async () => (await raw(collections).sources.findOne({ _id }))?.secret ?? '';
  await sealStored(collections, testKeyring, { rotating: true, onError: onError });
  expect(await testKeyring.decrypt(await secretOf())).toBe(SECRET);
  expect((await raw(collections).sources.findOne({ _id }))?.config.clientSecret).toBe(SECRET_PLACEHOLDER);

  const before = await secretOf();
  await sealStored(collections, testKeyring, { rotating: true, onError: onError });
  expect(await secretOf()).toBe(before);

  // As each worker does when it starts; later rounds leave them alone.
  const rotated = Keyring.parse(`${NEW_KEY},${TEST_KEYS}`);
  const worker = new SourceService({ collections, client: get().client, allowInsecure: true, keyring: rotated });
  await worker.startMissing({ onStarted: () => undefined, onError });
  expect(await secretOf()).toBe(before);
  await worker.prepare({ onError });
  expect((await secretOf()).startsWith(rotated.currentPrefix)).toBe(true);
  expect(await Keyring.parse(NEW_KEY).decrypt(await secretOf())).toBe(SECRET);
  await raw(collections).sources.deleteOne({ _id });
});
