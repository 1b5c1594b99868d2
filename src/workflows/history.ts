/**
 * When a run has lasted long enough. A worker that starts has to replay the run of every source before it can go on, so
 * histories are kept short: measured on one core, an event costs about 0.3 ms to replay. A run that should move to another
 * version of the workers has lasted long enough, too.
 */

import { workflowInfo } from '@temporalio/workflow';
import { hasShortHistory } from './patches.js';
import { shouldMove } from './version-move.js';

/** A run of so many events is continued as new at the next moment at which nothing runs. */
const ENOUGH_EVENTS = 100;
/** A run of so many times as many begins no new piece of work, so that this moment comes. */
const FULL_FACTOR = 2;

export interface HistoryLimit {
  /** Continues as new at this many events of history already; for tests. Default 100. */
  readonly maxHistoryEvents?: number;
}

/** Of a run of a source. */
export class HistoryBudget {
  /** @param isOld whether the run was started by code that knew of no short histories. */
  constructor(
    private readonly limit: HistoryLimit,
    private readonly isOld: boolean,
  ) {}

  /** Whether the run should be continued as new at the next good moment. */
  get isLong(): boolean {
    return this.isBeyond(1);
  }

  /** Whether the run should begin no new piece of work before it is continued as new. */
  get isFull(): boolean {
    return this.isBeyond(FULL_FACTOR);
  }

  private isBeyond(factor: number): boolean {
    const { maxHistoryEvents } = this.limit;
    if (workflowInfo().continueAsNewSuggested || shouldMove()) return true;
    if (workflowInfo().historyLength < factor * (maxHistoryEvents ?? ENOUGH_EVENTS)) return false;
    return maxHistoryEvents !== undefined || !this.isOld || hasShortHistory();
  }
}

/** Whether a run that reads again is to be continued as new: all its streams wait for the slowest then, so it is seldom. */
export function isHistoryTooLong({ maxHistoryEvents }: HistoryLimit): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return (
    continueAsNewSuggested || shouldMove() || (maxHistoryEvents !== undefined && historyLength >= maxHistoryEvents)
  );
}
