/**
 * How far exports are, and what is in each of their objects. A cut is written down before its objects are written, so that
 * a retry writes the same ones; later it is the note of what was exported.
 */

import { Binary } from 'mongodb';
import type { ExportState } from '../domain/export/export.js';
import type { PastTarget } from '../domain/export/past-export.js';
import type { Problem } from '../domain/lifecycle/snapshot.js';
import type { RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, isDuplicate, type Store } from './driver.js';
import { placeOfNow } from './export-changes.js';
import { exportingSources, stoppedExportingSources } from './sources.js';
import { CheckpointMovedError } from './writer.js';

/** Where a full comparison is: it goes through each stream in passes, each with a part of the ids. */
export interface Comparing {
  readonly stream: StreamName;
  readonly pass: number;
  readonly passes: number;
}

export interface ExportDocument {
  /** Of the source. */
  readonly _id: number;
  readonly sourceId: number;
  /** Number of the last cut whose objects are written. */
  readonly seq: number;
  /** Of MongoDB's changes: what came before it is in a cut, or found by the comparison. */
  readonly token: string;
  readonly comparing?: Comparing;
  readonly beginAt: Date;
  readonly objects: number;
  readonly records: number;
  readonly streams: Readonly<Partial<Record<StreamName, { readonly objects: number; readonly records: number }>>>;
  readonly caughtUpAt: Date;
  /** When a backfill has last stored records, as it does of a stopped source, too. */
  readonly backfilledAt?: Date;
  readonly lastObject?: { readonly key: string; readonly at: Date };
  readonly state: ExportState;
  readonly problem?: Problem;
  /** Version of the source's configuration that it has last begun to work with. */
  readonly seenVersion?: number;
  readonly updatedAt: Date;
}

/** The records of one object, in their order. */
export interface CutObject {
  readonly stream: StreamName;
  readonly ids: readonly RecordId[];
}

export interface Cut {
  readonly seq: number;
  /** When it was made; a part of the keys of its objects. */
  readonly at: Date;
  /** Where the changes go on after it; absent for what a comparison has found. */
  readonly token?: string;
  readonly objects: readonly CutObject[];
  /** Records in it that a change may name only later. */
  readonly early: readonly RecordId[];
  /** What was configured when it was made; absent in cuts of earlier versions. */
  readonly made?: Pick<PastTarget, 'prefix' | 'form'>;
}

interface CutDocument extends Omit<Cut, 'objects'> {
  /** `<sourceId>/<seq>` */
  readonly _id: string;
  readonly sourceId: number;
  /** The ids of an object one after the other: they are kept for as long as the source is. */
  readonly objects: readonly { readonly stream: StreamName; readonly ids: Binary }[];
}

const exports = collection<ExportDocument>('exports');
export const cuts = collection<CutDocument>('export_cuts');
export const EXPORT_INDEXES: Indexes = {
  export_cuts: [
    { key: { sourceId: 1, seq: 1 } },
    { key: { sourceId: 1, early: 1 }, partialFilterExpression: { 'early.0': { $exists: true } } },
  ],
};

export function exportOf(store: Store, sourceId: number): Promise<ExportDocument | null> {
  return exports(store).findOne({ _id: sourceId });
}

/** @returns the export as it stands; one that was not known begins with what is stored from now on. */
export async function beginExport(store: Store, sourceId: number): Promise<ExportDocument> {
  const known = await exportOf(store, sourceId);
  if (known !== null) return known;
  const token = await placeOfNow(store);
  const now = new Date();
  const begun = {
    ...{ sourceId, seq: 0, token, beginAt: now, objects: 0, records: 0, streams: {} },
    ...{ caughtUpAt: now, state: 'Exporting' as const, updatedAt: now },
  };
  const found = await exports(store).findOneAndUpdate(
    { _id: sourceId },
    { $setOnInsert: begun },
    { upsert: true, returnDocument: 'after' },
  );
  return found ?? { _id: sourceId, ...begun };
}

/** Begins those of sources whose program died between storing the source and this. To be called before such a source is started. */
export async function beginMissingExports(store: Store): Promise<void> {
  const wanted = await exportingSources(store);
  const known = new Set<number>(await exports(store).distinct('_id', { _id: { $in: wanted } }));
  for (const sourceId of wanted) if (!known.has(sourceId)) await beginExport(store, sourceId);
}

export async function cutOf(store: Store, sourceId: number, seq: number): Promise<Cut | undefined> {
  const found = await cuts(store).findOne({ _id: `${sourceId}/${seq}` });
  return found === null ? undefined : cutIn(found);
}

/** All that were written down. */
export async function* allCuts(store: Store, sourceId: number): AsyncGenerator<Cut, void, undefined> {
  for await (const found of cuts(store).find({ sourceId })) yield cutIn(found);
}

function cutIn(found: CutDocument): Cut {
  return { ...found, objects: found.objects.map(({ stream, ids }) => ({ stream, ids: unpacked(ids) })) };
}

/** Writes a cut down. @throws CheckpointMovedError when another attempt has written down one of the same number. */
export async function noteCut(store: Store, sourceId: number, cut: Cut): Promise<void> {
  const _id = `${sourceId}/${cut.seq}`;
  try {
    const objects = cut.objects.map(({ stream, ids }) => ({ stream, ids: packed(ids) }));
    await cuts(store).insertOne({ _id, sourceId, ...cut, objects });
  } catch (error) {
    throw isDuplicate(error) ? new CheckpointMovedError(`export ${_id}`) : error;
  }
}

const ID_BYTES = 16;

export function packed(ids: readonly RecordId[]): Binary {
  return new Binary(Buffer.concat(ids.map(({ buffer }) => buffer.subarray(0, ID_BYTES))));
}

export function unpacked({ buffer }: Binary): Binary[] {
  const count = Math.floor(buffer.length / ID_BYTES);
  return Array.from({ length: count }, (_, at) => new Binary(buffer.slice(at * ID_BYTES, (at + 1) * ID_BYTES)));
}

/** Of these records, in hexadecimal, those that an earlier cut has taken in before a change named them. */
export async function takenEarly(
  store: Store,
  sourceId: number,
  ids: readonly RecordId[],
): Promise<ReadonlySet<string>> {
  const wanted = new Set(ids.map((id) => id.toString('hex')));
  const found = new Set<string>();
  const filter = { sourceId, early: { $in: ids as RecordId[] }, 'early.0': { $exists: true } };
  for await (const { early } of cuts(store).find(filter, { projection: { early: 1 } })) {
    for (const id of early) if (wanted.has(id.toString('hex'))) found.add(id.toString('hex'));
  }
  return found;
}

export interface WrittenObject {
  readonly stream: StreamName;
  readonly key: string;
  readonly records: number;
}

/** After all objects of a cut are written. @throws CheckpointMovedError when another attempt has done it. */
export async function moveBehindCut(
  store: Store,
  current: ExportDocument,
  cut: Cut,
  written: readonly WrittenObject[],
): Promise<ExportDocument> {
  const updatedAt = new Date();
  const last = written.at(-1);
  const increments = written.flatMap(({ stream, records }) => [
    [`streams.${stream}.objects`, 1],
    [`streams.${stream}.records`, records],
  ]);
  return moved(store, current, {
    $set: {
      ...{ seq: cut.seq, updatedAt },
      ...(cut.token === undefined ? {} : { token: cut.token }),
      ...(last === undefined ? {} : { lastObject: { key: last.key, at: updatedAt } }),
    },
    $inc: {
      objects: written.length,
      records: written.reduce((sum, { records }) => sum + records, 0),
      ...Object.fromEntries(increments),
    },
  });
}

/** Notes another place without a cut. @throws CheckpointMovedError when another attempt has moved it. */
export function moveExport(
  store: Store,
  current: ExportDocument,
  { comparing, ...place }: { readonly [K in 'token' | 'comparing' | 'caughtUpAt']?: ExportDocument[K] | undefined },
): Promise<ExportDocument> {
  return moved(store, current, {
    $set: { ...place, ...(comparing === undefined ? {} : { comparing }), updatedAt: new Date() },
    ...(comparing === undefined ? { $unset: { comparing: true } } : {}),
  });
}

async function moved(store: Store, { _id, seq, token }: ExportDocument, update: object): Promise<ExportDocument> {
  const now = await exports(store).findOneAndUpdate({ _id, seq, token }, update, { returnDocument: 'after' });
  if (now === null) throw new CheckpointMovedError(`export ${_id}`);
  return now;
}

/** Sources whose export has something to do, or may have, and was not looked at since a time. */
export async function quietExports(store: Store, since: Date): Promise<number[]> {
  const wanted = new Set([...(await exportingSources(store)), ...(await backfilledExports(store))]);
  const active = await exports(store).distinct('_id', { _id: { $in: [...wanted] }, updatedAt: { $gte: since } });
  for (const id of active) wanted.delete(id);
  return [...wanted];
}

/** Of stopped sources: their exports have ended, and end again once they have caught up. */
async function backfilledExports(store: Store): Promise<number[]> {
  const stopped = await stoppedExportingSources(store);
  if (stopped.length === 0) return [];
  return exports(store).distinct('_id', { _id: { $in: stopped }, $expr: { $lte: ['$caughtUpAt', '$backfilledAt'] } });
}

/** After a backfill has stored records, or has ended in doubt whether it did. */
export async function noteBackfilled(store: Store, sourceId: number): Promise<void> {
  await exports(store).updateOne({ _id: sourceId }, { $set: { backfilledAt: new Date() } });
}

/** Notes that an export has begun to work with a version of its source's configuration. */
export async function noteExportSeen(store: Store, sourceId: number, version: number): Promise<void> {
  await exports(store).updateOne({ _id: sourceId }, { $set: { seenVersion: version } });
}

/** Those that have not begun to work with the stored configuration of their source, which is older than a time. */
export function exportsBehind(
  store: Store,
  changedBefore: Date,
): Promise<{ readonly sourceId: number; readonly version: number }[]> {
  return exports(store)
    .aggregate<{ readonly sourceId: number; readonly version: number }>([
      { $lookup: { from: 'sources', localField: '_id', foreignField: '_id', as: 'source' } },
      { $unwind: '$source' },
      {
        $match: {
          'source.updatedAt': { $lt: changedBefore },
          $expr: { $lt: [{ $ifNull: ['$seenVersion', 0] }, '$source.version'] },
        },
      },
      { $project: { _id: 0, sourceId: 1, version: '$source.version' } },
    ])
    .toArray();
}

/** Notes whether it has a problem. */
export async function noteExportHealth(store: Store, sourceId: number, problem: Problem | undefined): Promise<void> {
  const isError = problem?.gaveUp === true || problem?.severity === 'error';
  const state: ExportState = isError ? 'Error' : 'Exporting';
  await exports(store).updateOne(
    { _id: sourceId },
    problem === undefined ? { $set: { state }, $unset: { problem: true } } : { $set: { state, problem } },
  );
}
