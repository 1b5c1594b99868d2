import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { History } from './histories.js';
import { until } from './until.js';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** `temporal.api.enums.v1.PendingActivityState` */
const STARTED = 2;

/**
 * Waits until a workflow waits for time or signals only: the time of the time-skipping server stands still for ever
 * when a workflow is terminated in the middle of a task or of an attempt.
 */
export async function untilAtRest(handle: WorkflowHandle): Promise<void> {
  await until(
    async () => {
      const before = await handle.fetchHistory();
      const { raw } = await handle.describe();
      const after = await handle.fetchHistory();
      const busy = isInTask(before) || (raw.pendingActivities ?? []).some(isRunning);
      return { isAtRest: !busy && before.events?.length === after.events?.length };
    },
    ({ isAtRest }) => isAtRest,
  );
}

function isInTask({ events }: History): boolean {
  const last = events?.findLast(
    (event) =>
      event.workflowTaskScheduledEventAttributes ??
      event.workflowTaskStartedEventAttributes ??
      event.workflowTaskCompletedEventAttributes,
  );
  return !last?.workflowTaskCompletedEventAttributes;
}

/** The time-skipping server calls an activity started also between two attempts. */
function isRunning({ state, lastStartedTime, lastAttemptCompleteTime }: PendingActivity): boolean {
  return state === STARTED && !(msOf(lastAttemptCompleteTime) >= msOf(lastStartedTime));
}

function msOf(time: PendingActivity['lastStartedTime']): number {
  return time ? Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1_000_000 : Number.NaN;
}
