/** The life of a problem: attempts at it, and giving up. */

import type { Failure } from '../failures/failure.js';
import { nextPauseMs, RETRY_BUDGET_MS } from '../failures/retry-budget.js';
import { restLeftMs } from './rest.js';
import type { Problem } from './snapshot.js';

export function failed(
  current: Problem | undefined,
  { failure, attempt, retryAt }: { readonly failure: Failure; readonly attempt: number; readonly retryAt?: string },
  now: string,
): Problem {
  // What is tried every few minutes may have been given up long ago: another failure has all its retries still to come.
  const before = current?.againEveryMs !== undefined && current.code !== failure.code ? undefined : current;
  const since = before?.since ?? now;
  return {
    ...failure,
    // An activity counts its attempts from one; the problem may be older than the activity.
    attempt: Math.max(attempt, (before?.attempt ?? 0) + 1),
    since,
    gaveUp: !failure.retry,
    ...(failure.retry ? { until: new Date(Date.parse(since) + RETRY_BUDGET_MS).toISOString() } : {}),
    ...(failure.retry && retryAt !== undefined ? { retryAt } : {}),
  };
}

/** When to try again, if the other side asked for a wait. */
export function waitOf({ retry, retryAfterMs }: Failure, now: string): { readonly retryAt?: string } {
  if (!retry || retryAfterMs === undefined) return {};
  const pauseMs = nextPauseMs({ attempt: 1, elapsedMs: 0, retryAfterMs });
  return { retryAt: new Date(Date.parse(now) + pauseMs).toISOString() };
}

export function parked(
  { until: _until, retryAt: _retryAt, ...problem }: Problem,
  retryAgainEveryMs: number | undefined,
  now: string,
): Problem {
  const given = { ...problem, gaveUp: true, gaveUpAt: now };
  const restMs = restLeftMs(given, retryAgainEveryMs, Date.parse(now));
  if (restMs === undefined) return given;
  return { ...given, againAt: new Date(Date.parse(now) + restMs).toISOString() };
}
