/** Reading and moving checkpoints. */

import type { BadFile } from '../domain/records/bad-file.js';
import type { AlterationCounts } from '../domain/streams/alterations.js';
import type { ObjectListing, ObjectTally, ShortCut } from '../domain/streams/object-tally.js';
import {
  type Counts,
  type GapCount,
  NO_COUNTS,
  type PositionResets,
  type StreamProgress,
  subtractCounts,
} from '../domain/streams/outcome.js';
import type { RuleCounts } from '../domain/streams/rule-counts.js';
import type { StalledListing } from '../domain/streams/stalled-listing.js';
import { isSiemStream, type StreamName } from '../domain/streams/streams.js';
import type { OverlapRead, QueueState, WindowPosition } from '../domain/streams/window.js';
import { collection, type Indexes, type Store } from './driver.js';
import { progressOf } from './progress.js';
import { CheckpointMovedError, written } from './writer.js';

/** How far a stream of a source has been read. Written only after the records that it stands for. */
export interface CheckpointDocument {
  /** `<sourceId>/<stream>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** Grows with each write; a write on an older version is refused, so a worker thought dead cannot move it back. */
  readonly version: number;
  /** Start of the very first collection: nothing older is asked for. */
  readonly beginAt: Date;
  /** SIEM streams: the page to ask for; absent before the first page was finished. */
  readonly pageToken?: string;
  /** SIEM streams: names (host and path) of the files of that page that are stored; of a page of thousands, their digests. */
  readonly filesDone: readonly string[];
  /** SIEM streams: files of that page that were tried and cannot be read so far; the page waits for them. */
  readonly badFiles?: readonly BadFile[];
  /** SIEM streams: pages in a row that brought nothing new. */
  readonly idle?: StalledListing;
  /** Audit, DLP and hold: everything up to this time has been read. */
  readonly readUntil?: Date;
  /** Audit, DLP and hold: the window that is being read, when it did not fit into one slice. */
  readonly window?: WindowPosition;
  /** Audit, DLP and hold: when the overlap was last read whole; absent before the first window was. */
  readonly overlapRead?: OverlapRead;
  /** Hold: what is known of the queue as a whole. */
  readonly queue?: QueueState;
  /** From a bucket: where its listing goes on, when it did not fit into one slice. */
  readonly listing?: ObjectListing;
  /** From a bucket: what the last full listing found, and what was announced since. */
  readonly objects?: ObjectTally;
  /** From a bucket with a queue: when the last full listing began that found nothing failing. */
  readonly comparedAt?: Date;
  /** From a bucket: what the next listings leave out. */
  readonly shortCut?: ShortCut;
  readonly totals: Counts;
  /** Times from which its records are missing for good. */
  readonly gaps?: GapCount;
  /** What the processing rules did. */
  readonly ruled?: RuleCounts;
  /** Records that could not be stored exactly as received. */
  readonly altered?: AlterationCounts;
  /** Set while there may be records stored that `totals` does not count yet: a worker that died leaves it set. */
  readonly unsettled?: boolean;
  /** Who stores them, see `Writer`; to be fenced off before they are counted. */
  readonly writer?: string;
  /** Writers of a backfill that are storing a batch, and since when; one that died leaves its own. */
  readonly backfills?: Readonly<Record<string, Date>>;
  /** Set again whenever a backfill has stored something: `totals` is to be counted again. */
  readonly recountFor?: string;
  /** SIEM streams: when files last came, or else since when the stream is known to be empty. */
  readonly newsAt?: Date;
  /** SIEM streams: when the position was last proven, by files or by a look at what is listed by date. */
  readonly provenAt?: Date;
  /** SIEM streams: digests of the path and of the name of the last file that came. */
  readonly lastFile?: string;
  /** SIEM streams: how often in a row the token was refused. */
  readonly refusals?: number;
  /** How often the token was given up for that. */
  readonly resets?: PositionResets;
  /** When its position was last given up, by an operator or for being refused. */
  readonly resetAt?: Date;
  /** When a look last found nothing more; see `noteCaughtUp`. */
  readonly caughtUpAt?: Date;
  /** Newest `_messageTime` stored. */
  readonly lastEventTime?: Date;
  readonly updatedAt: Date;
}

/** For the files of this folder. */
export const checkpoints = collection<CheckpointDocument>('checkpoints');
export const CHECKPOINT_INDEXES: Indexes = { checkpoints: [{ key: { sourceId: 1 } }] };

export function checkpointId(sourceId: number, stream: StreamName): string {
  return `${sourceId}/${stream}`;
}

/** Makes the checkpoints that are missing; those that exist keep their place. */
export async function ensureCheckpoints(
  store: Store,
  sourceId: number,
  streams: readonly StreamName[],
  beginAt: Date,
): Promise<void> {
  const begun = { version: 1, beginAt, filesDone: [], totals: NO_COUNTS, updatedAt: new Date() };
  const made = streams.map((stream) => {
    const _id = checkpointId(sourceId, stream);
    return checkpoints(store).updateOne({ _id }, { $setOnInsert: { sourceId, stream, ...begun } }, { upsert: true });
  });
  await Promise.all(made);
}

/** All of a source. */
export function checkpointsOf(store: Store, sourceId: number): Promise<CheckpointDocument[]> {
  return checkpoints(store).find({ sourceId }).toArray();
}

/** What the checkpoints of some streams say; streams without one are left out. */
export async function readProgress(
  store: Store,
  sourceId: number,
  streams: readonly StreamName[],
): Promise<StreamProgress[]> {
  const ids = streams.map((stream) => checkpointId(sourceId, stream));
  const found = checkpoints(store).find({ _id: { $in: ids } });
  return (await found.toArray()).map(progressOf);
}

export async function hasCheckpoint(store: Store, sourceId: number, stream: StreamName): Promise<boolean> {
  return (await checkpoints(store).findOne({ _id: checkpointId(sourceId, stream) })) !== null;
}

/** After a restart, the position of a stream that stays empty is looked at again, and so is a bucket as a whole. */
export async function doubtPositions(store: Store, sourceId: number): Promise<void> {
  await checkpoints(store).updateMany({ sourceId }, { $unset: { provenAt: true, comparedAt: true, shortCut: true } });
}

/** @throws Error when there is none: the source was not initialized, or was removed meanwhile. */
export async function readCheckpoint(store: Store, sourceId: number, stream: StreamName): Promise<CheckpointDocument> {
  const found = await checkpoints(store).findOne({ _id: checkpointId(sourceId, stream) });
  if (found === null) throw new Error(`There is no checkpoint ${checkpointId(sourceId, stream)}; restart the source`);
  return found;
}

/**
 * Notes that all that was to be had of some streams by a time is stored. No attempt depends on it, so it changes no version: one
 * write for all streams of a sweep.
 */
export async function noteCaughtUp(
  store: Store,
  sourceId: number,
  streams: readonly StreamName[],
  at: Date,
): Promise<void> {
  if (streams.length === 0) return;
  const _id = { $in: streams.map((stream) => checkpointId(sourceId, stream)) };
  // One that was reset meanwhile has all before it again.
  const isAsItWas = { $or: [{ resetAt: { $exists: false } }, { resetAt: { $lt: at } }] };
  await checkpoints(store).updateMany({ _id, ...isAsItWas }, { $max: { caughtUpAt: at } });
}

export type CheckpointChange = {
  readonly pageToken?: string | undefined;
  readonly window?: WindowPosition | undefined;
  readonly idle?: StalledListing | undefined;
  readonly refusals?: number | undefined;
  readonly lastFile?: string | undefined;
  readonly writer?: string | undefined;
  readonly listing?: ObjectListing | undefined;
  readonly shortCut?: ShortCut | undefined;
} & Partial<
  Pick<
    CheckpointDocument,
    | 'beginAt'
    | 'filesDone'
    | 'badFiles'
    | 'readUntil'
    | 'overlapRead'
    | 'queue'
    | 'objects'
    | 'comparedAt'
    | 'totals'
    | 'gaps'
    | 'resets'
    | 'newsAt'
    | 'provenAt'
    | 'ruled'
    | 'altered'
    | 'unsettled'
    | 'lastEventTime'
  >
>;

/**
 * Moves a checkpoint on, if nobody else has since `current` was read.
 *
 * @returns the checkpoint as it is now.
 * @throws CheckpointMovedError otherwise.
 */
export async function moveCheckpoint(
  store: Store,
  current: CheckpointDocument,
  change: CheckpointChange,
): Promise<CheckpointDocument> {
  const { totals = current.totals, ...fields } = change;
  const entries = Object.entries({ ...fields, updatedAt: new Date() });
  const gone = entries.filter(([, value]) => value === undefined).map(([key]) => [key, true]);
  const moved = await written(store, 'checkpoints', (options) =>
    checkpoints(store).findOneAndUpdate(
      { _id: current._id, version: current.version },
      {
        $set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
        $unset: Object.fromEntries(gone),
        // Added and not set: a backfill counts into the same totals.
        $inc: { version: 1, ...totalsBy(subtractCounts(totals, current.totals)) },
      },
      { returnDocument: 'after', ...options },
    ),
  );
  if (moved === null) throw new CheckpointMovedError(current._id);
  return moved;
}

/** Files are listed by the day, and one may hold records of the day before. */
const FILES_MARGIN_MS = 86_400_000;

/**
 * Gives up a stream's position: it is collected again by date. An attempt that is under way steps back at its next write.
 *
 * @param from default: the last time up to which all is known to be read. In the future it counts as now.
 * @throws Error when there is no checkpoint: the stream has not been collected yet.
 */
export async function resetCheckpoint(
  store: Store,
  sourceId: number,
  stream: StreamName,
  from?: Date,
): Promise<CheckpointDocument> {
  const known = await readCheckpoint(store, sourceId, stream);
  const place = new Date(Math.min((from ?? completeUntil(known)).getTime(), Date.now()));
  // The windows of the other streams begin before, by their overlap, and `beginAt` is the floor of all of them.
  const floor = new Date(Math.min(known.beginAt.getTime(), place.getTime()));
  const byDate = isSiemStream(stream) ? { beginAt: place } : { beginAt: floor, readUntil: place };
  const reset = await checkpoints(store).findOneAndUpdate(
    { _id: known._id },
    {
      $set: { ...byDate, filesDone: [], resetAt: new Date(), updatedAt: new Date() },
      $unset: {
        pageToken: true,
        badFiles: true,
        window: true,
        overlapRead: true,
        idle: true,
        refusals: true,
        lastFile: true,
        queue: true,
        listing: true,
        comparedAt: true,
        shortCut: true,
        caughtUpAt: true,
      },
      $inc: { version: 1 },
    },
    { returnDocument: 'after' },
  );
  if (reset === null) throw new Error(`The checkpoint ${known._id} no longer exists`);
  return reset;
}

/** The last time up to which all of a stream is known to be read. */
export function completeUntil({ stream, beginAt, lastEventTime, readUntil }: CheckpointDocument): Date {
  if (!isSiemStream(stream)) return readUntil ?? beginAt;
  return lastEventTime === undefined ? beginAt : new Date(lastEventTime.getTime() - FILES_MARGIN_MS);
}

export function totalsBy({ stored, duplicates, quarantined }: Counts): Record<string, number> {
  return { 'totals.stored': stored, 'totals.duplicates': duplicates, 'totals.quarantined': quarantined };
}
