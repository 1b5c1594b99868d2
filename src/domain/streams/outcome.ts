/** What the activities hand back to the workflow: counts, times and reasons; never records, never secrets. */

import { type Failure, isFailure } from '../failures/failure.js';
import { RETRY_BUDGET_MS } from '../failures/retry-budget.js';
import type { AlterationCounts } from './alterations.js';
import type { RuleCounts } from './rule-counts.js';
import type { EndlessPages } from './stalled-listing.js';
import { STREAMS, type StreamName } from './streams.js';

export interface Counts {
  /** Records that were new and are stored. */
  readonly stored: number;
  /** Records met again that were stored already, and so skipped. */
  readonly duplicates: number;
  /** Lines or files that could not be read as records and are kept in `quarantine`. */
  readonly quarantined: number;
}

export const NO_COUNTS: Counts = { stored: 0, duplicates: 0, quarantined: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    stored: a.stored + b.stored,
    duplicates: a.duplicates + b.duplicates,
    quarantined: a.quarantined + b.quarantined,
  };
}

export function subtractCounts(a: Counts, b: Counts): Counts {
  return {
    stored: a.stored - b.stored,
    duplicates: a.duplicates - b.duplicates,
    quarantined: a.quarantined - b.quarantined,
  };
}

/** Times from which a stream's records are missing for good. */
export interface GapCount {
  readonly count: number;
  /** The one noticed last; times are ISO strings. */
  readonly last: { readonly from: string; readonly to: string; readonly reason: string };
}

/** How often a stream's position was given up because Mimecast refused it. */
export interface PositionResets {
  readonly count: number;
  /** `from`: ISO time from which on it was collected again. */
  readonly last: { readonly from: string; readonly reason: string };
}

/** What a stream's checkpoint says of it. */
export interface StreamProgress {
  readonly stream: StreamName;
  /** What it has counted since the source began. */
  readonly totals: Counts;
  /** ISO time of the newest record stored so far. */
  readonly lastEventTime?: string;
  /** Where it stands, for people. */
  readonly position: string;
  readonly gaps?: GapCount;
  readonly resets?: PositionResets;
  /** What the processing rules did; absent when nothing. */
  readonly ruled?: RuleCounts;
  /** Records that could not be stored exactly as received; absent when none. */
  readonly altered?: AlterationCounts;
  /** Set while its listing goes on without bringing anything new. */
  readonly endless?: EndlessPages;
}

/** What a slice found of the queue of notifications; nothing of it stops a stream. */
export interface QueueReport {
  /** Messages that are not understood, or of another bucket, and why the last of them is. */
  readonly strange?: { readonly count: number; readonly reason: string };
  /** Why it cannot be reached. */
  readonly outage?: string;
}

/** How a slice of work ends that does not fail. */
export type StreamEnd = 'caughtUp' | 'wait' | 'more';

/** What a stream looks like after a slice of work on it; without its progress when the checkpoint could not be read. */
export interface StreamOutcome extends Partial<StreamProgress> {
  readonly stream: StreamName;
  /**
   * `caughtUp`: nothing more to fetch. `wait`: nothing more now, though Mimecast says that it is not the end. `more`: the
   * slice's budget ended first. `failed`: see `failure`.
   */
  readonly result: StreamEnd | 'failed';
  readonly failure?: Failure;
  /** What this slice did. */
  readonly counts: Counts;
  /** Files read in this slice (SIEM streams). */
  readonly files: number;
  /** Of a bucket with a queue, where something is to be told of it. */
  readonly queue?: QueueReport;
  /** Why the last line or file of this slice went to quarantine, with its place. */
  readonly unreadable?: string;
}

/** Result of a sweep: outcomes of the streams that had news, and the names of those that had none. */
export interface SweepOutcome {
  readonly outcomes: readonly StreamOutcome[];
  readonly idle: readonly StreamName[];
}

/**
 * What the workflow was last told of its streams: records stored, entries in quarantine, gaps. An attempt that stored
 * something may have died before it told anybody.
 */
export type ToldCounts = Partial<Record<StreamName, readonly [stored: number, quarantined: number, gaps: number]>>;

/** Whether a checkpoint says the same as the workflow was told. */
export function isTold({ stream, totals, gaps }: Partial<StreamProgress>, told: ToldCounts): boolean {
  const known = stream && told[stream];
  if (known === undefined || totals === undefined) return true;
  const [stored, quarantined, gapCount] = known;
  return stored === totals.stored && quarantined === totals.quarantined && gapCount === (gaps?.count ?? 0);
}

/** Facts of the stored configuration that the workflow steers by. */
export interface SourceSettings {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
  readonly streams: readonly StreamName[];
  readonly pollIntervalMs: number;
  /** A stream that gave up after its 90 minutes is tried once more after each such time. Default: never. */
  readonly retryAgainEveryMs?: number;
  /** Counts the saved versions of the configuration. */
  readonly version: number;
}

/** Result of authentication: which streams the application may not read, and why. */
export interface Permissions {
  readonly denied: readonly { readonly stream: StreamName; readonly failure: Failure }[];
}

/** Sent by the worker to the workflow at a failing attempt, so that an error is seen at once and not after its retries. */
export interface AttemptFailed {
  /** The stream, or the name of the step when it concerns the whole source. */
  readonly subject: StreamName | SourceStep;
  readonly failure: Failure;
  readonly attempt: number;
  /** ISO time of the next attempt by the worker's clock; absent when there will be none. */
  readonly retryAt?: string;
  /** The same as milliseconds from the failure on, whatever the worker's clock says. */
  readonly pauseMs?: number;
}

export const SOURCE_STEPS = ['validate', 'initialize', 'authenticate', 'sweep', 'finalize'] as const;
export type SourceStep = (typeof SOURCE_STEPS)[number];

export function isSourceStep(subject: string): subject is SourceStep {
  return (SOURCE_STEPS as readonly string[]).includes(subject);
}

/** Whether a signal's payload is one: anybody can send a signal, and a wrong payload must not harm the workflow. */
export function isAttemptFailed(value: unknown): value is AttemptFailed {
  if (typeof value !== 'object' || value === null) return false;
  const { subject, failure, attempt, retryAt, pauseMs } = value as Partial<Record<keyof AttemptFailed, unknown>>;
  return (
    isSubject(subject) &&
    Number.isInteger(attempt) &&
    isFailure(failure) &&
    (retryAt === undefined || isTime(retryAt)) &&
    (pauseMs === undefined || isPause(pauseMs))
  );
}

function isSubject(value: unknown): value is StreamName | SourceStep {
  return typeof value === 'string' && (isSourceStep(value) || STREAMS.some((stream) => stream === value));
}

/** Nothing waits longer for its next attempt than the whole retry budget. */
function isPause(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= RETRY_BUDGET_MS;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
