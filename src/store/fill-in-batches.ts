/**
 * Batches of the fill-in that are under way: noted before their records are given indicators, and forgotten once these were
 * compared with the watchlists. What is still noted when a worker died is done again.
 */

import { ObjectId } from 'mongodb';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Store } from './driver.js';
import { shownToFill } from './indicator-fill-in.js';
import { records } from './records.js';

interface BatchDocument {
  readonly _id: ObjectId;
  readonly stream: StreamName;
  readonly recordIds: readonly RecordId[];
}

export interface FillInBatch {
  readonly id: ObjectId;
  readonly stream: StreamName;
  /** Those that are still stored, with what their indicators come from. */
  readonly documents: readonly RecordDocument[];
}

const batches = collection<BatchDocument>('indicator_fill_in_batches');

export async function noteBatch(store: Store, stream: StreamName, recordIds: readonly RecordId[]): Promise<ObjectId> {
  const _id = new ObjectId();
  await batches(store).insertOne({ _id, stream, recordIds });
  return _id;
}

export async function forgetBatch(store: Store, _id: ObjectId): Promise<void> {
  await batches(store).deleteOne({ _id });
}

export async function hasBatch(store: Store): Promise<boolean> {
  return (await batches(store).findOne({}, { projection: { _id: 1 } })) !== null;
}

/** Any of them. */
export async function noted(store: Store): Promise<FillInBatch | undefined> {
  const batch = await batches(store).findOne({});
  if (batch === null) return undefined;
  const { _id: id, stream, recordIds } = batch;
  const documents = await records(store, stream)
    .find({ _id: { $in: [...recordIds] } }, { projection: shownToFill(stream) })
    .toArray();
  return { id, stream, documents };
}
