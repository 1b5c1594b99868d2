/**
 * When a run has lasted long enough. A worker that starts has to replay the run of every source before it can go on, so
 * histories are kept short: measured on one core, an event costs about 0.3 ms to replay.
 */

import { patched, workflowInfo } from '@temporalio/workflow';
import { isCurrent, type Revised } from '../source/revision.js';

/** A run of so many events is continued as new at the next moment at which nothing runs. */
const ENOUGH_EVENTS = 100;
/** A run of so many times as many begins no new piece of work, so that this moment comes. */
const FULL_FACTOR = 2;
/** For runs from before histories were short: noted in a history as soon as it is continued as new for its length. */
const SHORT_HISTORIES = 'short-histories';

export interface HistoryLimit extends Revised {
  /** Continues as new at this many events of history already; for tests. Default 100. */
  readonly maxHistoryEvents?: number;
}

/** Whether the run should be continued as new at the next good moment. */
export function isHistoryLong(limit: HistoryLimit): boolean {
  return isHistoryBeyond(limit, 1);
}

/** Whether the run should begin no new piece of work before it is continued as new. */
export function isHistoryFull(limit: HistoryLimit): boolean {
  return isHistoryBeyond(limit, FULL_FACTOR);
}

function isHistoryBeyond(limit: HistoryLimit, factor: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  const { maxHistoryEvents } = limit;
  if (continueAsNewSuggested) return true;
  if (historyLength < factor * (maxHistoryEvents ?? ENOUGH_EVENTS)) return false;
  return maxHistoryEvents !== undefined || isCurrent(limit) || patched(SHORT_HISTORIES);
}
