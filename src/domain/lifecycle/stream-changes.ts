/** What becomes of a stream's status with each event that concerns it. */

import { present } from '../present.js';
import type { StreamOutcome, StreamProgress } from '../streams/outcome.js';
import { failed, waitOf } from './failing.js';
import { hasProgressed } from './outage.js';
import type { Problem, StreamStatus } from './snapshot.js';
import { withNotices } from './stream-notices.js';

export function withOutcome(status: StreamStatus, outcome: StreamOutcome, now: string, before?: Problem): StreamStatus {
  const caughtUp = outcome.result === 'caughtUp';
  const known = { ...withProgress(status, outcome), ...withNotices(status, outcome, now) };
  if (outcome.failure !== undefined) {
    const { failure } = outcome;
    // What failed during the outage still fails: its 90 minutes have begun with the outage.
    const goesOn = before?.retry === true && failure.retry && before.type === failure.type && !hasProgressed(outcome);
    const problem = failed(goesOn ? before : undefined, { failure, attempt: 1, ...waitOf(failure, now) }, now);
    return { ...known, problem, caughtUp: false, phase: problem.gaveUp ? 'parked' : 'retrying' };
  }
  return {
    ...recover(known, now),
    phase: outcome.result === 'more' ? 'collecting' : 'waiting',
    caughtUp,
    checkedAt: now,
    ...(caughtUp ? { caughtUpAt: now } : {}),
  };
}

/** Part of the common poll, whose problem its own has become. */
export function inSweep({ problem: _problem, ...status }: StreamStatus): StreamStatus {
  return { ...status, phase: 'waiting' };
}

/** What was counted before the source began is no news. */
export function resumed(status: StreamStatus, progress: StreamProgress, now: string): StreamStatus {
  const isNews = status.position !== undefined;
  return { ...withProgress(status, progress), ...(isNews ? withNotices(status, progress, now) : {}) };
}

/** What the checkpoint says, known for the first time or again. */
export function withProgress(status: StreamStatus, progress: Partial<StreamProgress>): StreamStatus {
  const { totals, position, lastEventTime, gaps, resets, ruled, altered } = progress;
  return { ...status, ...totals, ...present({ position, lastEventTime, gaps, resets, ruled, altered }) };
}

export function recover({ problem, ...status }: StreamStatus, now: string): StreamStatus {
  return problem === undefined ? status : { ...status, lastProblem: { ...problem, endedAt: now } };
}

/** After a restart, streams that were well and caught up are looked at by a sweep, all others by themselves. */
export function renewed({ notices: _seen, ...status }: StreamStatus, now: string): StreamStatus {
  const well = status.caughtUp && status.problem === undefined;
  return { ...recover(status, now), phase: well ? 'waiting' : 'idle', caughtUp: false };
}
