/** On the real server: the one whose time is skipped does not let an activity fail while it is being cancelled. */

import { randomInt } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import { RawError } from '../../src/domain/failures/failure.js';
import { REREAD_WORKFLOW_TYPE, rereadWorkflowId } from '../../src/domain/rereads/reread.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import { FAULTS } from '../support/fake-activities.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { temporalConnection, workflowBundle } from '../support/temporal-connection.js';
import { until } from '../support/until.js';

quietRuntime();
const { client, nativeConnection } = temporalConnection();

test('a verification is cancelled also when all that was under way fails instead of ending', async () => {
  let running = 0;
  const reread = async (): Promise<never> => {
    running += 1;
    const alive = setInterval(() => Context.current().heartbeat(), 50);
    await Context.current().cancelled.catch(() => clearInterval(alive));
    throw new RawError(FAULTS.unavailable);
  };
  const taskQueue = `test-cancelled-${randomInt(1_000_000_000)}`;
  const worker = await Worker.create({
    ...PAUSE_PROOF,
    connection: await nativeConnection(),
    taskQueue,
    workflowBundle: workflowBundle(),
    activities: { reread },
    interceptors: { activity: [failureInterceptor] },
  });
  await worker.runUntil(async () => {
    const workflowId = rereadWorkflowId(randomInt(1_000_000_000), 'verify');
    const range = { from: '2025-09-01T00:00:00.000Z', to: '2025-09-02T00:00:00.000Z' };
    const args = [{ sourceId: 1, streams: ['receipt', 'dlp'], ...range }];
    const handle = await client.workflow.start(REREAD_WORKFLOW_TYPE.verify, { workflowId, taskQueue, args });
    await until(
      () => running,
      (count) => count === 2,
    );
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
  });
});
