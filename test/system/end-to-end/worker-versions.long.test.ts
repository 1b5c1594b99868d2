/** New versions of the workers are rolled over running sources: each moves by itself, and nothing is lost or stored twice. */

import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { STATUS_QUERY } from '../../../src/domain/contract/contract.js';
import { workflowIdIn } from '../../../src/domain/contract/installation.js';
import { versionText, type WorkerVersion } from '../../../src/domain/contract/worker-version.js';
import type { SourceSnapshot } from '../../../src/domain/lifecycle/snapshot.js';
import { VersionMoves } from '../../../src/management/reconcile/version-moves.js';
import { runningSources } from '../../../src/management/temporal/ownership.js';
import { STATE, WORKER_VERSION } from '../../../src/management/temporal/search-attribute-keys.js';
import { refuseSharedVersion } from '../../../src/management/temporal/version-conflict.js';
import { workersOf } from '../../../src/management/temporal/workers.js';
import { taskProblemIn } from '../../../src/management/temporal/workflow-task.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { historiesOf } from '../../support/histories.js';
import { earlierBundle } from '../../support/short-retry-budget-bundle.js';
import { addFault, clearFaults, countStored, sizes, storedOf, truthOf } from '../../support/simulator-control.js';
import { testInstallation } from '../../support/test-installation.js';
import { until } from '../../support/until.js';

let stoodStillAt: number | undefined;
const { get } = e2eStack({ historyMs: 600_000, historyRate: 60, rate: 240, clock: () => stoodStillAt ?? Date.now() });
const rolled = testInstallation(() => get(), 'rolled');
const another = testInstallation(() => get(), 'another');
const [unnamed, alsoUnnamed] = [testInstallation(() => get()), testInstallation(() => get())];
const earlier = earlierBundle();

const NONE = { deploymentName: 'mimecast', buildId: '' };
const version = (buildId: string): WorkerVersion => ({ deploymentName: 'mimecast', buildId });
const handleOf = (sourceId: number) => get().client.workflow.getHandle(workflowIdIn({ name: 'rolled' }, sourceId));

/** As `temporal worker deployment set-current-version` does, once the version's worker is known; `undefined`: none. */
async function makeCurrent(wanted: WorkerVersion | undefined): Promise<void> {
  const { workflowService, options } = get().client;
  const { namespace } = options;
  const set = () =>
    workflowService.setWorkerDeploymentCurrentVersion({ namespace, ...(wanted ?? NONE), identity: 'operator' }).then(
      () => undefined,
      (error: unknown) => error,
    );
  await until(set, (error) => error === undefined);
}

async function versionOf(sourceId: number): Promise<string | undefined> {
  return (await handleOf(sourceId).describe()).typedSearchAttributes.get(WORKER_VERSION);
}

async function collectsMore(sourceId: number): Promise<void> {
  const before = await countStored(rolled.collections, sourceId);
  await until(
    () => countStored(rolled.collections, sourceId),
    (stored) => stored > before,
  );
}

test('sources go over to the version that becomes current, from earlier code too, and lose nothing', async () => {
  const { simulator, client } = get();
  const [one, two, three] = [version('one'), version('two'), version('three')];
  const service = rolled.service();
  const stopOne = await rolled.startWorker({ version: one, bundle: earlier() });
  const { sourceId } = await service.start(sourceFile(simulator));
  // Nobody takes its tasks before a version is current, and the list says so.
  const line = async () => (await service.list()).find((listing) => listing.sourceId === sourceId);
  expect(await until(line, (seen) => seen?.noteCode === 'NoWorker')).toMatchObject({
    health: 'Unknown',
    note: expect.stringMatching(/set-current-version --deployment-name mimecast --build-id one"$/),
  });
  await until(
    () => rolled.errors.join(),
    (told) => told.includes('This worker is of version mimecast:one, and no version is current'),
  );
  await makeCurrent(one);
  await collectsMore(sourceId);
  expect(await versionOf(sourceId)).toBe(versionText(one));
  await until(line, (seen) => seen?.state === 'Collecting' && seen.health === 'Healthy');

  const stopTwo = await rolled.startWorker({ version: two });
  // One stream pauses between attempts, so that the move finds it on the way.
  await addFault(simulator, { endpoint: 'audit', times: -1, action: { status: 503 } });
  await until(line, (seen) => seen?.state === 'Error');
  await makeCurrent(two);
  await until(
    () => versionOf(sourceId),
    (seen) => seen === versionText(two),
  );
  await stopOne();
  await clearFaults(simulator);
  await collectsMore(sourceId);
  expect(rolled.moved).toContainEqual({
    ...{ workflowId: workflowIdIn({ name: 'rolled' }, sourceId), how: 'asked' },
    ...{ from: versionText(one), to: versionText(two) },
  });
  const { currentVersion, versions } = await workersOf(client, await rolled.collections.installation());
  expect([currentVersion, [...versions]]).toEqual([versionText(two), expect.arrayContaining([versionText(two)])]);

  // The next version comes without the one before it having said good-bye.
  await stopTwo();
  const stopThree = await rolled.startWorker({ version: three });
  await makeCurrent(three);
  const access = { collections: rolled.collections, client };
  // A worker counts as there for 75 s after it last asked for work.
  const later = new VersionMoves(access, three, () => Date.now() + 80_000);
  const running = () => runningSources(client, { name: 'rolled' });
  const fail = (error: unknown) => {
    throw error;
  };
  await until(
    async () => later.move(await running(), fail),
    (moves) => moves.some(({ how }) => how === 'taken'),
  );
  await until(
    () => versionOf(sourceId),
    (seen) => seen === versionText(three),
  );
  await collectsMore(sourceId);
  // What waits for a version whose workflows have moved on, waits for nobody.
  await until(line, (seen) => seen?.state === 'Collecting' && seen.health === 'Healthy');

  // That no version is current any more moves nobody whose worker is still there.
  await makeCurrent(undefined);
  await collectsMore(sourceId);
  expect(await versionOf(sourceId)).toBe(versionText(three));
  // Back to workers without a version: they take over what is left behind, and leave nothing overridden.
  await stopThree();
  const stopPlain = await rolled.startWorker();
  const plain = new VersionMoves(access, undefined, () => Date.now() + 80_000);
  await until(
    async () => plain.move(await running(), fail),
    (moves) => moves.some(({ how }) => how === 'taken'),
  );
  await until(
    () => versionOf(sourceId),
    (seen) => seen === undefined,
  );
  await collectsMore(sourceId);
  const override = async () =>
    (await handleOf(sourceId).describe()).raw.workflowExecutionInfo?.versioningInfo?.versioningOverride ?? undefined;
  await until(override, (seen) => seen === undefined);
  await until(line, (seen) => seen?.state === 'Collecting' && seen.health === 'Healthy');

  stoodStillAt = Date.now();
  onTestFinished(() => {
    stoodStillAt = undefined;
  });
  const truth = await truthOf(simulator);
  await until(
    () => storedOf(rolled.collections, sourceId),
    (stored) => isDeepStrictEqual(sizes(stored), sizes(truth)),
  );
  expect(await storedOf(rolled.collections, sourceId)).toEqual(truth);
  const snapshot = await until(
    () => handleOf(sourceId).query<SourceSnapshot>(STATUS_QUERY),
    ({ state, health }) => state === 'Collecting' && health === 'Healthy',
  );
  expect(snapshot).toMatchObject({ restarts: 0 });
  const description = await handleOf(sourceId).describe();
  expect(description.typedSearchAttributes.get(STATE)).toBe('Collecting');
  const failed = (await historiesOf(client.workflow, handleOf(sourceId).workflowId)).flatMap(({ events }) =>
    // A task that the server took back, since a signal came meanwhile, has failed in no other way.
    (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes && taskProblemIn(event, 1)),
  );
  expect(failed).toEqual([]);
  await service.stop(String(sourceId), { remove: true });
  await stopPlain();
});

test('a version is for one installation: neither a shared task queue nor a shared deployment is taken', async () => {
  const { client } = get();
  const access = (of: typeof rolled) => ({ collections: of.collections, client });
  const stop = await rolled.startWorker({ version: version('four') });
  await makeCurrent(version('four'));
  await refuseSharedVersion(access(rolled), version('five'));
  await expect(refuseSharedVersion(access(another), version('one'))).rejects.toThrow(
    /^The deployment mimecast has workers for other task queues \(.*mimecast-source-rolled\)/,
  );
  await refuseSharedVersion(access(another), { deploymentName: 'another', buildId: 'one' });
  await stop();

  const stopUnnamed = await unnamed.startWorker();
  const { sourceId } = await unnamed.service().start(sourceFile(get().simulator, { name: 'Unnamed' }));
  await until(
    () => unnamed.service().status(String(sourceId)),
    ({ state }) => state === 'Collecting',
  );
  await expect(refuseSharedVersion(access(alsoUnnamed), { deploymentName: 'new', buildId: '1' })).rejects.toThrow(
    /^A worker with a version would take all tasks of the task queue mimecast-source, .*MIMECAST_INSTALLATION/,
  );
  await unnamed.service().stop(String(sourceId), { remove: true });
  await stopUnnamed();
});
