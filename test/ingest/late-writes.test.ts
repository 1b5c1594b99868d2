/** Writes of an attempt that reach the store after its successor has counted: totals are those of what is stored. */

import { join } from 'node:path';
import { BSON, type Collection, MongoNetworkError } from 'mongodb';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { type RunningMongod, startMongod } from '../../devstack/mongod.js';
import { createActivities } from '../../src/activities/index.js';
import type { RecordDocument } from '../../src/domain/records/record.js';
import type { StreamOutcome } from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { choosePort } from '../../src/runtime/ports.js';
import { type Collections, collectionsOf } from '../../src/store/collections.js';
import { type Database, openDatabase } from '../../src/store/database.js';
import { databaseOf, RECORDS, raw, withMethods } from '../support/raw-collections.js';
import { SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { FaultProxy } from '../system/faults/fault-proxy.js';

/** A server of this file's own: its commands are counted, and held up. */
const folder = temporaryFolder();
let mongod: RunningMongod;
let database: Database;
let collections: Collections;

beforeAll(async () => {
  const { mongod: executable } = await findExecutables(['mongod']);
  mongod = await startMongod({
    executable,
    dataDir: join(folder.path, 'data'),
    port: await choosePort(0),
    logFile: join(folder.path, 'mongod.log'),
    // Makes fail points possible.
    parameters: { enableTestCommands: '1' },
  });
  database = openDatabase({ uri: mongod.uri, name: 'late' });
  collections = collectionsOf(database);
});

afterAll(async () => {
  await database?.close();
  await mongod?.stop();
  folder.remove();
});

/** Of a message that is longer, the rest is with the system. */
const PROXY_READS_AT_ONCE = 16_384;

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

type InsertMany = Collection<RecordDocument>['insertMany'];

/** A store whose first batch is stored as `first` does it, and all others at once. */
function withFirstBatch(first: (insert: () => ReturnType<InsertMany>) => ReturnType<InsertMany>): Collections {
  let isFirst = true;
  return withMethods(collections, RECORDS, (collection) => {
    const insertMany: InsertMany = (documents, options) => {
      const insert = () => collection.insertMany(documents, options);
      if (!isFirst) return insert();
      isFirst = false;
      return first(insert);
    };
    return { insertMany };
  });
}

/** The same source, collected by another worker. */
function otherWorker({ id, simulator }: SimulatedSource, store: Collections): SimulatedSource {
  const activities = createActivities({ collections: store, allowInsecure: true });
  return new SimulatedSource(id, simulator, collections, activities, false);
}

const STREAMS_AND_LISTINGS = [
  ['receipt', 'batch'],
  ['audit', 'audit'],
  ['dlp', 'dlp'],
] as const;

/** Why it failed, whether or not it got somewhere before. */
async function failureOf(collecting: Promise<StreamOutcome>): Promise<string> {
  const { failure } = await collecting.catch((error: Error) => ({ failure: error }));
  if (failure === undefined) throw new Error('it did not fail');
  return failure.message;
}

/** A successor that counts, and then fails before it has stored anything. */
async function countOnly(source: SimulatedSource, stream: StreamName, endpoint: string): Promise<void> {
  await source.fault({ endpoint, action: { status: 500 }, times: -1 });
  await failureOf(otherWorker(source, collections).collect(stream));
  await source.clearFaults();
}

async function expectTruth(source: SimulatedSource, stream: StreamName): Promise<void> {
  const { totals } = await source.collectAll(stream);
  const held = await source.held(stream);
  expect(await source.stored(stream)).toEqual(held);
  expect(totals?.stored).toBe(sizeOf(held));
  expect(await source.checkpoint(stream)).toMatchObject({ totals: { stored: sizeOf(held) } });
}

test.each(STREAMS_AND_LISTINGS)(
  '%s: a batch that a slow attempt sends after its successor has counted',
  async (stream, endpoint) => {
    const source = await simulatedSource(collections);
    const [reached, released] = [gate(), gate()];
    const slow = withFirstBatch(async (insert) => {
      reached.open();
      await released.opened;
      return insert();
    });
    const late = failureOf(otherWorker(source, slow).collect(stream));
    await reached.opened;
    await countOnly(source, stream, endpoint);
    released.open();
    expect(await late).toContain('was moved by another worker');
    await expectTruth(source, stream);
  },
);

/** How many inserts the server has carried out or refused so far. */
async function inserts(): Promise<number> {
  const { metrics } = await databaseOf(database).admin().serverStatus();
  return Number(metrics.commands.insert.total);
}

test('a batch of a killed worker that the network delivers after its successor has counted', async () => {
  const source = await simulatedSource(collections);
  const proxy = await FaultProxy.listen(() => mongod.port);
  onTestFinished(() => proxy.close());
  const uri = mongod.uri.replace(`:${mongod.port}`, `:${proxy.port}`);
  const doomed = openDatabase({ uri, name: 'late' });
  let sentBytes = 0;
  const throughProxy = collectionsOf(doomed);
  const held = withMethods(throughProxy, RECORDS, (collection) => {
    const insertMany: InsertMany = (documents, options) => {
      proxy.set({ mode: 'blackhole' });
      const inserting = collection.insertMany(documents, options);
      sentBytes = documents.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0);
      return inserting;
    };
    return { insertMany };
  });
  const killed = failureOf(otherWorker(source, held).collect('receipt'));
  // What it sent is on its way; then its connections end, as those of a process do that is killed.
  await until(
    () => proxy.heldBytes,
    (bytes) => sentBytes > 0 && bytes >= Math.min(sentBytes, PROXY_READS_AT_ONCE),
  );
  await doomed.close();
  await killed;
  await countOnly(source, 'receipt', 'batch');
  const before = await inserts();
  proxy.heal();
  await until(inserts, (now) => now > before);
  await expectTruth(source, 'receipt');
});

test('a batch that the server is storing while the successor comes to count', async () => {
  const source = await simulatedSource(collections);
  const admin = databaseOf(database).admin();
  const hang = (mode: 'alwaysOn' | 'off') => admin.command({ configureFailPoint: 'hangDuringBatchInsert', mode });
  onTestFinished(async () => {
    await hang('off');
  });
  await hang('alwaysOn');
  const late = failureOf(otherWorker(source, collections).collect('receipt'));
  const hanging = () => admin.command({ currentOp: 1, failpointMsg: 'hangDuringBatchInsert' });
  await until(hanging, ({ inprog }) => inprog.length > 0);
  const { version } = await source.checkpoint('receipt');
  const successor = countOnly(source, 'receipt', 'batch');
  await until(
    () => source.checkpoint('receipt'),
    (checkpoint) => checkpoint.version > version,
  );
  await hang('off');
  expect(await late).toContain('was moved by another worker');
  await successor;
  await expectTruth(source, 'receipt');
});

/** A backfill that stores its first batch, and then dies. */
async function backfill(source: SimulatedSource, stream: StreamName, store: Collections): Promise<unknown> {
  const range = {
    kind: 'backfill',
    run: 'one',
    from: new Date(0).toISOString(),
    to: new Date().toISOString(),
  } as const;
  return otherWorker(source, store).run(({ reread }, id) => reread(id, stream, range));
}

test('a backfill that dies between storing and counting', async () => {
  const source = await simulatedSource(collections);
  await source.collectAll('receipt');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  const dying = withFirstBatch(async (insert) => {
    await insert();
    throw new MongoNetworkError('connection 7 closed');
  });
  await expect(backfill(source, 'receipt', dying)).rejects.toThrow('connection 7 closed');
  await takeForDead(source, 'receipt');
  const { totals } = await source.collect('receipt');
  const stored = sizeOf(await source.stored('receipt'));
  expect(stored).toBeGreaterThan(0);
  expect(totals?.stored).toBe(stored);
  await backfill(source, 'receipt', collections);
  await expectTruth(source, 'receipt');
});

/** As after a minute without a word from the backfill. */
async function takeForDead(source: SimulatedSource, stream: StreamName): Promise<void> {
  const { backfills = {} } = await source.checkpoint(stream);
  for (const id of Object.keys(backfills)) {
    await source.meddle(stream, { $set: { [`backfills.${id}`]: new Date(0) } });
  }
}

test('a gap that was noted by an attempt that dies before it is counted', async () => {
  const source = await simulatedSource(collections);
  await source.collectAll('audit');
  const old = new Date(Date.now() - 70 * 86_400_000);
  await source.meddle('audit', { $set: { beginAt: old, readUntil: old } });
  const dying = withMethods(collections, /^gaps$/, (collection) => {
    const updateOne: typeof collection.updateOne = async (...update) => {
      await collection.updateOne(...update);
      throw new MongoNetworkError('connection 7 closed');
    };
    return { updateOne };
  });
  await expect(otherWorker(source, dying).collect('audit')).rejects.toThrow('connection 7 closed');
  // The next attempt does not meet it again.
  await source.meddle('audit', { $set: { readUntil: new Date() } });
  expect(await source.collectAll('audit')).toMatchObject({ gaps: { count: 1 } });
});
