/**
 * The one writer of a source's snapshot: every change is an event, and the lifecycle state is derived here and checked
 * against the table of legal moves.
 */

import type { Failure } from '../failures/failure.js';
import { present } from '../present.js';
import {
  addCounts,
  isSourceStep,
  NO_COUNTS,
  type SourceSettings,
  type StreamOutcome,
  type StreamProgress,
} from '../streams/outcome.js';
import type { StreamName } from '../streams/streams.js';
import { failed, parked } from './failing.js';
import { IllegalTransitionError, isLegalTransition, type LifecycleState } from './lifecycle.js';
import { unitedProblem } from './outage.js';
import {
  healthOf,
  newStreamStatus,
  type Problem,
  type SourceSnapshot,
  type Stage,
  type StreamStatus,
  type Subject,
} from './snapshot.js';
import { inSweep, recover, renewed, resumed, withOutcome, withProgress } from './stream-changes.js';
import { withCurrentNotices, withoutEndless } from './stream-notices.js';

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
  /**
   * A slice of work on a stream ended. `before`: the outage that the stream was part of until now; failing on, it has been
   * failing since then. `united`: it is part of one by now, whatever came of the slice.
   */
  | {
      readonly kind: 'outcome';
      readonly outcome: StreamOutcome;
      readonly before?: Problem | undefined;
      readonly united?: true;
    }
  /** The problems of these streams are one problem of the source: the common poll, which they join, is its probe. */
  | { readonly kind: 'united'; readonly streams: readonly StreamName[] }
  /** A sweep found nothing new in these streams. */
  | { readonly kind: 'nothingNew'; readonly streams: readonly StreamName[] }
  | { readonly kind: 'pollPlanned'; readonly at: string; readonly spreadMs?: number }
  | {
      readonly kind: 'failed';
      readonly subject: Subject;
      readonly failure: Failure;
      readonly attempt: number;
      readonly retryAt?: string;
    }
  /** No further attempt will be made until a restart or an update. */
  | { readonly kind: 'gaveUp'; readonly subject: Subject }
  | { readonly kind: 'recovered'; readonly subject: Subject; readonly isSplit?: true }
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
      return derive({ ...snapshot, stage: event.stage }, now);
    case 'configured':
      return derive(configure(snapshot, event.settings), now);
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
      return onStream(snapshot, event.outcome.stream, now, (status) =>
        event.united
          ? inSweep(withOutcome(status, event.outcome, now))
          : withOutcome(status, event.outcome, now, event.before),
      );
    case 'united':
      return derive(unite(snapshot, event.streams, now), now);
    case 'nothingNew':
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
      return {
        ...withoutPlan(snapshot),
        nextPollAt: event.at,
        ...present({ pollSpreadMs: event.spreadMs }),
      };
    case 'failed':
      return onProblem(snapshot, event.subject, now, (current) => failed(current, event, now));
    case 'gaveUp':
      return onProblem(snapshot, event.subject, now, (current) =>
        current === undefined ? undefined : parked(current, snapshot.retryAgainEveryMs, now),
      );
    case 'recovered':
      return onProblem(snapshot, event.subject, now, () => undefined);
    case 'restarted':
      return derive(
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
    ...present({ name, collector, version, pollIntervalMs, retryAgainEveryMs }),
    streams: streams.map((stream) => known.get(stream) ?? newStreamStatus(stream)),
  };
}

function unite(snapshot: SourceSnapshot, streams: readonly StreamName[], now: string): SourceSnapshot {
  const united = {
    ...snapshot,
    problem: { ...unitedProblem(snapshot, streams, now), step: 'sweep' as const },
    streams: snapshot.streams.map((status) =>
      streams.includes(status.stream) ? { ...inSweep(status), caughtUp: false } : status,
    ),
  };
  return { ...united, problem: { ...united.problem, affects: sweptStreams(united) } };
}

function sweptStreams({ streams }: SourceSnapshot): StreamName[] {
  return streams.filter(({ phase }) => phase === 'waiting').map(({ stream }) => stream);
}

function withoutPlan({ nextPollAt: _at, pollSpreadMs: _spread, ...snapshot }: SourceSnapshot): SourceSnapshot {
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
  return derive({ ...snapshot, streams }, now);
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
    if (problem !== undefined) {
      const affects = subject === 'sweep' ? { affects: sweptStreams(snapshot) } : {};
      return derive({ ...snapshot, problem: { ...problem, step: subject, ...affects } }, now);
    }
    return current === undefined ? snapshot : derive(withoutProblem(snapshot), now);
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
function derive(changed: SourceSnapshot, now: string): SourceSnapshot {
  const snapshot = { ...changed, streams: changed.streams.map((status) => withCurrentNotices(status, now)) };
  const health = healthOf(snapshot);
  const derived = { ...snapshot, health, totals: snapshot.streams.reduce(addCounts, NO_COUNTS) };
  const ending = derived.state === 'Stopping' || derived.state === 'Stopped' || derived.state === 'Deleted';
  return ending ? derived : moveTo(derived, health === 'Error' ? 'Error' : derived.stage, now);
}

function moveTo(snapshot: SourceSnapshot, state: LifecycleState, now: string): SourceSnapshot {
  if (state === snapshot.state) return snapshot;
  if (!isLegalTransition(snapshot.state, state)) throw new IllegalTransitionError(snapshot.state, state);
  return { ...snapshot, state, since: now };
}
