/** Several installations on one namespace of Temporal, with sources of the same numbers: none touches another's. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import {
  SIGNALS,
  STATUS_QUERY,
  TASK_QUEUE,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../../src/domain/contract/contract.js';
import { activityQueueOf, INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import type { SourceSnapshot } from '../../../src/domain/lifecycle/snapshot.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { CollectorService } from '../../../src/management/collectors/collector-service.js';
import { SourceEditor } from '../../../src/management/sources/source-editor.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { INSTALLATION } from '../../../src/management/temporal/search-attribute-keys.js';
import { choosePort, LOOPBACK } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { openDatabase } from '../../../src/store/database.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { historiesOf } from '../../support/histories.js';
import { raw } from '../../support/raw-collections.js';
import { type TestInstallation, testInstallation } from '../../support/test-installation.js';
import { until } from '../../support/until.js';

const { get } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0, tenants: 2 });
const ANOTHER = /the workflow mimecast-source-\d+ belongs to another installation.*MIMECAST_INSTALLATION/s;

const file = (name: string, tenant = 1) =>
  sourceFile(get().simulator, { name, clientID: `sim-client-${tenant}`, clientSecret: `sim-secret-${tenant}` });

async function collecting(of: TestInstallation, sourceId: number): Promise<SourceSnapshot> {
  const { snapshot } = await until(
    () => of.service().status(String(sourceId)),
    ({ state, health, snapshot: seen }) =>
      state === 'Collecting' && health === 'Healthy' && seen?.streams.every(({ caughtUp }) => caughtUp) === true,
  );
  if (snapshot === undefined) throw new Error('there is no snapshot');
  return snapshot;
}

/** A source as a database brings it from another namespace: stored, and no workflow has been started for it. */
async function storedSource(of: TestInstallation, name: string, tenant: number): Promise<number> {
  const away = () => Promise.reject(Object.assign(new Error('away'), { code: 14 }));
  const client: Client = Object.create(get().client, { withDeadline: { value: away } });
  const { _id: collectorId } = await new CollectorService(of.collections).ensure('default', 'test');
  const editor = new SourceEditor({ ...of.access(), client });
  return (await editor.create(collectorId, file(name, tenant), { actor: 'test' }))._id;
}

/** The service while MongoDB does not answer. */
async function withoutStore(): Promise<SourceService> {
  const uri = `mongodb://${LOOPBACK}:${await choosePort(0)}/`;
  const away = openDatabase({ uri, name: 'away', serverSelectionTimeoutMs: 100 });
  onTestFinished(() => away.close());
  return new SourceService({ collections: collectionsOf(away), client: get().client, allowInsecure: true });
}

const handleOf = (workflowId: string) => get().client.workflow.getHandle(workflowId);

/** How often people's signals have come to a workflow, over all of its runs. */
async function signalsTo(workflowId: string): Promise<string[]> {
  const events = (await historiesOf(get().client.workflow, workflowId)).flatMap((history) => history.events ?? []);
  const names = events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
  return names.filter((name) => Object.values(SIGNALS).some((signal) => signal === name));
}

async function countRecords({ collections }: TestInstallation, sourceId: number): Promise<number> {
  const counts = STREAMS.map((stream) => raw(collections).records(stream).countDocuments({ _sourceId: sourceId }));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** When the source's run began, over all continue-as-news. */
const firstRunOf = async (workflowId: string) =>
  (await handleOf(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId;

/** Waits until the source has polled some more times. */
async function pollsOn(of: TestInstallation, sourceId: number, times = 3): Promise<void> {
  for (let seen = 0; seen < times; seen += 1) {
    const { nextPollAt } = await collecting(of, sourceId);
    await until(
      () => of.service().status(String(sourceId)),
      ({ snapshot }) => snapshot?.nextPollAt !== nextPollAt,
    );
  }
}

const passRounds = (...of: readonly TestInstallation[]) => Promise.all(of.map((one) => one.passRounds(5)));

async function expectNothingOf(...of: readonly TestInstallation[]): Promise<void> {
  for (const { collections, terminated } of of) {
    expect(terminated).toEqual([]);
    for (const stream of STREAMS) expect(await raw(collections).records(stream).countDocuments()).toBe(0);
    expect(await raw(collections).checkpoints.countDocuments()).toBe(0);
    expect(await raw(collections).healthEvents.countDocuments()).toBe(0);
  }
}

describe('without names', () => {
  const [ours, theirs, empty] = [
    testInstallation(() => get()),
    testInstallation(() => get()),
    testInstallation(() => get()),
  ];

  test('the one that came first collects, undisturbed; the others are reported what to do', async () => {
    const stopOurs = await ours.startWorker();
    const { sourceId } = await ours.service().start(file('Ours'));
    const id = String(sourceId);
    const workflowId = workflowIdOf(sourceId);
    await collecting(ours, sourceId);
    const firstRun = await firstRunOf(workflowId);
    const stored = await countRecords(ours, sourceId);
    expect(stored).toBeGreaterThan(0);

    await expect(theirs.service().start(file('Theirs'))).rejects.toThrow(ANOTHER);
    expect(await raw(theirs.collections).sources.countDocuments()).toBe(0);
    expect(await storedSource(theirs, 'Theirs', 2)).toBe(sourceId);
    const stops = [await theirs.startWorker(), await empty.startWorker()];
    await passRounds(theirs, empty);
    for (const steer of ['restart', 'collectNow', 'resume'] as const)
      await expect(theirs.service()[steer](id)).rejects.toThrow(ANOTHER);
    expect(await theirs.service().status(id)).toMatchObject({
      ...{ state: 'Pending', health: 'Unknown', noteCode: 'AnotherInstallation' },
      note: expect.stringMatching(ANOTHER),
    });
    expect(await theirs.service().list()).toMatchObject([{ name: 'Theirs', noteCode: 'AnotherInstallation' }]);
    expect(await empty.service().list()).toEqual([]);
    expect([...new Set(theirs.errors)]).toEqual([expect.stringMatching(ANOTHER)]);

    // While its own worker is away, nobody else does its work.
    await stopOurs();
    await handleOf(workflowId).signal(SIGNALS.collectNow);
    await passRounds(theirs, empty);
    const stopAgain = await ours.startWorker();
    await pollsOn(ours, sourceId);

    expect(await theirs.service().stop(id)).toMatchObject({ state: 'Stopped' });
    expect(await theirs.service().stop(id, { remove: true })).toMatchObject({ state: 'Deleted' });
    await passRounds(ours, theirs, empty);
    await pollsOn(ours, sourceId);

    expect(await firstRunOf(workflowId)).toBe(firstRun);
    expect(await signalsTo(workflowId)).toEqual([SIGNALS.collectNow]);
    expect(await countRecords(ours, sourceId)).toBe(stored);
    expect(await raw(ours.collections).healthEvents.countDocuments({ status: 'UnHealthy' })).toBe(0);
    expect([ours.errors, ours.terminated, empty.errors]).toEqual([[], [], []]);
    await expectNothingOf(theirs, empty);
    for (const stop of stops) await stop();
    await ours.service().stop(id, { remove: true });
    await stopAgain();
  });

  test('what has ended leaves its ID to another installation, and does not get it back from it', async () => {
    const stops = [await ours.startWorker(), await theirs.startWorker()];
    const { sourceId } = await ours.service().start(file('Ended'));
    await collecting(ours, sourceId);
    await ours.service().stop(String(sourceId));
    await raw(theirs.collections).counters.updateOne({ _id: 'source' }, { $set: { value: sourceId - 1 } });
    expect((await theirs.service().start(file('Next', 2))).sourceId).toBe(sourceId);
    await collecting(theirs, sourceId);
    await expect(ours.service().resume(String(sourceId))).rejects.toThrow(ANOTHER);
    const { sourceId: more } = await ours.service().start(file('More'));
    await collecting(ours, more);
    await expect((await withoutStore()).stop(String(more))).rejects.toThrow('sources of several installations');
    for (const id of [sourceId, more]) await ours.service().stop(String(id), { remove: true });
    await passRounds(ours, theirs);
    await pollsOn(theirs, sourceId);
    expect(await signalsTo(workflowIdOf(sourceId))).toEqual([]);
    await theirs.service().stop(String(sourceId), { remove: true });
    for (const stop of stops) await stop();
  });

  test('the worker program with a mistyped database leaves everything alone', async () => {
    const { env, folder } = get();
    const stop = await ours.startWorker();
    const { sourceId } = await ours.service().start(file('Guarded'));
    const workflowId = workflowIdOf(sourceId);
    await collecting(ours, sourceId);
    const firstRun = await firstRunOf(workflowId);
    const logFile = join(folder, 'mistyped.log');
    const command = ['--import', 'tsx', join(projectRoot(), 'src/worker.ts')];
    const program = { name: 'mistyped', logFile, env: { ...env, MONGODB_DB: empty.database, LOG_LEVEL: 'info' } };
    const worker = await spawnGuarded(process.execPath, command, program);
    try {
      await until(
        () => readFileSync(logFile, 'utf8'),
        (log) => log.includes('worker ready'),
      );
      await pollsOn(ours, sourceId, 8);
    } finally {
      await worker.stop();
    }
    expect(await firstRunOf(workflowId)).toBe(firstRun);
    expect(await signalsTo(workflowId)).toEqual([]);
    await expectNothingOf(empty);
    await ours.service().stop(String(sourceId), { remove: true });
    await stop();
  });
});

describe('with names', () => {
  const [north, south] = [testInstallation(() => get(), 'north'), testInstallation(() => get(), 'south')];
  const mistaken = testInstallation(() => get(), 'north');

  test('sources of the same numbers run side by side, each for its own', async () => {
    const stops = [await north.startWorker(), await south.startWorker(), await mistaken.startWorker()];
    const { sourceId, workflowId } = await north.service().start(file('Tenant'));
    expect(workflowId).toBe(`mimecast-source-north-${sourceId}`);
    expect(await south.service().start(file('Tenant', 2))).toMatchObject({
      sourceId,
      workflowId: `mimecast-source-south-${sourceId}`,
    });
    const description = await handleOf(workflowId).describe();
    expect(description.taskQueue).toBe('mimecast-source-north');
    await collecting(north, sourceId);
    await collecting(south, sourceId);
    // A second one of the same name, by mistake: the identity guards against it.
    await expect(mistaken.service().start(file('Mistaken'))).rejects.toThrow('belongs to another installation');
    await north.service().stop(String(sourceId), { remove: true });
    await passRounds(north, south, mistaken);
    await pollsOn(south, sourceId);
    expect(await south.service().list()).toMatchObject([{ sourceId, state: 'Collecting', health: 'Healthy' }]);
    expect([north.errors, south.errors, mistaken.errors]).toEqual([[], [], []]);
    await expectNothingOf(mistaken);
    await south.service().stop(String(sourceId), { remove: true });
    // A worker that still has the former name does nothing more.
    await raw(south.collections).installations.updateOne({}, { $set: { name: 'west' } });
    await passRounds(south);
    expect(south.errors.at(-1)).toContain('restart the worker');
    for (const stop of stops) await stop();
  });
});

describe('a workflow that does not say whose it is', () => {
  const [ours, theirs] = [testInstallation(() => get()), testInstallation(() => get())];
  const memoOf = async (workflowId: string) => (await handleOf(workflowId).describe()).memo?.[INSTALLATION_MEMO];

  /** As versions before identities started it, or a person by hand. */
  async function startUnlabelled(sourceId: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const workflowId = workflowIdOf(sourceId);
    const args = [{ sourceId, ...more }];
    await get().client.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: TASK_QUEUE, args });
    return workflowId;
  }

  test('is adopted by the one whose source has its name, for good', async () => {
    const sourceId = await storedSource(ours, 'Upgraded', 1);
    expect(await storedSource(theirs, 'Other', 2)).toBe(sourceId);
    const earlier = { name: 'Upgraded', collector: 'default', maxHistoryEvents: 40 };
    const workflowId = await startUnlabelled(sourceId, earlier);
    const stops = [await theirs.startWorker(), await ours.startWorker()];
    const { id } = await ours.collections.installation();
    await until(
      () => memoOf(workflowId),
      (memo) => memo === id,
    );
    await collecting(ours, sourceId);
    const histories = await until(
      () => historiesOf(get().client.workflow, workflowId),
      (runs) => runs.length > 2,
      { everyMs: 500 },
    );
    const events = histories.flatMap(({ events: all }) => all ?? []);
    const queues = events.flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.taskQueue?.name ?? [],
    );
    expect(queues.at(-1)).toBe(activityQueueOf(id));
    const { memo, typedSearchAttributes } = await handleOf(workflowId).describe();
    expect(memo?.[INSTALLATION_MEMO]).toBe(id);
    expect(typedSearchAttributes.get(INSTALLATION)).toBe(id);
    await expectNothingOf(theirs);
    await ours.service().stop(String(sourceId), { remove: true });
    for (const stop of stops) await stop();
  });

  test('is not adopted by its number alone while others are there, and nothing of it is in Error', async () => {
    const stops = [await ours.startWorker()];
    const { sourceId: first } = await ours.service().start(file('Labelled'));
    await collecting(ours, first);
    await raw(theirs.collections).counters.updateOne({ _id: 'source' }, { $set: { value: first } });
    const sourceId = await storedSource(theirs, 'By hand', 2);
    const workflowId = await startUnlabelled(sourceId);
    stops.push(await theirs.startWorker());
    await until(
      async () => (await handleOf(workflowId).describe()).raw.pendingActivities?.[0]?.attempt ?? 0,
      (attempt) => attempt > 3,
    );
    await passRounds(ours, theirs);
    expect(await handleOf(workflowId).query(STATUS_QUERY)).toMatchObject({ state: 'Pending', health: 'Healthy' });
    expect(await memoOf(workflowId)).toBeUndefined();
    // Alone, it is clear whose it is.
    await ours.service().stop(String(first), { remove: true });
    await collecting(theirs, sourceId);
    await theirs.service().stop(String(sourceId), { remove: true });
    for (const stop of stops) await stop();
  });
});
