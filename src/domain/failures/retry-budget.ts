/**
 * How long and how often a failing step is tried again: with growing pauses for up to 90 minutes, after which it quits
 * (the retry behaviour of Sumo Logic's *Mimecast Source* page). All times in milliseconds.
 */

const MINUTE = 60_000;

/** From the first failure to giving up, at most. */
export const RETRY_BUDGET_MS = 90 * MINUTE;
/** Giving up is never earlier than this after the first failure. */
export const MIN_RETRY_BUDGET_MS = 85 * MINUTE;
/** First pause between two attempts; each further one is twice as long. */
export const FIRST_PAUSE_MS = 5_000;
/** First pause after an attempt that ended without a word, as when its worker died: it says nothing against trying again. */
export const LOST_PAUSE_MS = 1_000;
/** Longest pause of our own choice; small enough that the last attempt falls within the last minutes of the 90. */
export const LONGEST_PAUSE_MS = 2 * MINUTE;

export interface PauseInput {
  /** The attempt that has just failed, counted from 1. */
  readonly attempt: number;
  /** The pause after the first attempt, in milliseconds; default and least `FIRST_PAUSE_MS`. */
  readonly firstPauseMs?: number | undefined;
  /** Time since the first attempt was scheduled. */
  readonly elapsedMs: number;
  /** The whole budget; default `RETRY_BUDGET_MS`. Shorter when a part was used before a continue-as-new. */
  readonly budgetMs?: number;
  /** The wait that the other side asked for. */
  readonly retryAfterMs?: number;
}

/** The pause of our own choice after the given attempt. @param firstPauseMs see `PauseInput`. */
export function ownPauseMs(attempt: number, firstPauseMs = FIRST_PAUSE_MS): number {
  const first = Math.max(FIRST_PAUSE_MS, firstPauseMs);
  return Math.min(LONGEST_PAUSE_MS, first * 2 ** Math.min(attempt - 1, 20));
}

/**
 * The pause before the next attempt.
 *
 * Temporal gives up at once when the next attempt would start after the budget's end, so that a `Retry-After` of two
 * hours would end everything at the first failure. Such a wait is cut to leave one more attempt a minute before the
 * end; only in the last five minutes is it passed on, and the server quits.
 */
export function nextPauseMs({
  attempt,
  elapsedMs,
  budgetMs = RETRY_BUDGET_MS,
  retryAfterMs,
  firstPauseMs,
}: PauseInput): number {
  const own = ownPauseMs(attempt, firstPauseMs);
  // No longer than the whole retry budget: what a confused server asks for may be too long to be added to a date.
  const wanted = Math.min(RETRY_BUDGET_MS, Math.max(own, retryAfterMs ?? 0));
  // The time of scheduling is the server's, and our clock may lag behind it.
  const left = budgetMs - Math.max(0, elapsedMs);
  if (wanted < left || left <= RETRY_BUDGET_MS - MIN_RETRY_BUDGET_MS) return wanted;
  return Math.max(FIRST_PAUSE_MS, left - MINUTE);
}
