/** What is said of a source while no worker, a paused worker, or a worker with other code is there; on a real server. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import { ApiClient } from '../../../src/cli/services/api-client.js';
import { RemoteSources } from '../../../src/cli/services/remote-sources.js';
import { listText, statusText } from '../../../src/cli/status-text.js';
import { STATUS_QUERY, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../../src/domain/contract/contract.js';
import { FrozenWorkflows } from '../../../src/management/reconcile/frozen-workflows.js';
import { askWorkflow } from '../../../src/management/sources/source-status.js';
import { type FeedState, StateFeed } from '../../../src/management/sources/state-feed.js';
import { runningSources } from '../../../src/management/temporal/ownership.js';
import { workersOf } from '../../../src/management/temporal/workers.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { apiServer } from '../../support/api-server.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const { api, get: server } = apiServer({ collections, client: () => get().client });

const CHANGED_WORKFLOWS = join(projectRoot(), 'test/support/changed-workflows.ts');
const SILENT = new DefaultLogger('ERROR');
const MINUTE = 60_000;
const LATE = 'the answer is late, and this is the last known state';

const start = (name: string) =>
  get().service.start(sourceFile(get().simulator, { name, pollInterval: '5m', dataCollection: ['dlp'] }));
const collecting = (sourceId: number) =>
  until(
    () => get().service.status(String(sourceId)),
    ({ state }) => state === 'Collecting',
  );

interface Listed {
  readonly id: number;
  readonly health: string;
  readonly state: Readonly<Record<string, string>>;
}
const listed = async (sourceId: number) =>
  (await api<{ sources: Listed[] }>('GET', 'v1/sources')).json.sources.find(({ id }) => id === sourceId);

test('without a worker, every view says so', async () => {
  const { sourceId } = await start('Nobody works');
  const status = await get().service.status(String(sourceId));
  const words = 'no worker is running ("npm run worker"); this is the last known state; 1 task waits';
  expect(status).toMatchObject({ state: 'Pending', health: 'Unknown', noteCode: 'NoWorker' });
  expect(statusText(status)).toContain(words);
  expect(listText(await get().service.list())).toContain(`! ${words}`);
  const state = { state: 'Pending', errorCode: 'NoWorker', errorInfo: expect.stringContaining(words) };
  expect(await listed(sourceId)).toMatchObject({ health: 'Unknown', state });
  const remote = new RemoteSources(new ApiClient({ server: new URL(server().url), ...server().admin }));
  expect(listText(await remote.list())).toContain(`! ${words}`);
  const feed = new StateFeed({ collections, client: get().client });
  const told = await new Promise<readonly FeedState[]>((resolve) => {
    const unlisten = feed.listen({
      onAll: (all) => {
        unlisten();
        resolve(all);
      },
      onChange: () => undefined,
    });
  });
  expect(told).toEqual([
    { id: sourceId, name: 'Nobody works', state: 'Pending', health: 'Unknown', errorCode: 'NoWorker' },
  ]);
  await expect(get().service.stop(String(sourceId), { waitMs: 0 })).rejects.toThrow(
    'The source was asked to stop, but has not ended within 0 s: no worker is running ("npm run worker")',
  );
});

test('a deletion that takes long is answered as accepted, and goes on by itself', async () => {
  const { sourceId } = await start('Ends when somebody works');
  const stored = await raw(collections).sources.findOne({ _id: sourceId });
  const path = `v1/collectors/${stored?.collectorId}/sources/${sourceId}`;
  expect(await api('DELETE', path)).toMatchObject({ status: 202, text: '' });
  expect(await listed(sourceId)).toMatchObject({ state: { state: 'Stopping' } });
  const stopWorker = await get().startWorker();
  await until(
    () => raw(collections).sources.findOne({ _id: sourceId }),
    (source) => source === null,
  );
  expect(await api('DELETE', path)).toMatchObject({ status: 404 });
  await stopWorker();
});

test('workers are there while they ask for work, and gone a minute after they have stopped asking', async () => {
  const { client, startWorker } = get();
  const stopWorker = await startWorker();
  const installation = await collections.installation();
  await until(
    () => workersOf(client, installation),
    ({ polledMsAgo }) => polledMsAgo !== undefined,
  );
  await stopWorker();
  expect((await workersOf(client, installation, Date.now() + 2 * MINUTE)).polledMsAgo).toBeUndefined();
});

test('a workflow that cannot go on is no healthy one: every view says why, and what to do', async () => {
  const { client, service, startWorker, env, folder } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await start('Changed code');
  await collecting(sourceId);
  await stopWorker();
  const connection = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
  const codePath = join(folder, 'changed-workflows.js');
  await writeFile(codePath, (await bundleWorkflowCode({ workflowsPath: CHANGED_WORKFLOWS, logger: SILENT })).code);
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath },
  });
  const running = worker.run();
  const look = async () => new FrozenWorkflows({ client, collections }).report(await runningSources(client, {}));
  try {
    await client.workflow.getHandle(workflowIdOf(sourceId)).signal('collectNow');
    const status = await until(
      () => service.status(String(sourceId)),
      ({ noteCode }) => noteCode === 'WorkflowTaskFailed',
    );
    const words = "its workflow cannot continue: the worker's code does not match the steps it has recorded";
    expect(status).toMatchObject({ state: 'Error', health: 'Error', errorType: 'FirstPartyGeneric' });
    expect(statusText(status)).toContain(words);
    expect(status.note).toContain(`"temporal workflow terminate --workflow-id ${workflowIdOf(sourceId)}"`);
    expect(listText(await service.list())).toContain(`! Changed code: ${words}`);
    expect(await listed(sourceId)).toMatchObject({
      health: 'Error',
      state: { state: 'Error', errorType: 'FIRST-PARTY-GENERIC', errorCode: 'WorkflowTaskFailed' },
    });
    const events = () => raw(collections).healthEvents.find({ sourceId, subject: 'workflow' }).toArray();
    const opened = await until(
      () => look().then(events),
      ({ length }) => length > 0,
    );
    expect(opened).toEqual([
      expect.objectContaining({
        ...{ eventName: 'FirstPartyGenericError', status: 'UnHealthy', severityLevel: 'Error' },
        details: expect.objectContaining({ description: expect.stringContaining(words) }),
      }),
    ]);
    await look();
    expect(await events()).toEqual(opened);
    // The advice that is given helps.
    await client.workflow.getHandle(workflowIdOf(sourceId)).terminate('as advised');
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
  }
  const stopNext = await startWorker();
  await service.startMissing({ onStarted: () => undefined, onError: (error) => expect.fail(String(error)) });
  await collecting(sourceId);
  await until(
    () =>
      look().then(() =>
        raw(collections).healthEvents.countDocuments({ sourceId, status: 'UnHealthy', resolvedAt: { $exists: false } }),
      ),
    (open) => open === 0,
  );
  await stopNext();
});

test('of a worker that is paused, every view says that it polls and that the answer is late', async () => {
  const { client, service, env, folder } = get();
  const worker = await spawnGuarded(process.execPath, ['--import', 'tsx', join(projectRoot(), 'src/worker.ts')], {
    name: 'worker',
    logFile: join(folder, 'worker.log'),
    env: { ...env },
  });
  try {
    const { sourceId } = await start('Paused');
    await collecting(sourceId);
    process.kill(worker.pid, 'SIGSTOP');
    const status = await service.status(String(sourceId));
    expect(status).toMatchObject({ state: 'Collecting', health: 'Unknown', noteCode: 'WorkerLate' });
    expect(statusText(status)).toContain('a worker polls this queue');
    expect(statusText(status)).toContain(LATE);
    expect(await askWorkflow({ collections, client }, sourceId, STATUS_QUERY)).toMatchObject({
      note: expect.stringContaining(LATE),
    });
    // More than the paused worker's pollers take with them.
    const more = Array.from({ length: 40 }, (_, n) => `paused-${n}`);
    for (const workflowId of more) await client.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: TASK_QUEUE });
    const late = await until(
      async () => listText(await service.list()),
      (text) => text.includes('tasks wait'),
    );
    expect(late).toMatch(/! a worker polls this queue, \d+ tasks wait, the oldest for \d+ s: the answer is late/);
    expect(await listed(sourceId)).toMatchObject({ health: 'Unknown', state: { errorCode: 'WorkerLate' } });
    for (const workflowId of more) await client.workflow.getHandle(workflowId).terminate();
  } finally {
    process.kill(worker.pid, 'SIGKILL');
    await worker.exited;
  }
});
