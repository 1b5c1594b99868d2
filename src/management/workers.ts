/** Whether anybody works on the sources' task queue. */

import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../source/contract.js';

/** A worker asks for work at least once a minute; one that has not for longer is gone. */
const SILENCE_MS = 75_000;

/** @returns whether a worker has asked for work lately; a killed one is noticed after about a minute. */
export async function hasWorkers(client: Client, now = Date.now()): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return (pollers ?? []).some(({ lastAccessTime }) => now - Number(lastAccessTime?.seconds ?? 0) * 1_000 < SILENCE_MS);
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;
