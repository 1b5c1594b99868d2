/**
 * The one writer of a source's snapshot: every change is an event, and the lifecycle state is derived here and checked
 * against the table of legal moves.
 */

import type { Failure } from './failure.js';
import { IllegalTransitionError, isLegalTransition, type LifecycleState } from './lifecycle.js';
import {
  addCounts,
  isSourceStep,
  NO_COUNTS,
  type SourceSettings,
  type StreamOutcome,
  type StreamProgress,
} from './outcome.js';
import { nextPauseMs, PATIENCE_MS } from './patience.js';
import {
  healthOf,
  newStreamStatus,
  type Problem,
  type SourceSnapshot,
  type Stage,
  type StreamStatus,
  type Subject,
} from './snapshot.js';
import { withCurrentNotices, withNotices, withoutEndless } from './stream-notices.js';
import type { StreamName } from './streams.js';

export type SourceEvent =
  /** A start-up step is done: the source has come as far as `stage`. */
  | { readonly kind: 'advanced'; readonly stage: Stage }
  /** The stored configuration was validated. */
  | { readonly kind: 'configured'; readonly settings: SourceSettings }
  /** The checkpoints were read, before anything is collected. */
  | { readonly kind: 'resumed'; readonly streams: readonly StreamProgress[] }
  /** A stream's position was given up: it is collected again by date. */
  | { readonly kind: 'repositioned'; readonly progress: StreamProgress }
  /** A slice of work on a stream begins. */
  | { readonly kind: 'collecting'; readonly stream: StreamName }
  /** A slice of work on a stream ended. */
  | { readonly kind: 'outcome'; readonly outcome: StreamOutcome }
  /** A sweep found nothing new in these streams. */
  | { readonly kind: 'idle'; readonly streams: readonly StreamName[] }
  | { readonly kind: 'pollPlanned'; readonly at: string }
  | {
      readonly kind: 'failed';
      readonly subject: Subject;
      readonly failure: Failure;
      readonly attempt: number;
      readonly retryAt?: string;
    }
  /** No further attempt will be made until a restart or an update. */
  | { readonly kind: 'gaveUp'; readonly subject: Subject }
  | { readonly kind: 'recovered'; readonly subject: Subject }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'ended'; readonly state: 'Stopped' | 'Deleted' };

/**
 * The snapshot after an event.
 *
 * @param now ISO time of the event.
 * @throws IllegalTransitionError when the event would move the source against the table.
 */
export function reduce(snapshot: SourceSnapshot, event: SourceEvent, now: string): SourceSnapshot {
  switch (event.kind) {
    case 'advanced':
      return settle({ ...snapshot, stage: event.stage }, now);
    case 'configured':
      return settle(configure(snapshot, event.settings), now);
    case 'resumed':
      return event.streams.reduce(
        (next, progress) => onStream(next, progress.stream, now, (status) => resumed(status, progress, now)),
        snapshot,
      );
    case 'repositioned':
      return onStream(snapshot, event.progress.stream, now, (status) => ({
        ...withProgress(recover(status, now), event.progress),
        phase: 'idle',
        caughtUp: false,
      }));
    case 'collecting':
      return onStream(snapshot, event.stream, now, (status) => ({
        ...status,
        phase: status.problem === undefined ? 'collecting' : 'retrying',
      }));
    case 'outcome':
      return onStream(snapshot, event.outcome.stream, now, (status) => withOutcome(status, event.outcome, now));
    case 'idle':
      return event.streams.reduce(
        (next, stream) =>
          onStream(next, stream, now, (status) => ({
            ...withoutEndless(recover(status, now), now),
            phase: 'waiting',
            caughtUp: true,
            caughtUpAt: now,
            checkedAt: now,
          })),
        snapshot,
      );
    case 'pollPlanned':
      return { ...snapshot, nextPollAt: event.at };
    case 'failed':
      return onProblem(snapshot, event.subject, now, (current) => failed(current, event, now));
    case 'gaveUp':
      return onProblem(snapshot, event.subject, now, (current) => current && parked(current, now));
    case 'recovered':
      return onProblem(snapshot, event.subject, now, () => undefined);
    case 'restarted':
      return settle(
        {
          ...withoutPlan(withoutProblem(snapshot)),
          stage: 'Pending',
          streams: snapshot.streams.map((status) => renewed(status, now)),
          restarts: snapshot.restarts + 1,
        },
        now,
      );
    case 'stopping':
      return moveTo(snapshot, 'Stopping', now);
    case 'ended':
      return moveTo(atRest(snapshot), event.state, now);
  }
}

function configure(snapshot: SourceSnapshot, settings: SourceSettings): SourceSnapshot {
  const { retryAgainEveryMs: _before, ...rest } = snapshot;
  const { name, collector, version, pollIntervalMs, retryAgainEveryMs, streams } = settings;
  const known = new Map(snapshot.streams.map((status) => [status.stream, status]));
  return {
    ...rest,
    ...{ name, collector, version, pollIntervalMs },
    ...(retryAgainEveryMs === undefined ? {} : { retryAgainEveryMs }),
    streams: streams.map((stream) => known.get(stream) ?? newStreamStatus(stream)),
  };
}

function withOutcome(status: StreamStatus, outcome: StreamOutcome, now: string): StreamStatus {
  const caughtUp = outcome.result === 'caughtUp';
  const known = { ...withProgress(status, outcome), ...withNotices(status, outcome, now) };
  if (outcome.failure !== undefined) {
    const problem = failed(undefined, { failure: outcome.failure, attempt: 1, ...waitOf(outcome.failure, now) }, now);
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

/** What was counted before the source began is no news. */
function resumed(status: StreamStatus, progress: StreamProgress, now: string): StreamStatus {
  const isNews = status.position !== undefined;
  return { ...withProgress(status, progress), ...(isNews ? withNotices(status, progress, now) : {}) };
}

/** What the checkpoint says, known for the first time or anew. */
function withProgress(status: StreamStatus, progress: Partial<StreamProgress>): StreamStatus {
  const { totals, position, lastEventTime, gaps, resets, ruled, altered } = progress;
  return {
    ...status,
    ...totals,
    ...(position === undefined ? {} : { position }),
    ...(lastEventTime === undefined ? {} : { lastEventTime }),
    ...(gaps === undefined ? {} : { gaps }),
    ...(resets === undefined ? {} : { resets }),
    ...(ruled === undefined ? {} : { ruled }),
    ...(altered === undefined ? {} : { altered }),
  };
}

function failed(
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
    ...(failure.retry ? { until: new Date(Date.parse(since) + PATIENCE_MS).toISOString() } : {}),
    ...(failure.retry && retryAt !== undefined ? { retryAt } : {}),
  };
}

/** When to try again, if the other side asked for a wait. */
function waitOf({ retry, retryAfterMs }: Failure, now: string): { readonly retryAt?: string } {
  if (!retry || retryAfterMs === undefined) return {};
  const pauseMs = nextPauseMs({ attempt: 1, elapsedMs: 0, retryAfterMs });
  return { retryAt: new Date(Date.parse(now) + pauseMs).toISOString() };
}

function parked({ until: _until, retryAt: _retryAt, ...problem }: Problem, now: string): Problem {
  return { ...problem, gaveUp: true, gaveUpAt: now };
}

function recover({ problem, ...status }: StreamStatus, now: string): StreamStatus {
  return problem === undefined ? status : { ...status, lastProblem: { ...problem, endedAt: now } };
}

/** After a restart, streams that were well and caught up are looked at by a sweep, all others by themselves. */
function renewed({ notices: _seen, ...status }: StreamStatus, now: string): StreamStatus {
  const well = status.caughtUp && status.problem === undefined;
  return { ...recover(status, now), phase: well ? 'waiting' : 'idle', caughtUp: false };
}

function withoutPlan({ nextPollAt: _nextPollAt, ...snapshot }: SourceSnapshot): SourceSnapshot {
  return snapshot;
}

function atRest(snapshot: SourceSnapshot): SourceSnapshot {
  return { ...withoutPlan(snapshot), streams: snapshot.streams.map((status) => ({ ...status, phase: 'idle' })) };
}

function withoutProblem({ problem: _problem, ...snapshot }: SourceSnapshot): SourceSnapshot {
  return snapshot;
}

function onStream(
  snapshot: SourceSnapshot,
  stream: StreamName,
  now: string,
  change: (status: StreamStatus) => StreamStatus,
): SourceSnapshot {
  const streams = snapshot.streams.map((status) => (status.stream === stream ? change(status) : status));
  return settle({ ...snapshot, streams }, now);
}

function onProblem(
  snapshot: SourceSnapshot,
  subject: Subject,
  now: string,
  change: (current: Problem | undefined) => Problem | undefined,
): SourceSnapshot {
  if (isSourceStep(subject)) {
    const current = snapshot.problem?.step === subject ? snapshot.problem : undefined;
    const problem = change(current);
    if (problem !== undefined) return settle({ ...snapshot, problem: { ...problem, step: subject } }, now);
    return current === undefined ? snapshot : settle(withoutProblem(snapshot), now);
  }
  return onStream(snapshot, subject, now, (status) => {
    const problem = change(status.problem);
    if (problem === undefined) {
      return status.problem === undefined ? status : { ...recover(status, now), phase: 'collecting' };
    }
    return { ...status, problem, phase: problem.gaveUp ? 'parked' : 'retrying' };
  });
}

/** Derives totals, health and state from the rest. A source that is ending stays in the states of its end. */
function settle(unsettled: SourceSnapshot, now: string): SourceSnapshot {
  const snapshot = { ...unsettled, streams: unsettled.streams.map((status) => withCurrentNotices(status, now)) };
  const health = healthOf(snapshot);
  const settled = { ...snapshot, health, totals: snapshot.streams.reduce(addCounts, NO_COUNTS) };
  const ending = settled.state === 'Stopping' || settled.state === 'Stopped' || settled.state === 'Deleted';
  return ending ? settled : moveTo(settled, health === 'Error' ? 'Error' : settled.stage, now);
}

function moveTo(snapshot: SourceSnapshot, state: LifecycleState, now: string): SourceSnapshot {
  if (state === snapshot.state) return snapshot;
  if (!isLegalTransition(snapshot.state, state)) throw new IllegalTransitionError(snapshot.state, state);
  return { ...snapshot, state, since: now };
}
