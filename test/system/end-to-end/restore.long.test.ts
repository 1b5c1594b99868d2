/** Backup and restore, as docs/operations.md describes them: a server is lost, and the sources go on. */

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findExecutables } from '../../../devstack/executables.js';
import { type GuardedProcess, spawnGuarded } from '../../../devstack/guarded-process.js';
import { type RunningMongod, startMongod } from '../../../devstack/mongod.js';
import { type RunningTemporal, startTemporal } from '../../../devstack/temporal.js';
import { type Simulator, startSimulator } from '../../../simulator/simulator.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { choosePort } from '../../../src/runtime/ports.js';
import { sourceFile } from '../../support/e2e-stack.js';
import { programArguments } from '../../support/program-arguments.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { addFault, countStored, sizes, storedOf, sum, truthOf } from '../../support/simulator-control.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { TEST_KEYS } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const HOUR = 3_600_000;
const SOURCE = 1;
const place = temporaryFolder();
const at = (name: string) => join(place.path, name);

let simulator: Simulator;
let mongod: RunningMongod;
let temporal: RunningTemporal;
let worker: GuardedProcess;
let startDatabase: (folder: string) => Promise<RunningMongod>;
let startHistories: (folder: string) => Promise<RunningTemporal>;

beforeAll(async () => {
  const found = await findExecutables(['mongod', 'temporal']);
  const [mongodPort = 0, port = 0, uiPort = 0] = await Promise.all(Array.from({ length: 3 }, () => choosePort(0)));
  startDatabase = (folder) =>
    startMongod({ executable: found.mongod, dataDir: at(folder), port: mongodPort, logFile: at(`${folder}.log`) });
  startHistories = (folder) =>
    startTemporal({
      ...{ executable: found.temporal, dbFilename: join(at(folder), 'temporal.db'), port, uiPort },
      ...{ searchAttributes: {}, logFile: at(`${folder}.log`) },
    });
  [simulator, mongod, temporal] = await Promise.all([
    startSimulator({ historyMs: 2 * HOUR, historyRate: 120, rate: 0 }),
    startDatabase('mongodb'),
    startHistories('temporal'),
  ]);
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([mongod.stop(), temporal.stop(), simulator.close()]);
  place.remove();
});

const environment = () => ({
  ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace, MONGODB_URI: mongod.uri },
  ...{ MONGODB_DB: 'mimecast', MIMECAST_ALLOW_INSECURE: 'true', MIMECAST_SECRET_KEYS: TEST_KEYS, LOG_LEVEL: 'warn' },
});

async function startWorker(): Promise<GuardedProcess> {
  const options = { name: 'worker', logFile: at('worker.log'), env: environment() };
  return spawnGuarded(process.execPath, programArguments('src/worker.ts'), options);
}

async function inDatabase<T>(work: (db: Db, client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(mongod.uri);
  try {
    return await work(client.db('mimecast'), client);
  } finally {
    await client.close();
  }
}

const count = () => inDatabase((db) => countStored(collectionsIn(db), SOURCE));

/** The files as they are at one moment, as a snapshot of their volume has them; writes wait meanwhile. */
async function backUp(into: string): Promise<void> {
  await inDatabase(async (_, client) => {
    await client.db('admin').command({ fsync: 1, lock: true });
    cpSync(at('mongodb'), at(into), { recursive: true });
    await client.db('admin').command({ fsyncUnlock: 1 });
  });
  for (const ofProcess of ['mongod.lock', 'mongod.owner']) rmSync(join(at(into), ofProcess), { force: true });
}

async function status(): Promise<SourceStatus | undefined> {
  const { code, stdout } = await runCli(environment(), 'status', String(SOURCE), '--json');
  return code === 0 ? JSON.parse(stdout) : undefined;
}

const isCaughtUp = (seen: SourceStatus | undefined) =>
  seen?.snapshot?.stage === 'Collecting' && seen.snapshot.streams.every(({ phase }) => phase === 'waiting');

async function expectTruth(): Promise<void> {
  const [truth, stored] = [await truthOf(simulator), await inDatabase((db) => storedOf(collectionsIn(db), SOURCE))];
  expect(sizes(stored)).toEqual(sizes(truth));
  expect(stored).toEqual(truth);
}

test('a database is lost while sources collect: from a backup they collect all that came later once more', async () => {
  const all = sum(sizes(await truthOf(simulator)));
  // Files come slowly, so that the backup meets many streams half-way.
  await addFault(simulator, { endpoint: 'file', times: -1, action: { delayMs: 20 } });
  worker = await startWorker();
  writeFileSync(at('source.json'), JSON.stringify(sourceFile(simulator)));
  expect(await runCli(environment(), 'start', at('source.json'))).toMatchObject({ code: 0 });
  await until(count, (stored) => stored > all / 5, { everyMs: 5 });
  await backUp('restored');
  const lost = await until(count, (stored) => stored > all / 2, { everyMs: 5 });
  process.kill(mongod.pid, 'SIGKILL');
  await mongod.exited;
  rmSync(at('mongodb'), { recursive: true });

  await worker.stop();
  mongod = await startDatabase('restored');
  const restored = await count();
  expect(restored).toBeGreaterThan(0);
  expect(restored).toBeLessThan(lost);
  worker = await startWorker();
  await until(count, (stored) => stored === all);
  const { snapshot } = (await until(status, isCaughtUp)) ?? {};
  await expectTruth();
  expect(snapshot?.totals).toMatchObject({ stored: all, quarantined: 0 });
  expect(await runCli(environment(), 'verify', String(SOURCE))).toMatchObject({ code: 0 });
  expect(await runCli(environment(), 'audit', 'verify')).toMatchObject({ code: 0 });
}, 600_000);

test('all of Temporal is lost: workers start the stored sources again, at their checkpoints', async () => {
  await worker.stop();
  await temporal.stop();
  rmSync(at('temporal'), { recursive: true });
  temporal = await startHistories('temporal');
  worker = await startWorker();
  const { snapshot } = (await until(status, isCaughtUp)) ?? {};
  await expectTruth();
  expect(snapshot?.totals.stored).toBe(sum(sizes(await truthOf(simulator))));
  expect(await runCli(environment(), 'list')).toMatchObject({ stdout: expect.stringContaining('Collecting') });
}, 600_000);
