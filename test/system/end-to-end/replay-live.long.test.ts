/** `npm run replay` against a server on which sources run. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../../src/domain/contract/contract.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { runProgramFile } from '../../support/run-cli.js';
import { until } from '../../support/until.js';

const { get } = e2eStack({ historyMs: 60_000, historyRate: 5, rate: 0 });
const replay = (...args: readonly string[]) => runProgramFile('src/replay.ts', get().env, ...args);

/** Other code, whose workflows only sleep. */
async function otherWorker(): Promise<() => Promise<void>> {
  const { env, folder } = get();
  const connection = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
  const workflowsPath = join(projectRoot(), 'test/support/changed-workflows.ts');
  const codePath = join(folder, 'other.js');
  await writeFile(codePath, (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })).code);
  const worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle: { codePath } });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

test('what runs is replayed, and what this version cannot go on with is named', async () => {
  const { service, simulator, startWorker, client } = get();
  const none = await replay('--json');
  const queue = 'on the task queue mimecast-source of the namespace default';
  expect(none).toMatchObject({ code: 1, stderr: `0 workflows run ${queue}\n` });
  expect(JSON.parse(none.stdout)).toMatchObject({ good: false, replayed: 0 });
  expect((await replay()).stdout).toContain('That proves nothing');
  expect((await replay('--allow-none')).code).toBe(0);

  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator));
  await until(
    () => service.status(String(sourceId)),
    ({ state }) => state === 'Collecting',
  );
  await stopWorker();
  const good = await replay('--json');
  expect(JSON.parse(good.stdout)).toEqual({ good: true, replayed: 1, nothing: 0, failed: 0, failures: [] });
  expect(good.code).toBe(0);

  const stopOther = await otherWorker();
  const workflowId = workflowIdOf(999);
  const { firstExecutionRunId: runId } = await client.workflow.start(WORKFLOW_TYPE, {
    ...{ workflowId, taskQueue: TASK_QUEUE, args: [{ sourceId: 999, name: 'made by other code' }] },
  });
  const { length } = await until(
    async () => (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [],
    (events) => events.some(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes),
  );
  await client.workflow.getHandle(workflowId).signal('collectNow');
  await until(
    () => client.workflow.getHandle(workflowId).describe(),
    ({ historyLength }) => historyLength >= length + 4,
  );
  await stopOther();
  const bad = await replay();
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain(`FAILED ${workflowId} (run ${runId})`);
  expect(bad.stdout).toBe(
    '1 replayed, 0 had nothing to replay, 1 failed. This version cannot take over the failed ones: do not deploy it.\n',
  );
});

test('a server that is away is one clear line', async () => {
  const { code, stderr } = await runProgramFile('src/replay.ts', { ...get().env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Temporal does not answer at 127\.0\.0\.1:1 \(.*\)\. Start it with "npm start", or set/);
});

test('a namespace that does not exist is reported with the commands that create it', async () => {
  const { code, stderr } = await runProgramFile('src/replay.ts', { ...get().env, TEMPORAL_NAMESPACE: 'nowhere' });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Temporal has no namespace "nowhere"\..*temporal operator namespace create --address \S+ --namespace nowhere/,
  );
});
