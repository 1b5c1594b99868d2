/**
 * Takes the place of `src/domain/failures/retry-budget.ts` in tests on a server whose time is not skipped: 90 minutes are 9 seconds
 * here. Needs both `vi.mock` for the activities and `shortRetryBudgetBundle` for the workflows.
 */

import type * as Patience from '../../src/domain/failures/retry-budget.js';

export const PATIENCE_MS = 9_000;
export const MIN_RETRY_BUDGET_MS = 8_500;
export const FIRST_PAUSE_MS = 100;
export const LOST_PAUSE_MS = 100;
export const LONGEST_PAUSE_MS = 400;

export const ownPauseMs: typeof Patience.ownPauseMs = (attempt) =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));

export const nextPauseMs: typeof Patience.nextPauseMs = ({ attempt }) => ownPauseMs(attempt);
