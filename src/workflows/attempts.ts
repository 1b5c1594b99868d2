/** Runs a step within its retry budget: its failures go into the state of the source, and giving up is decided here. */

import type { RetryPolicy } from '@temporalio/common';
import { CancellationScope, CancelledFailure, isCancellation, sleep } from '@temporalio/workflow';
import { FIRST_PAUSE_MS, MIN_RETRY_BUDGET_MS, ownPauseMs, RETRY_BUDGET_MS } from '../domain/failures/retry-budget.js';
import { type Problem, problemOf, type Subject } from '../domain/lifecycle/snapshot.js';
import { failureOf, isOutOfTime, isRefusedByStranger } from './failure-of.js';
import { LoopGuard } from './loop-guard.js';
import type { SourceState } from './source-state.js';
import { RETRY } from './steps.js';

export type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Of the activity, over all its attempts. */
export interface Limits {
  /** Milliseconds. */
  readonly scheduleToCloseTimeout: number;
  readonly retry: RetryPolicy;
}

/**
 * Runs a step until it succeeds or its retry budget is used up.
 *
 * The budget belongs to the problem, not to the activity: a part of it used in an earlier run is not given twice. An
 * activity whose time was over while no worker was there is begun again, for one more attempt if it had failed before.
 *
 * @param run schedules the activity with the limits it is given.
 * @throws CancelledFailure when the scope is cancelled; nothing else.
 */
export async function withRetryBudget<T>(
  source: SourceState,
  subject: Subject,
  run: (limits: Limits) => Promise<T>,
): Promise<Attempted<T>> {
  let isLast = false;
  for (const guard = new LoopGuard(); ; guard.pass()) {
    try {
      source.attempting.add(subject);
      await untilRetry(source, subject);
      return { ok: true, value: await run(limitsFor(problemOf(source.snapshot, subject), isLast)) };
    } catch (error) {
      if (isCancellation(error)) throw error;
      // It failed while it was being cancelled: nobody is left to try again.
      if (source.unitesOutages && CancellationScope.current().consideredCancelled)
        throw new CancelledFailure('left behind');
      if (isRefusedByStranger(error)) {
        await sleep(FIRST_PAUSE_MS, { summary: `${subject}: waiting for a worker of its installation` });
        continue;
      }
      const failure = failureOf(error);
      const known = problemOf(source.snapshot, subject);
      const isOver = known !== undefined && isOutOfTime(error);
      if (isOver && !known.gaveUp && !wasJustTried(known)) {
        isLast = true;
        continue;
      }
      // A time limit that cut off the last attempt tells nothing new: the reason is the one of the attempts before.
      if (!isOver && known?.code !== failure.code) {
        source.write({ kind: 'failed', subject, failure, attempt: known?.attempt ?? 1 });
      }
      if (!failure.retry || Date.now() - since(problemOf(source.snapshot, subject)) >= MIN_RETRY_BUDGET_MS) {
        source.write({ kind: 'gaveUp', subject });
        return { ok: false };
      }
      await sleep(FIRST_PAUSE_MS, { summary: `${subject}: retrying` });
    } finally {
      source.attempting.delete(subject);
    }
  }
}

/**
 * The wait that Mimecast asked for when a sweep or a slice met its rate limit, and what is left of a pause between two
 * attempts when the run before this one ended in it; else an activity keeps its pauses itself.
 */
async function untilRetry({ snapshot, keepsPlan }: SourceState, subject: Subject): Promise<void> {
  const problem = problemOf(snapshot, subject);
  const waitMs = Date.parse(problem?.retryAt ?? '') - Date.now();
  if (problem === undefined || !(waitMs > 0)) return;
  if (problem.retryAfterMs !== undefined) {
    await sleep(waitMs, { summary: `${subject}: ${problem.code}, waiting as asked` });
  } else if (keepsPlan) {
    await sleep(waitMs, { summary: `${subject}: ${problem.code}, retrying` });
  }
}

/** Whether a worker was at it lately: the next attempt that it announced is due by now, or not long past. */
function wasJustTried({ retryAt }: Problem): boolean {
  return retryAt !== undefined && Date.now() - Date.parse(retryAt) < RETRY_BUDGET_MS - MIN_RETRY_BUDGET_MS;
}

function since(problem: Problem | undefined): number {
  return problem === undefined ? Date.now() : Date.parse(problem.since);
}

/** What is left of the budget; a problem that was given up gets one more attempt and no more. */
function limitsFor(problem: Problem | undefined, isLast: boolean): Limits {
  if (isLast || problem?.gaveUp === true) {
    return { scheduleToCloseTimeout: RETRY_BUDGET_MS, retry: { ...RETRY, maximumAttempts: 1 } };
  }
  const scheduleToCloseTimeout = Math.max(1_000, RETRY_BUDGET_MS - (Date.now() - since(problem)));
  if (problem === undefined) return { scheduleToCloseTimeout, retry: RETRY };
  // The pauses grow with the attempts at the problem, of which this activity's are only the latest.
  return { scheduleToCloseTimeout, retry: { ...RETRY, initialInterval: ownPauseMs(problem.attempt + 1) } };
}
