/** Whether a worker of this installation asks for work, and how much waits. */

import type { Client } from '@temporalio/client';
import { activityQueueOf, type Installation, taskQueueOf } from '../../domain/contract/installation.js';
import { versionOfText, versionText } from '../../domain/contract/worker-version.js';

/** A worker asks for work at least once a minute; one that has not for longer is gone. */
const SILENCE_MS = 75_000;

/** How long Temporal may take to answer. */
const ANSWER_LIMIT_MS = 5_000;

/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const TASK_TYPE = { workflow: 1, activity: 2 } as const;

/** `WORKER_VERSIONING_MODE_VERSIONED` of Temporal's API. */
const VERSIONED = 2;

export interface Backlog {
  /** Tasks that no worker has taken yet; an estimate of the server, 0 from servers that give none. */
  readonly tasks: number;
  readonly oldestMs: number;
}

export const NO_VERSION = '';

export interface WorkerFacts {
  /** Milliseconds since a worker last asked for work; absent when none has within the last 75 s. */
  readonly polledMsAgo?: number;
  /** How many ask for work. */
  readonly count: number;
  /** Versions of those that ask for work, as `versionText` writes them; `NO_VERSION` for one that has none. */
  readonly versions: ReadonlySet<string>;
  /** The version that new sources run on, and those that are pinned to none; `NO_VERSION` while there is none. */
  readonly currentVersion: string;
  readonly workflowTasks: Backlog;
  readonly activityTasks: Backlog;
  /**
   * The same for each version that is current or that asks for work: what waits for another version may wait for ever, its
   * workflow having moved. Absent for those of which the server tells nothing.
   */
  readonly byVersion: ReadonlyMap<string, Backlogs>;
}

export type Backlogs = Pick<WorkerFacts, 'workflowTasks' | 'activityTasks'>;

/** @returns what the task queues know of the installation's workers; a killed one is noticed after about a minute. */
export async function workersOf(client: Client, installation: Installation, now = Date.now()): Promise<WorkerFacts> {
  const describe = async (name: string, taskQueueType: number) => {
    const { pollers, stats, versioningInfo } = await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      }),
    );
    return {
      pollers: (pollers ?? []).map(({ identity, lastAccessTime, deploymentOptions }) => ({
        identity,
        polledMsAgo: now - msOf(lastAccessTime),
        version: deploymentOptions?.workerVersioningMode === VERSIONED ? textOf(deploymentOptions) : NO_VERSION,
      })),
      currentVersion: textOf(versioningInfo?.currentDeploymentVersion),
      backlog: backlogOf(stats),
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
  const polling = asked.filter((poller) => poller.polledMsAgo < SILENCE_MS);
  const polledMsAgo = Math.min(...polling.map((poller) => poller.polledMsAgo));
  const versions = new Set(polling.map(({ version }) => version));
  const known = [...new Set([...versions, workflows.currentVersion])];
  return {
    // The server's clock may be a little ahead.
    ...(polling.length > 0 ? { polledMsAgo: Math.max(0, polledMsAgo) } : {}),
    count: new Set(polling.map(({ identity }) => identity)).size,
    versions,
    currentVersion: workflows.currentVersion,
    workflowTasks: workflows.backlog,
    activityTasks: activities.backlog,
    byVersion: new Map((await Promise.all(known.map((one) => backlogsOf(client, installation, one)))).flat()),
  };
}

/** Nothing when the server tells nothing: it may not know versions, or not let everybody ask. */
async function backlogsOf(client: Client, installation: Installation, version: string): Promise<[string, Backlogs][]> {
  const deploymentVersion = versionOfText(version);
  if (deploymentVersion === undefined) return [];
  const described = await client
    .withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflowService.describeWorkerDeploymentVersion({
        namespace: client.options.namespace,
        deploymentVersion,
        reportTaskQueueStats: true,
      }),
    )
    .catch(() => undefined);
  if (described === undefined) return [];
  const waiting = (name: string, taskQueueType: number): Backlog =>
    backlogOf(described.versionTaskQueues?.find((queue) => queue.name === name && queue.type === taskQueueType)?.stats);
  const backlogs = {
    workflowTasks: waiting(taskQueueOf(installation), TASK_TYPE.workflow),
    activityTasks: waiting(activityQueueOf(installation.id), TASK_TYPE.activity),
  };
  return [[version, backlogs]];
}

interface ProtoStats {
  readonly approximateBacklogCount?: unknown;
  readonly approximateBacklogAge?: ProtoTime | null;
}

function backlogOf(stats: ProtoStats | null | undefined): Backlog {
  return { tasks: Number(stats?.approximateBacklogCount ?? 0), oldestMs: msOf(stats?.approximateBacklogAge) };
}

interface ProtoVersion {
  readonly deploymentName?: string | null;
  readonly buildId?: string | null;
}

function textOf(version: ProtoVersion | null | undefined): string {
  const { deploymentName, buildId } = version ?? {};
  return deploymentName && buildId ? versionText({ deploymentName, buildId }) : NO_VERSION;
}

interface ProtoTime {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function msOf(time: ProtoTime | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
