/**
 * The driver's side of the store. Only files of this folder may import this one: to all others a `Store` is something that
 * they can hand to the functions of this folder and cannot look into.
 */

import { type Collection, type Db, type Document, type IndexDescription, MongoServerError } from 'mongodb';
import type { RecordId } from '../domain/records/record.js';
import type { LabelsOf, Observer } from '../metrics/observer.js';

export const DB: unique symbol = Symbol('db');

export interface Store {
  readonly [DB]: Db;
  /** Told how long the writes of the collection take. Default: nobody is. */
  readonly observer?: Observer | undefined;
}

/** What a write of the collection is of. */
export type Written = LabelsOf<'mimecast_store_write_duration_seconds'>['what'];

/** How a file opens the collection that it is about. */
export function collection<T extends Document>(name: string): (store: Store) => Collection<T> {
  return ({ [DB]: db }) => db.collection<T>(name);
}

/** How long an operation may take, where it may take longer than others. */
export interface TimeLimit {
  readonly timeoutMS: number;
}

/** By the names of the collections. */
export type Indexes = Readonly<Record<string, readonly IndexDescription[]>>;

/** Whether a unique index refuses a write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11_000;
}

/** Makes a write; one that a unique index refuses throws what `taken` makes. */
export async function unlessTaken<T>(write: () => Promise<T>, taken: () => Error): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isDuplicate(error) ? taken() : error;
  }
}

/** Of these ids, in hexadecimal, the ones that a collection does not hold. */
export async function absentOf(
  collection: Pick<Collection<{ readonly _id: RecordId }>, 'find'>,
  ids: readonly RecordId[],
): Promise<ReadonlySet<string>> {
  const absent = new Set(ids.map((id) => id.toString('hex')));
  if (ids.length === 0) return absent;
  for await (const { _id } of collection.find({ _id: { $in: ids as RecordId[] } }, { projection: { _id: 1 } })) {
    absent.delete(_id.toString('hex'));
  }
  return absent;
}
