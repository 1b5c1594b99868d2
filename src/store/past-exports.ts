/**
 * Exports of the past: what was asked for, and how far it is. What each of their objects holds is noted beside it, in
 * `past-parts.ts`.
 */

import type { PastCounts, PastExportState, PastTarget } from '../domain/export/past-export.js';
import type { Failure } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, isDuplicate, type Store } from './driver.js';
import { nextId } from './ids.js';
import { PAST_PART_INDEXES } from './past-parts.js';
import { CheckpointMovedError } from './writer.js';

/** Where it is in its present stream: first come the objects that are known, then the records that are in none. */
export interface PastPosition {
  readonly stream: StreamName;
  /** Behind the note of this known object. */
  readonly after?: string;
  /** Once all known ones were looked at: from this time of the records on. */
  readonly from?: Date;
}

export interface PastExportDocument {
  readonly _id: number;
  readonly sourceId: number;
  /** The same for whoever asks for the same: in the words in which it was asked for, with ages as ages. */
  readonly wish: string;
  readonly from: Date;
  /** Not a part of the range. */
  readonly to: Date;
  readonly streams: readonly StreamName[];
  readonly target: PastTarget;
  /** The secrets of its key, encrypted (JWE); dropped when it ends. */
  readonly secret?: string;
  readonly state: Exclude<PastExportState, 'Canceling'>;
  readonly cancelingAt?: Date;
  /** Absent at its beginning. */
  readonly position?: PastPosition;
  /** Number of the last object that it made itself and that is written. */
  readonly seq: number;
  /** Counts its steps, so that no two attempts take the same one. */
  readonly moves: number;
  readonly counts: Readonly<Partial<Record<StreamName, PastCounts>>>;
  readonly lastObject?: { readonly key: string; readonly records: number; readonly isNew: boolean };
  readonly problem?: Failure & { readonly since: string };
  readonly startedAt: Date;
  readonly startedBy: string;
  readonly updatedAt: Date;
  readonly endedAt?: Date;
}

const pastExports = collection<PastExportDocument>('past_exports');
const RUNNING = { state: 'Running' } as const;
export const PAST_EXPORT_INDEXES: Indexes = {
  past_exports: [
    { key: { sourceId: 1, _id: -1 } },
    { key: { sourceId: 1 }, name: 'one_running', unique: true, partialFilterExpression: RUNNING },
  ],
  ...PAST_PART_INDEXES,
};

/** Kept of a source; older ones are forgotten. */
const MOST_KEPT = 50;

export type NewPastExport = Pick<
  PastExportDocument,
  'sourceId' | 'wish' | 'from' | 'to' | 'streams' | 'target' | 'secret' | 'startedBy'
>;

export function nextPastExportId(store: Store): Promise<number> {
  return nextId(store, 'pastExport');
}

/** @returns `undefined` while another one of the source runs. */
export async function createPastExport(
  store: Store,
  _id: number,
  wanted: NewPastExport,
): Promise<PastExportDocument | undefined> {
  const now = new Date();
  const made = {
    _id,
    ...wanted,
    state: 'Running' as const,
    seq: 0,
    moves: 0,
    counts: {},
    startedAt: now,
    updatedAt: now,
  };
  try {
    await pastExports(store).insertOne(made);
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
  const { sourceId } = wanted;
  const old = await pastExports(store).find({ sourceId }, ID_ONLY).sort({ _id: -1 }).skip(MOST_KEPT).toArray();
  await pastExports(store).deleteMany({ _id: { $in: old.map((one) => one._id) } });
  return made;
}

const ID_ONLY = { projection: { _id: true } } as const;

export function pastExportOf(store: Store, sourceId: number, _id: number): Promise<PastExportDocument | null> {
  return pastExports(store).findOne({ _id, sourceId });
}

export function runningPastExport(store: Store, sourceId: number): Promise<PastExportDocument | null> {
  return pastExports(store).findOne({ sourceId, ...RUNNING });
}

/** The newest first. */
export function pastExportsOf(store: Store, sourceId: number): Promise<PastExportDocument[]> {
  return pastExports(store).find({ sourceId }).sort({ _id: -1 }).limit(MOST_KEPT).toArray();
}

/** Those that run, by what is stored, and that were not looked at since a time. */
export function quietPastExports(store: Store, since: Date): Promise<PastExportDocument[]> {
  return pastExports(store)
    .find({ ...RUNNING, updatedAt: { $lt: since } })
    .toArray();
}

/** Those that run and whose secret does not begin with a prefix. */
export function unsealedPastExports(
  store: Store,
  prefix: string,
): AsyncIterable<Pick<PastExportDocument, '_id' | 'sourceId' | 'secret'>> {
  const secret = { $exists: true, $not: new RegExp(`^${prefix}`) };
  return pastExports(store).find({ ...RUNNING, secret }, { projection: { sourceId: true, secret: true } });
}

/** Replaces a secret by the same one, encrypted anew, unless it was forgotten meanwhile. */
export async function sealPastExport(store: Store, _id: number, before: string, secret: string): Promise<void> {
  await pastExports(store).updateOne({ _id, secret: before }, { $set: { secret } });
}

/** What was done since the last time. */
export interface PastStep {
  readonly position: PastPosition;
  /** An object that is there now. */
  readonly object?: {
    readonly stream: StreamName;
    readonly key: string;
    readonly records: number;
    readonly isNew: boolean;
  };
  /** Of an object that this export made itself. */
  readonly seq?: number;
}

/** @throws CheckpointMovedError when another attempt has gone on, or it has ended. */
export async function movePastExport(
  store: Store,
  { _id, moves, seq }: PastExportDocument,
  { position, object, seq: next = seq }: PastStep,
): Promise<PastExportDocument> {
  const now = await pastExports(store).findOneAndUpdate(
    { _id, moves, ...RUNNING },
    {
      $set: {
        position,
        seq: next,
        updatedAt: new Date(),
        ...(object === undefined ? {} : { lastObject: lastOf(object) }),
      },
      $unset: { problem: true },
      $inc: { moves: 1, ...(object === undefined ? {} : incrementsOf(object)) },
    },
    { returnDocument: 'after' },
  );
  if (now === null) throw new CheckpointMovedError(`past export ${_id}`);
  return now;
}

type StepObject = NonNullable<PastStep['object']>;

function lastOf({ key, records, isNew }: StepObject): PastExportDocument['lastObject'] & object {
  return { key, records, isNew };
}

function incrementsOf({ stream, records, isNew }: StepObject): Readonly<Record<string, number>> {
  const counted: PastCounts = { objects: 1, records, existing: isNew ? 0 : 1 };
  return Object.fromEntries(Object.entries(counted).map(([name, by]) => [`counts.${stream}.${name}`, by]));
}

/** Notes what fails, since when it has. */
export async function notePastProblem(store: Store, _id: number, problem: Failure): Promise<void> {
  const now = new Date();
  const since = { $ifNull: ['$problem.since', now.toISOString()] };
  await pastExports(store).updateOne({ _id, ...RUNNING }, [
    { $set: { problem: { $mergeObjects: [{ $literal: problem }, { since }] }, updatedAt: now } },
  ]);
}

/** Ends one that runs; harmless when it has ended. @param problem why it failed. */
export async function endPastExport(
  store: Store,
  _id: number,
  state: 'Completed' | 'Canceled' | 'Failed',
  problem?: PastExportDocument['problem'],
): Promise<void> {
  const now = new Date();
  const noted = present({ problem });
  await pastExports(store).updateOne(
    { _id, ...RUNNING },
    {
      $set: { state, endedAt: now, updatedAt: now, ...noted },
      $unset: { secret: true, ...(problem === undefined ? { problem: true } : {}) },
    },
  );
}

/** Notes the wish to end it. @returns false when it has ended. */
export async function markPastCanceling(store: Store, _id: number): Promise<boolean> {
  const change = { $set: { cancelingAt: new Date() } };
  return (await pastExports(store).updateOne({ _id, ...RUNNING }, change)).matchedCount === 1;
}
