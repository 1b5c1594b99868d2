/**
 * Reading again what was read before: `backfill` stores what is missing of a time, `verify` only tells what is. Both run
 * beside the collection, as workflows of their own, and touch no checkpoint.
 */

import type { StreamName } from '../streams/streams.js';

export const REREAD_KINDS = ['backfill', 'verify'] as const;
export type RereadKind = (typeof REREAD_KINDS)[number];

export const REREAD_WORKFLOW_TYPE: Readonly<Record<RereadKind, string>> = {
  backfill: 'mimecastBackfill',
  verify: 'mimecastVerify',
};
/** Answers with the `RereadReport` as it is now. */
export const PROGRESS_QUERY = 'progress';

/** A source has at most one workflow of each kind at a time. */
export function rereadWorkflowId(sourceId: number, kind: RereadKind): string {
  return `mimecast-source-${sourceId}-${kind}`;
}

/** Argument of the workflow. */
export interface RereadRequest {
  readonly sourceId: number;
  /** Identity of the source's installation; absent in requests of earlier versions. */
  readonly installation?: string;
  readonly streams: readonly StreamName[];
  /** ISO times; both bounds belong to the range. */
  readonly from: string;
  readonly to: string;
  /** What the run before hands over, when the history has grown long. */
  readonly carried?: RereadReport;
}

export interface RereadCounts {
  /** Records of the range that Mimecast handed out. */
  readonly read: number;
  /** Of those, the ones that were not in the store, what could not be read as a record included. */
  readonly missing: number;
  /** Of those, the ones that are stored now; a `verify` stores none. */
  readonly restored: number;
  /** Files that could not be read again, damaged or gone: what they held is not known. */
  readonly unreadFiles: number;
}

export const NO_REREAD_COUNTS: RereadCounts = { read: 0, missing: 0, restored: 0, unreadFiles: 0 };

export function addRereadCounts(a: RereadCounts, b: RereadCounts): RereadCounts {
  return {
    read: a.read + b.read,
    missing: a.missing + b.missing,
    restored: a.restored + b.restored,
    unreadFiles: a.unreadFiles + b.unreadFiles,
  };
}

/** What one slice of work found; `counts` are those of the stream since the workflow began. */
export interface RereadOutcome {
  readonly counts: RereadCounts;
  readonly done: boolean;
  /** Where it stands, for people. */
  readonly position: string;
  /** What could not be read again, for people: out of the API's reach, damaged. */
  readonly notes: readonly string[];
  /** Why not all of the range could be read; absent when it could. */
  readonly failure?: string;
}

export interface StreamReread extends RereadOutcome {
  readonly stream: StreamName;
}

export interface RereadReport {
  readonly sourceId: number;
  readonly kind: RereadKind;
  /** Names the run in the collection `missing_records`. */
  readonly run: string;
  readonly from: string;
  readonly to: string;
  readonly streams: readonly StreamReread[];
  /** Sums over the streams. */
  readonly totals: RereadCounts;
}

export function newReport({ sourceId, streams, from, to }: RereadRequest, kind: RereadKind, run: string): RereadReport {
  const begun = { counts: NO_REREAD_COUNTS, done: false, position: 'not begun', notes: [] };
  const all = streams.map((stream) => ({ stream, ...begun }));
  return { sourceId, kind, run, from, to, streams: all, totals: NO_REREAD_COUNTS };
}

/** The report after news of one stream. */
export function withStream(
  report: RereadReport,
  news: Partial<StreamReread> & Pick<StreamReread, 'stream'>,
): RereadReport {
  const streams = report.streams.map((known) => (known.stream === news.stream ? { ...known, ...news } : known));
  return { ...report, streams, totals: streams.map(({ counts }) => counts).reduce(addRereadCounts, NO_REREAD_COUNTS) };
}

/** Whether the stream has nothing more to do. */
export function isOver({ done, failure }: StreamReread): boolean {
  return done || failure !== undefined;
}
