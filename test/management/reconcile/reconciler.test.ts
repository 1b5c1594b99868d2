import { MongoError } from 'mongodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { type Reconcilable, Reconciler } from '../../../src/management/reconcile/reconciler.js';
import { SourceService, type Started } from '../../../src/management/sources/source-service.js';
import { choosePort, LOOPBACK } from '../../../src/runtime/ports.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { openDatabase } from '../../../src/store/database.js';
import { createSource } from '../../../src/store/sources.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { ensureCollector } from '../../support/ensure-collector.js';
import { changeTenant } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });

/** A reconciler that is closed with the test, and what it told. */
function reconciling(service: Reconcilable) {
  const started: Started[] = [];
  const troubles: unknown[] = [];
  let rounds = 0;
  const counting: Reconcilable = {
    startMissing: async (listener) => {
      try {
        await service.startMissing(listener);
      } finally {
        rounds += 1;
      }
    },
  };
  const reconciler = new Reconciler({
    service: counting,
    intervalMs: 50,
    onStarted: (one) => started.push(one),
    onError: (error) => troubles.push(error),
  });
  onTestFinished(() => reconciler.close());
  /** Waits until so many rounds more have ended. */
  const pass = async (more: number) => {
    const before = rounds;
    await until(
      () => rounds,
      (count) => count >= before + more,
    );
  };
  return { reconciler, started, troubles, pass };
}

/** Starts a source and waits until it has come so far. */
async function startSource(name: string, state: string, config: Readonly<Record<string, unknown>> = {}) {
  const { service, simulator } = get();
  const { sourceId } = await service.start(sourceFile(simulator, { name, ...config }));
  await inState(sourceId, state);
  return sourceId;
}

function inState(sourceId: number, wanted: string) {
  return until(
    () => get().service.status(String(sourceId)),
    ({ state }) => state === wanted,
  );
}

const handleOf = (sourceId: number) => get().client.workflow.getHandle(workflowIdOf(sourceId));
/** Stays the same when a run is continued as new. */
const firstRunOf = async (sourceId: number) =>
  (await handleOf(sourceId).describe()).raw.workflowExecutionInfo?.firstRunId ?? undefined;
const openEvents = async (sourceId: number) => (await get().service.health(String(sourceId))).open;

async function stopSource(sourceId: number): Promise<void> {
  await get().service.stop(String(sourceId));
  await handleOf(sourceId).result();
}

/** How many workflows there ever were of a source, by Temporal's index. */
async function workflowsOf(sourceId: number): Promise<number> {
  const { count } = await get().client.workflow.count(`WorkflowId = "${workflowIdOf(sourceId)}"`);
  return count;
}

describe('on real servers', { sequential: true }, () => {
  test('a terminated source is started again, and what it left open is closed', async () => {
    const { service, simulator, startWorker } = get();
    const stopWorker = await startWorker();
    await changeTenant(simulator, { deny: ['dlp'] });
    const sourceId = await startSource('Terminated', 'Error');
    const [orphan] = await until(
      () => openEvents(sourceId),
      (open) => open.length === 1,
    );
    expect(orphan).toMatchObject({ subject: 'dlp', eventName: 'ThirdPartyConfigError' });
    const firstRun = await firstRunOf(sourceId);
    await handleOf(sourceId).terminate('by hand');
    await inState(sourceId, 'Terminated');
    expect(await openEvents(sourceId)).toHaveLength(1);
    await changeTenant(simulator, { deny: [] });

    const { reconciler, started, troubles } = reconciling(service);
    reconciler.start();
    await until(
      () => started.length,
      (count) => count > 0,
    );
    await inState(sourceId, 'Collecting');
    expect(await firstRunOf(sourceId)).not.toBe(firstRun);
    expect(started).toEqual([{ sourceId, name: 'Terminated', workflowId: workflowIdOf(sourceId), created: false }]);
    expect(troubles).toEqual([]);
    await until(
      () => openEvents(sourceId),
      (open) => open.length === 0,
    );
    const { recent } = await service.health(String(sourceId));
    expect(recent.filter(({ closes }) => closes === orphan?.eventId)).toMatchObject([
      { status: 'Healthy', subject: 'dlp', eventName: 'ThirdPartyConfigError' },
    ]);
    await reconciler.close();
    await stopSource(sourceId);
    await stopWorker();
  });

  test('of a source that is still failing, the old event is closed and a new one is open', async () => {
    const stopWorker = await get().startWorker();
    const sourceId = await startSource('Still wrong', 'Error', { clientSecret: 'wrong' });
    const [orphan] = await until(
      () => openEvents(sourceId),
      (open) => open.length === 1,
    );
    await handleOf(sourceId).terminate('by hand');
    const { reconciler } = reconciling(get().service);
    reconciler.start();
    const [fresh, ...more] = await until(
      () => openEvents(sourceId),
      (open) => open.length > 0 && open.every(({ eventId }) => eventId !== orphan?.eventId),
    );
    expect(more).toEqual([]);
    expect(fresh).toMatchObject({ subject: 'authenticate', eventName: 'ThirdPartyConfigError' });
    await reconciler.close();
    await stopSource(sourceId);
    await stopWorker();
  });

  test('what is meant to be stopped, and what runs, is left alone', async () => {
    const stopWorker = await get().startWorker();
    const [stopped, removed, running] = [
      await startSource('Stopped', 'Collecting'),
      await startSource('Removed', 'Collecting'),
      await startSource('Running', 'Collecting'),
    ];
    await stopSource(stopped);
    await get().service.stop(String(removed), { remove: true });
    await handleOf(removed).result();
    const before = await Promise.all([stopped, removed, running].map(firstRunOf));
    const { reconciler, started, pass } = reconciling(get().service);
    reconciler.start();
    await pass(3);
    expect(started).toEqual([]);
    expect(await Promise.all([stopped, removed, running].map(firstRunOf))).toEqual(before);
    expect((await get().service.status(String(stopped))).state).toBe('Stopped');
    await reconciler.close();
    await stopSource(running);
    await stopWorker();
  });

  test('a source that was stored but never started is started, once, by however many reconcilers', async () => {
    const { client, service, simulator, startWorker } = get();
    const collectorId = await ensureCollector(collections, 'default');
    const { source } = sourceFile(simulator, { name: 'Never started' });
    const { _id: sourceId } = await createSource(collections, collectorId, source.config.name, source.config);
    const all = Array.from({ length: 4 }, () =>
      reconciling(new SourceService({ collections, client, allowInsecure: true })),
    );
    for (const { reconciler } of all) reconciler.start();
    await Promise.all(all.map(({ pass }) => pass(2)));
    expect(all.flatMap(({ troubles }) => troubles)).toEqual([]);
    expect(all.flatMap(({ started }) => started)[0]).toMatchObject({ sourceId, name: 'Never started' });
    expect(
      await until(
        () => workflowsOf(sourceId),
        (count) => count > 0,
      ),
    ).toBe(1);
    const stopWorker = await startWorker();
    await inState(sourceId, 'Collecting');
    await Promise.all(all.map(({ pass }) => pass(1)));
    await Promise.all(all.map(({ reconciler }) => reconciler.close()));
    expect(await workflowsOf(sourceId)).toBe(1);
    expect((await service.status(String(sourceId))).collector).toBe('default');
    await stopSource(sourceId);
    await stopWorker();
  });

  test('a MongoDB that is away is reported, and the source is started when it is back', async () => {
    const { client, service } = get();
    const uri = `mongodb://${LOOPBACK}:${await choosePort(0)}/`;
    const away = openDatabase({ uri, name: 'away', serverSelectionTimeoutMs: 50 });
    onTestFinished(() => away.close());
    const withoutStore = new SourceService({ collections: collectionsOf(away), client, allowInsecure: true });
    const stopWorker = await get().startWorker();
    const sourceId = await startSource('Survivor', 'Collecting');
    await handleOf(sourceId).terminate('by hand');
    let isAway = true;
    const { reconciler, started, troubles } = reconciling({
      startMissing: (listener) => (isAway ? withoutStore : service).startMissing(listener),
    });
    reconciler.start();
    await until(
      () => troubles.length,
      (count) => count >= 2,
    );
    expect(troubles.every((facts) => facts instanceof MongoError)).toBe(true);
    expect(started).toEqual([]);
    isAway = false;
    await until(
      () => started.map((one) => one.sourceId),
      (ids) => ids.includes(sourceId),
    );
    await inState(sourceId, 'Collecting');
    await reconciler.close();
    expect(started.map((one) => one.sourceId)).toEqual([sourceId]);
    await stopSource(sourceId);
    await stopWorker();
  });
});
