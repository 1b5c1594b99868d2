/** Erasures of people: what was asked for, how far it is, and what came of it. */

import type { ByCollection, ErasurePlace, ErasureState } from '../domain/erasure/erasure.js';
import { collection, type Indexes, type Store } from './driver.js';
import { nextId } from './ids.js';
import { CheckpointMovedError } from './writer.js';

export interface ErasureDocument {
  readonly _id: number;
  readonly state: ErasureState;
  readonly reason: string;
  readonly startedBy: string;
  readonly startedAt: Date;
  /** What came later is not meant. */
  readonly confirmedAt?: Date;
  readonly endedAt?: Date;
  /** Forgotten when it ends. */
  readonly addresses?: readonly string[];
  readonly addressCount: number;
  readonly place?: ErasurePlace;
  /** Grows with each move: of two attempts one goes on. */
  readonly moves: number;
  readonly found: ByCollection;
  readonly erased: ByCollection;
  readonly left: ByCollection;
  readonly later: ByCollection;
  readonly similar: ByCollection;
  /** Keys of exported objects that hold what was erased. */
  readonly exported?: readonly string[];
  readonly updatedAt: Date;
}

const erasures = collection<ErasureDocument>('erasures');
export const ERASURE_INDEXES: Indexes = { erasures: [{ key: { state: 1 } }] };

export async function beginErasure(
  store: Store,
  begun: Required<Pick<ErasureDocument, 'addresses' | 'reason' | 'startedBy'>>,
): Promise<ErasureDocument> {
  const now = new Date();
  const document: ErasureDocument = {
    ...{ _id: await nextId(store, 'erasure'), state: 'Counting', ...begun, addressCount: begun.addresses.length },
    ...{ startedAt: now, updatedAt: now, moves: 0, found: {}, erased: {}, left: {}, later: {}, similar: {} },
  };
  await erasures(store).insertOne(document);
  return document;
}

export function erasureOf(store: Store, _id: number): Promise<ErasureDocument | null> {
  return erasures(store).findOne({ _id });
}

/** The newest first. */
export function newestErasures(store: Store, limit: number): Promise<ErasureDocument[]> {
  return erasures(store).find().sort({ _id: -1 }).limit(limit).toArray();
}

/** Those for which a worker has something to do. */
export function activeErasures(store: Store): Promise<ErasureDocument[]> {
  return erasures(store)
    .find({ state: { $in: ['Counting', 'Erasing'] } })
    .toArray();
}

/** @returns nothing when it is not in that state any more. */
export function changeErasure(
  store: Store,
  _id: number,
  from: readonly ErasureState[],
  state: 'Erasing' | 'Canceled',
): Promise<ErasureDocument | null> {
  const now = new Date();
  const ended = state === 'Canceled';
  return erasures(store).findOneAndUpdate(
    { _id, state: { $in: [...from] } },
    {
      $set: {
        ...{ state, updatedAt: now, left: {}, later: {}, similar: {} },
        ...(ended ? { endedAt: now } : { confirmedAt: now }),
      },
      $unset: { place: true, ...(ended ? { addresses: true } : {}) },
      $inc: { moves: 1 },
    },
    { returnDocument: 'after' },
  );
}

/** Cancels those that were not confirmed, or could not be counted, until a time: addresses are not kept for nothing. */
export async function cancelForgotten(store: Store, before: Date): Promise<void> {
  const now = new Date();
  await erasures(store).updateMany(
    { state: { $in: ['Counting', 'Previewed'] }, updatedAt: { $lt: before } },
    { $set: { state: 'Canceled', endedAt: now, updatedAt: now }, $unset: { addresses: true }, $inc: { moves: 1 } },
  );
}

export interface ErasureMove {
  /** Absent: it has come to the end of what was asked for. */
  readonly place?: ErasurePlace | undefined;
  readonly state?: 'Previewed' | 'Completed';
  readonly found?: ByCollection;
  readonly erased?: ByCollection;
  readonly left?: ByCollection;
  readonly later?: ByCollection;
  readonly similar?: ByCollection;
  readonly exported?: readonly string[];
}

/** @throws CheckpointMovedError when another attempt has gone on, or it was canceled. */
export async function moveErasure(
  store: Store,
  { _id, moves }: ErasureDocument,
  { place, ...change }: ErasureMove,
): Promise<ErasureDocument> {
  const now = new Date();
  const isOver = change.state === 'Completed';
  const moved = await erasures(store).findOneAndUpdate(
    { _id, moves, state: { $in: ['Counting', 'Erasing'] } },
    {
      $set: { ...change, ...(place && { place }), updatedAt: now, ...(isOver ? { endedAt: now } : {}) },
      $unset: { ...(place === undefined ? { place: true } : {}), ...(isOver ? { addresses: true } : {}) },
      $inc: { moves: 1 },
    },
    { returnDocument: 'after' },
  );
  if (moved === null) throw new CheckpointMovedError(`erasure ${_id}`);
  return moved;
}
