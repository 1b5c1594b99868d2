/** The workflows of the installation, with given activities behind them, on the real server. */

import { randomInt } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import type { BackgroundActivities } from '../../src/activities/index.js';
import { RawError } from '../../src/domain/failures/failure.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import { FAULTS } from './fake-activities.js';
import { quietRuntime } from './quiet-runtime.js';
import { temporalConnection, workflowBundle } from './temporal-connection.js';

/** Call it outside of tests. `run` starts a workflow, and hands it on while a worker runs it. */
export function backgroundWorkflows() {
  quietRuntime();
  const { client, nativeConnection } = temporalConnection();
  const run = async (
    type: string,
    request: object,
    activities: Partial<BackgroundActivities>,
    live: (handle: WorkflowHandle) => Promise<void>,
  ): Promise<WorkflowHandle> => {
    const taskQueue = `test-background-${randomInt(1_000_000_000)}`;
    const worker = await Worker.create({
      ...PAUSE_PROOF,
      connection: await nativeConnection(),
      taskQueue,
      workflowBundle: workflowBundle(),
      activities,
      interceptors: { activity: [failureInterceptor] },
    });
    const handle = await client.workflow.start(type, { workflowId: taskQueue, taskQueue, args: [request] });
    await worker.runUntil(() => live(handle));
    return handle;
  };
  return { run, client };
}

/** An activity that works until it is canceled, and then fails with something else. */
export async function failsWhenCanceled(): Promise<never> {
  const alive = setInterval(() => Context.current().heartbeat(), 50);
  await Context.current().cancelled.catch(() => clearInterval(alive));
  throw new RawError(FAULTS.unavailable);
}
