/** Carries out a step with patience: its failures are written into the book, and giving up is decided here. */

import { isCancellation, sleep } from '@temporalio/workflow';
import { isSourceStep } from '../source/outcome.js';
import { FIRST_PAUSE_MS, LEAST_PATIENCE_MS, PATIENCE_MS } from '../source/patience.js';
import type { Problem, Subject } from '../source/snapshot.js';
import type { Book } from './book.js';
import { failureOf, isOutOfTime } from './failure-of.js';

export type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Of the activity, over all its attempts. */
export interface Limits {
  /** Milliseconds. */
  readonly scheduleToCloseTimeout: number;
  readonly retry?: { readonly maximumAttempts: number };
}

/**
 * Runs a step until it succeeds or its patience ends.
 *
 * The budget belongs to the problem, not to the activity: a part of it used in an earlier run is not given twice. An
 * activity whose time was over while no worker was there is begun again, for one more attempt if it had failed before.
 *
 * @param run schedules the activity with the limits it is given.
 * @throws CancelledFailure when the scope is cancelled; nothing else.
 */
export async function patiently<T>(
  book: Book,
  subject: Subject,
  run: (limits: Limits) => Promise<T>,
): Promise<Attempted<T>> {
  let isLast = false;
  for (;;) {
    try {
      book.attempting.add(subject);
      return { ok: true, value: await run(limitsFor(problemOf(book, subject), isLast)) };
    } catch (error) {
      if (isCancellation(error)) throw error;
      const failure = failureOf(error);
      const known = problemOf(book, subject);
      const isOver = known !== undefined && isOutOfTime(error);
      if (isOver && !known.gaveUp && !wasJustTried(known)) {
        isLast = true;
        continue;
      }
      // A time limit that cut off the last attempt tells nothing new: the reason is the one of the attempts before.
      if (!isOver && known?.code !== failure.code) {
        book.write({ kind: 'failed', subject, failure, attempt: known?.attempt ?? 1 });
      }
      if (!failure.retry || Date.now() - since(problemOf(book, subject)) >= LEAST_PATIENCE_MS) {
        book.write({ kind: 'gaveUp', subject });
        return { ok: false };
      }
      await sleep(FIRST_PAUSE_MS, { summary: `${subject}: trying again` });
    } finally {
      book.attempting.delete(subject);
    }
  }
}

function problemOf({ snapshot }: Book, subject: Subject): Problem | undefined {
  if (!isSourceStep(subject)) return snapshot.streams.find(({ stream }) => stream === subject)?.problem;
  return snapshot.problem?.step === subject ? snapshot.problem : undefined;
}

/** Whether a worker was at it lately: the next attempt that it announced is due by now, or not long past. */
function wasJustTried({ retryAt }: Problem): boolean {
  return retryAt !== undefined && Date.now() - Date.parse(retryAt) < PATIENCE_MS - LEAST_PATIENCE_MS;
}

function since(problem: Problem | undefined): number {
  return problem === undefined ? Date.now() : Date.parse(problem.since);
}

/** What is left of the budget; a problem that was given up gets one more attempt and no more. */
function limitsFor(problem: Problem | undefined, isLast: boolean): Limits {
  if (isLast || problem?.gaveUp === true) return { scheduleToCloseTimeout: PATIENCE_MS, retry: { maximumAttempts: 1 } };
  return { scheduleToCloseTimeout: Math.max(1_000, PATIENCE_MS - (Date.now() - since(problem))) };
}
