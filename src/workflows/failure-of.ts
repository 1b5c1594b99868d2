/** What an activity's end means for the source. */

import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { REFUSED_BY_STRANGER } from '../domain/contract/installation.js';
import { type Failure, isFailure } from '../domain/failures/failure.js';

/**
 * The classified failure inside an activity's error.
 *
 * The worker puts it into the details of the `ApplicationFailure`; an attempt that ended without a word (a worker that
 * died, a time limit) has none, and is our own side's.
 */
export function failureOf(error: unknown): Failure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [detail] = cause.details ?? [];
    if (isFailure(detail)) return detail;
  }
  const retry = !(cause instanceof ApplicationFailure && cause.nonRetryable);
  return { type: 'FirstPartyGeneric', code: codeOf(cause), message: messageOf(cause), retry, severity: 'error' };
}

/** Whether only workers of other installations were given the activity: nothing is wrong with the source. */
export function isRefusedByStranger(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === REFUSED_BY_STRANGER;
}

/** Whether the activity's whole time was over before an attempt ended: no worker took it, or the worker was lost. */
export function isOutOfTime(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_CLOSE';
}

function codeOf(cause: unknown): string {
  if (cause instanceof TimeoutFailure) return `timeout_${(cause.timeoutType ?? 'unknown').toLowerCase()}`;
  return cause instanceof ApplicationFailure && typeof cause.type === 'string' ? cause.type : 'unknown';
}

function messageOf(cause: unknown): string {
  if (cause instanceof TimeoutFailure)
    return `No worker finished the work in time (${cause.timeoutType ?? 'unknown limit'}); is one running?`;
  return cause instanceof Error ? cause.message : String(cause);
}
