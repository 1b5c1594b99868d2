/**
 * Takes the place of `src/domain/failures/retry-budget.ts` in tests on a server whose time is not skipped: 90 minutes are 9 seconds
 * here. Needs both `vi.mock` for the activities and `shortRetryBudgetBundle` for the workflows.
 */

import type * as RetryBudget from '../../src/domain/failures/retry-budget.js';

export const RETRY_BUDGET_MS = 9_000;
export const MIN_RETRY_BUDGET_MS = 8_500;
export const FIRST_PAUSE_MS = 100;
export const LOST_PAUSE_MS = 100;
export const LONGEST_PAUSE_MS = 400;

export const ownPauseMs: typeof RetryBudget.ownPauseMs = (attempt) =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));

export const nextPauseMs: typeof RetryBudget.nextPauseMs = ({ attempt }) => ownPauseMs(attempt);

/** Nothing that the code imports may be missing here: neither alias nor mock would say so. */
({
  RETRY_BUDGET_MS,
  MIN_RETRY_BUDGET_MS,
  FIRST_PAUSE_MS,
  LOST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  ownPauseMs,
  nextPauseMs,
}) satisfies Record<keyof typeof RetryBudget, unknown>;
