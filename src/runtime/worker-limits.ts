/**
 * How much a worker does at a time. All of it is chosen so that a workflow task that was taken is finished well within the
 * ten seconds that Temporal gives it, also right after a start, when every source has to be replayed; measured with
 * `npm run bench -- recovery`.
 */

import { getHeapStatistics } from 'node:v8';
import type { WorkerOptions } from '@temporalio/worker';

/**
 * The SDK gives each activation of a workflow five seconds of the wall clock, and Node aborts when they end within a promise
 * job (nodejs/node#38503): a machine that was suspended, or just slow, killed the worker. So there is no such limit that a
 * pause could reach; loops are bounded by count instead, see `loop-guard.ts`. The SDK takes the option without naming it in
 * its types, hence to be spread.
 */
export const PAUSE_PROOF = { isolateExecutionTimeout: '1 day' } as const;

const MIB = 1_024 * 1_024;
/** What a cached source of thirteen streams takes, in MiB: 300 of them took 200 MiB more of the whole process than 69 did. */
const CACHED_SOURCE_MIB = 0.75;
/** What everything else of the worker takes at its peak, in MiB. */
const OTHERS_MIB = 200;
const LEAST_CACHED = 100;
const MAX_CACHED_WORKFLOWS = 5_000;

/**
 * How many sources can be kept in memory between two polls.
 *
 * @param heapBytes most that the heap may grow to.
 */
export function cachedSources(heapBytes: number): number {
  const fitting = Math.floor((heapBytes / MIB - OTHERS_MIB) / CACHED_SOURCE_MIB);
  return Math.min(MAX_CACHED_WORKFLOWS, Math.max(LEAST_CACHED, fitting));
}

export function workerLimits(): Omit<WorkerOptions, 'taskQueue'> {
  return {
    ...PAUSE_PROOF,
    // The one workflow thread replays one history after the other; what more is taken only waits, and may wait too long.
    maxConcurrentWorkflowTaskExecutions: 8,
    maxConcurrentActivityTaskExecutions: 200,
    maxCachedWorkflows: cachedSources(getHeapStatistics().heap_size_limit),
    // How long the tasks of a worker that was killed wait for it to come back before another one may have them.
    stickyQueueScheduleToStartTimeout: '5 seconds',
    // A cancellation reaches an activity with its next heartbeat: a stop or restart should not wait for longer.
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    // Long enough to store what an attempt holds; the checkpoint makes the rest safe.
    shutdownGraceTime: '3 seconds',
    shutdownForceTime: '30 seconds',
  };
}
