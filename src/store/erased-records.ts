/**
 * What was erased: the identities of records, and nothing of what they said. An identity that is here is not stored again, not
 * even as a line that can no longer be read, and is not missing.
 */

import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { checkpointId, checkpoints } from './checkpoints.js';
import { absentOf, collection, type Indexes, type Store } from './driver.js';
import { written } from './writer.js';

interface ErasedDocument {
  readonly _id: RecordId;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** The collection that it was in. */
  readonly from: string;
  /** Number of the erasure. */
  readonly erasure: number;
  /** Another identity of a record that was noted, too. */
  readonly isAlias?: true;
}

const erased = collection<ErasedDocument>('erased_records');
export const ERASED_INDEXES: Indexes = { erased_records: [{ key: { erasure: 1, from: 1 } }] };

/** The collection of what could not be read as a record. */
export const QUARANTINE = 'quarantine';

function identified(store: Store, name: string): Collection<{ readonly _id: RecordId }> {
  return collection<{ readonly _id: RecordId }>(name)(store);
}

const NONE: ReadonlySet<string> = new Set();

/** Of these ids, in hexadecimal, those that were erased. */
export async function erasedAmong(store: Store, ids: readonly RecordId[]): Promise<ReadonlySet<string>> {
  // Where nothing was ever erased this is all that it costs.
  if (ids.length === 0 || (await erased(store).findOne({}, { projection: { _id: 1 } })) === null) return NONE;
  const found = await erased(store)
    .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => _id.toString('hex')));
}

/** Of these ids, in hexadecimal, the ones that a collection does not hold although they were not erased. */
export async function absentUnlessErased(
  store: Store,
  from: string,
  ids: readonly RecordId[],
): Promise<ReadonlySet<string>> {
  const absent = await absentOf(identified(store, from), ids);
  const gone = await erasedAmong(
    store,
    ids.filter((id) => absent.has(id.toString('hex'))),
  );
  return gone.size === 0 ? absent : new Set([...absent].filter((id) => !gone.has(id)));
}

/**
 * Takes out again what was erased, and stored meanwhile or by an attempt that has died. To be called with what is about to be
 * stored, and once more after it is: an erasure notes what it erases before it does, so that one of the two is last.
 *
 * @returns which of the ids were erased, in hexadecimal
 */
export async function keepErased(
  store: Store,
  from: string,
  what: 'records' | 'quarantine',
  ids: readonly RecordId[],
): Promise<ReadonlySet<string>> {
  const gone = await erasedAmong(store, ids);
  if (gone.size > 0) {
    const which = ids.filter((id) => gone.has(id.toString('hex')));
    const { deletedCount } = await written(store, what, (options) =>
      identified(store, from).deleteMany({ _id: { $in: which } }, options),
    );
    // An attempt that has died may have stored it, and another one counted it.
    if (deletedCount > 0) await askForCounts(store, which);
  }
  return gone;
}

async function askForCounts(store: Store, ids: readonly RecordId[]): Promise<void> {
  const found = await erased(store)
    .find({ _id: { $in: [...ids] } })
    .toArray();
  const names = [...new Set(found.map(({ sourceId, stream }) => checkpointId(sourceId, stream)))];
  await checkpoints(store).updateMany({ _id: { $in: names } }, { $set: { recountFor: randomUUID() } });
}

export interface Erasable {
  readonly id: RecordId;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** The identity that it would be stored under today, if that may be another one. */
  readonly today?: RecordId;
}

/** Erases records. The order matters: noted, asked to be counted again, gone, counted off. */
export async function eraseRecords(
  store: Store,
  from: string,
  erasure: number,
  documents: readonly Erasable[],
): Promise<void> {
  if (documents.length === 0) return;
  await erased(store).bulkWrite(
    documents.flatMap(({ id, today, ...of }) => [
      noted(id, { ...of, from, erasure }),
      ...(today === undefined || today.toString('hex') === id.toString('hex')
        ? []
        : [noted(today, { ...of, from, erasure, isAlias: true })]),
    ]),
    { ordered: false },
  );
  for (const [checkpoint, ids] of byCheckpoint(documents)) {
    await checkpoints(store).updateOne({ _id: checkpoint }, { $set: { recountFor: randomUUID() } });
    const { deletedCount } = await identified(store, from).deleteMany({ _id: { $in: ids } });
    // Somebody may have counted in between.
    await checkpoints(store).updateOne(
      { _id: checkpoint },
      { $inc: { 'totals.stored': -deletedCount }, $set: { recountFor: randomUUID() } },
    );
  }
}

function noted(_id: RecordId, document: Omit<ErasedDocument, '_id'>) {
  return { updateOne: { filter: { _id }, update: { $setOnInsert: document }, upsert: true } };
}

function byCheckpoint(documents: readonly Erasable[]): Map<string, RecordId[]> {
  const groups = new Map<string, RecordId[]>();
  for (const { id, sourceId, stream } of documents) {
    const name = checkpointId(sourceId, stream);
    groups.set(name, [...(groups.get(name) ?? []), id]);
  }
  return groups;
}

/** The identities that an erasure has noted, in hexadecimal, by source. */
export async function erasedBySource(store: Store, erasure: number): Promise<Map<number, Set<string>>> {
  const ids = new Map<number, Set<string>>();
  for await (const { _id, sourceId } of erased(store).find({ erasure }))
    ids.set(sourceId, (ids.get(sourceId) ?? new Set()).add(_id.toString('hex')));
  return ids;
}

/** How many identities an erasure has noted of a collection. */
export function countErased(store: Store, erasure: number, from: string): Promise<number> {
  return erased(store).countDocuments({ erasure, from, isAlias: { $exists: false } });
}
