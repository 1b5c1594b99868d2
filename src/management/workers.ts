/** Whether a worker of this installation asks for work, and how much waits. */

import type { Client } from '@temporalio/client';
import { activityQueueOf, type Installation, taskQueueOf } from '../source/installation.js';

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

/** @returns what the task queues know of the installation's workers; a killed one is noticed after about a minute. */
export async function workersOf(client: Client, installation: Installation, now = Date.now()): Promise<WorkerFacts> {
  const describe = async (name: string, taskQueueType: number) => {
    const { pollers, stats } = await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      }),
    );
    return {
      pollers: (pollers ?? []).map(({ identity, lastAccessTime }) => ({
        identity,
        polledMsAgo: now - msOf(lastAccessTime),
      })),
      backlog: { tasks: Number(stats?.approximateBacklogCount ?? 0), oldestMs: msOf(stats?.approximateBacklogAge) },
    };
  };
  const [workflows, activities] = await Promise.all([
    describe(taskQueueOf(installation), TASK_TYPE.workflow),
    describe(activityQueueOf(installation.id), TASK_TYPE.activity),
  ]);
  // Other installations may poll the queue of workflows, too; that of activities is its own.
  const own = new Set(activities.pollers.map(({ identity }) => identity));
  // A worker whose slots for activities are all taken asks for workflow tasks only.
  const asked = [...activities.pollers, ...workflows.pollers.filter(({ identity }) => own.has(identity))];
  const polledMsAgo = Math.min(...asked.map((poller) => poller.polledMsAgo));
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
