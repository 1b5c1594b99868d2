/** How the workflow calls its activities: time limits, retries, and the summary that the Web UI shows. */

import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities, BackgroundActivities, ExportActivities } from '../activities/index.js';
import { LONGEST_PAUSE_MS, LOST_PAUSE_MS, RETRY_BUDGET_MS } from '../domain/failures/retry-budget.js';

/** For attempts that ended without a word; all others are followed by the pause that `failure-interceptor.ts` asks for. */
export const RETRY = {
  // More than fit into the 90 minutes, which end the retries. Without a number, the Web UI says that they never end.
  maximumAttempts: 1_000,
  initialInterval: LOST_PAUSE_MS,
  backoffCoefficient: 2,
  maximumInterval: LONGEST_PAUSE_MS,
} as const;

/** A worker that died is noticed by the heartbeats that no longer come. */
const HEARTBEAT_TIMEOUT = '10 seconds';

/** Short steps: a restart or a stop does not wait for their running attempt. */
export const steps = proxyActivities<
  Omit<
    Activities,
    'sweep' | 'collect' | 'reread' | 'recheck' | 'wake' | keyof BackgroundActivities | keyof ExportActivities
  >
>({
  // Longer than the client's own deadline of half a minute, so that the attempt says itself what went wrong.
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  scheduleToCloseTimeout: RETRY_BUDGET_MS,
  retry: RETRY,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/**
 * Work that stores records: it is told to stop through its heartbeats, and waited for, so that it can finish storing
 * what it holds. An attempt may last as long as one large file does; a worker that died is noticed by the heartbeat.
 */
export const work = proxyActivities<Pick<Activities, 'sweep' | 'collect'>>({
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: RETRY_BUDGET_MS,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Reading again for `backfill` and `verify`: like collecting, in slices that go on where the last one ended. */
export const rereading = proxyActivities<Pick<Activities, 'reread' | 'recheck' | 'wake'>>({
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: RETRY_BUDGET_MS,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const BACKGROUND_RETRY = {
  initialInterval: LOST_PAUSE_MS,
  backoffCoefficient: 2,
  maximumInterval: LONGEST_PAUSE_MS,
} as const;

/**
 * Work that nobody waits for, in slices that go on where the last one ended: it is tried again for as long as it takes, since
 * nobody would start it again.
 */
export const background = proxyActivities<BackgroundActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: BACKGROUND_RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Exporting: one attempt at a time, since the workflow itself counts how often it failed, and for how long. */
export const exporting = proxyActivities<Pick<ExportActivities, 'exportRecords'>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** An export of the past ends, as a reread does: it is retried for 90 minutes, and then it has failed. */
export const pastExporting = proxyActivities<Pick<ExportActivities, 'exportPast'>>({
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: RETRY_BUDGET_MS,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** What is to be told of its health, or of its end, is told as soon as MongoDB is there. */
export const exportNotes = proxyActivities<Pick<ExportActivities, 'noteExport' | 'endPastExport'>>({
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: BACKGROUND_RETRY,
});
