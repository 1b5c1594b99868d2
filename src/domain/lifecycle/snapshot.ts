/**
 * The whole state of a source as one serialisable value: what the `status` query answers, what is carried over a
 * continue-as-new, and what every view of a source is drawn from.
 */

import type { Failure, FailureType } from '../failures/failure.js';
import type { AlterationCounts } from '../streams/alterations.js';
import {
  type Counts,
  type GapCount,
  isSourceStep,
  NO_COUNTS,
  type PositionResets,
  type SourceStep,
} from '../streams/outcome.js';
import type { RuleCounts } from '../streams/rule-counts.js';
import type { StreamName } from '../streams/streams.js';
import type { LifecycleState } from './lifecycle.js';
import { type Notice, problemOfNotice } from './notice.js';

/** ErrorFacts that has not ended. Times are ISO strings. */
export interface Problem extends Failure {
  /** Attempts made since `since`. */
  readonly attempt: number;
  readonly since: string;
  /** Until when it will be tried again; absent when it is not. */
  readonly until?: string;
  readonly retryAt?: string;
  /** True when the retries are over: no further attempt is made until a restart or an update, or until `againAt`. */
  readonly gaveUp: boolean;
  /** When the retries ended. */
  readonly gaveUpAt?: string;
  /** When it is tried once more although it was given up, as `againEveryMs` or the configuration's `retryAgainEvery` asks for. */
  readonly againAt?: string;
  /** Of the common poll: the streams that cannot be collected meanwhile. */
  readonly affects?: readonly StreamName[];
  /** Nothing is failing: a notice, and `attempt` is how often it came. */
  readonly isNotice?: true;
}

/**
 * `idle` while the source starts or has ended · `waiting` for the next sweep · `collecting` · `retrying` after a failure
 * · `parked` until a restart or update.
 */
export type StreamPhase = 'idle' | 'waiting' | 'collecting' | 'retrying' | 'parked';

export interface StreamStatus extends Counts {
  readonly stream: StreamName;
  readonly phase: StreamPhase;
  /** Whether the last look found nothing more to fetch. */
  readonly caughtUp: boolean;
  /** When it was last known to be caught up. */
  readonly caughtUpAt?: string;
  /** When a slice of work on it last ended well. */
  readonly checkedAt?: string;
  /** Time of the newest record stored, by the record's own clock. */
  readonly lastEventTime?: string;
  /** Where its checkpoint stands, for people. */
  readonly position?: string;
  readonly problem?: Problem;
  /** Times from which records are missing for good, since the source began; absent when there are none. */
  readonly gaps?: GapCount;
  readonly resets?: PositionResets;
  /** What the processing rules did; absent when nothing. */
  readonly ruled?: RuleCounts;
  /** Records that could not be stored exactly as received; absent when none. */
  readonly altered?: AlterationCounts;
  /** Warnings that stop nothing; absent when there are none. */
  readonly notices?: readonly Notice[];
  /** The last problem that ended, for the question "what was it?". */
  readonly lastProblem?: Problem & { readonly endedAt: string };
}

export const HEALTHS = ['Healthy', 'Warning', 'Error'] as const;
export type Health = (typeof HEALTHS)[number];

/** The states that a source reaches on its healthy way. */
export type Stage = Extract<LifecycleState, 'Pending' | 'Started' | 'Initialized' | 'Authenticated' | 'Collecting'>;

export interface SourceSnapshot {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
  readonly state: LifecycleState;
  /** Since when it has been in `state`. */
  readonly since: string;
  /** How far the source has come, whatever fails now: the state it returns to. */
  readonly stage: Stage;
  readonly health: Health;
  /** ErrorFacts of the source as a whole: of a start-up step, or of what all streams need. */
  readonly problem?: Problem & { readonly step: SourceStep };
  readonly streams: readonly StreamStatus[];
  /** Sums over the streams. */
  readonly totals: Counts;
  /** When the workflow was first started, and how often it was restarted since. */
  readonly startedAt: string;
  readonly restarts: number;
  /** Version of the configuration in use; 0 before it was validated. */
  readonly version: number;
  readonly pollIntervalMs: number;
  /** See `SourceSettings`. */
  readonly retryAgainEveryMs?: number;
  /** When the next sweep of the caught-up streams is due. */
  readonly nextPollAt?: string;
  /** By how much that is later or earlier than a whole interval after the end of the poll before; absent without a spread. */
  readonly pollSpreadMs?: number;
}

export function newStreamStatus(stream: StreamName): StreamStatus {
  return { stream, phase: 'idle', caughtUp: false, ...NO_COUNTS };
}

export function newSnapshot(
  identity: { readonly sourceId: number; readonly name?: string; readonly collector?: string },
  now: string,
): SourceSnapshot {
  return {
    sourceId: identity.sourceId,
    name: identity.name ?? `source ${identity.sourceId}`,
    collector: identity.collector ?? '',
    state: 'Pending',
    since: now,
    stage: 'Pending',
    health: 'Healthy',
    streams: [],
    totals: NO_COUNTS,
    startedAt: now,
    restarts: 0,
    version: 0,
    pollIntervalMs: 0,
  };
}

export type Subject = StreamName | SourceStep;
export type SubjectProblem = Problem & { readonly subject: Subject };

/** The open problem of a stream or step. */
export function problemOf({ streams, problem }: SourceSnapshot, subject: Subject): Problem | undefined {
  if (!isSourceStep(subject)) return streams.find(({ stream }) => stream === subject)?.problem;
  return problem?.step === subject ? problem : undefined;
}

/** The open problem of the common poll: an outage of Mimecast, or of MongoDB. */
export function sweepProblemOf({ problem }: SourceSnapshot): Problem | undefined {
  return problem?.step === 'sweep' ? problem : undefined;
}

/** Whether somebody has to see to the source: something was given up. What is still retried may pass by itself. */
export function needsAttention(snapshot: SourceSnapshot): boolean {
  return openProblems(snapshot).some(({ gaveUp }) => gaveUp);
}

/** Whether nothing is being tried at the moment because an attempt has failed and the next one is still to come. */
export function isPausing({ retryAt, gaveUp }: Problem, nowMs: number): boolean {
  return !gaveUp && retryAt !== undefined && Date.parse(retryAt) > nowMs;
}

/** All open problems and notices, the source's own first, errors before warnings. */
export function openProblems(snapshot: SourceSnapshot): SubjectProblem[] {
  const { problem } = snapshot;
  const own = problem === undefined ? [] : [{ ...problem, subject: problem.step as Subject }];
  const ofStreams = snapshot.streams.flatMap(({ stream, problem, notices = [] }) =>
    [...(problem === undefined ? [] : [problem]), ...notices.map(problemOfNotice)].map((of) => {
      return { ...of, subject: stream as Subject };
    }),
  );
  return [...own, ...ofStreams].sort((a, b) => severityRank(a) - severityRank(b));
}

function severityRank(problem: Problem): number {
  return isError(problem) ? 0 : 1;
}

/** A warning becomes an error when its retry budget is used up. */
export function isError(problem: Problem): boolean {
  return problem.severity === 'error' || problem.gaveUp;
}

export function healthOf(snapshot: SourceSnapshot): Health {
  const [worst] = openProblems(snapshot);
  if (worst === undefined) return 'Healthy';
  return isError(worst) ? 'Error' : 'Warning';
}

/** Type of the worst open error, for the search attribute; `undefined` when there is none. */
export function errorTypeOf(snapshot: SourceSnapshot): FailureType | undefined {
  return openProblems(snapshot).find(isError)?.type;
}

/**
 * How far a stream is behind, in milliseconds: nothing when its last look found no more, and was not long ago; else the
 * time since then, or the age of the newest record stored. `undefined` when nothing is known yet.
 *
 * @param pollIntervalMs a look that is older than three intervals proves nothing. Default: any look does.
 */
export function lagMs(
  status: StreamStatus,
  nowMs: number,
  pollIntervalMs = Number.POSITIVE_INFINITY,
): number | undefined {
  const age = status.caughtUpAt === undefined ? 0 : nowMs - Date.parse(status.caughtUpAt);
  if (status.caughtUp && status.problem === undefined && age < 3 * pollIntervalMs) return 0;
  const known = status.caughtUp ? status.caughtUpAt : status.lastEventTime;
  return known === undefined ? undefined : Math.max(0, nowMs - Date.parse(known));
}

/** Time of the newest record over all streams. */
export function lastEventTimeOf(snapshot: SourceSnapshot): string | undefined {
  return snapshot.streams
    .map(({ lastEventTime }) => lastEventTime)
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
}
