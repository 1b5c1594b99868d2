/** Whether anybody works on the sources' task queue, and how much waits there. */

import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../source/contract.js';

/** A worker asks for work at least once a minute; one that has not for longer is gone. */
const SILENCE_MS = 75_000;

/** How long Temporal may take to answer. */
const ANSWER_LIMIT_MS = 5_000;

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const TASK_TYPE = { workflow: 1, activity: 2 } as const;

export interface Backlog {
  /** Tasks that no worker has taken yet; an estimate of the server, 0 from servers that give none. */
  readonly tasks: number;
  readonly oldestMs: number;
}

export interface WorkerFacts {
  /** Milliseconds since a worker last asked for work; absent when none has within the last 75 s. */
  readonly polledMsAgo?: number;
  readonly workflowTasks: Backlog;
  readonly activityTasks: Backlog;
}

/** @returns what the task queue knows of its workers; a killed one is noticed after about a minute. */
export async function workersOf(client: Client, now = Date.now()): Promise<WorkerFacts> {
  const describe = async (taskQueueType: number) => {
    const { pollers, stats } = await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType,
        reportStats: true,
      }),
    );
    return {
      polledMsAgo: Math.min(...(pollers ?? []).map(({ lastAccessTime }) => now - msOf(lastAccessTime))),
      backlog: { tasks: Number(stats?.approximateBacklogCount ?? 0), oldestMs: msOf(stats?.approximateBacklogAge) },
    };
  };
  const [workflows, activities] = await Promise.all([describe(TASK_TYPE.workflow), describe(TASK_TYPE.activity)]);
  // A worker whose workflow slots are all taken asks for activities only.
  const polledMsAgo = Math.min(workflows.polledMsAgo, activities.polledMsAgo);
  return {
    // The server's clock may be a little ahead.
    ...(polledMsAgo < SILENCE_MS ? { polledMsAgo: Math.max(0, polledMsAgo) } : {}),
    workflowTasks: workflows.backlog,
    activityTasks: activities.backlog,
  };
}

interface ProtoTime {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function msOf(time: ProtoTime | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
