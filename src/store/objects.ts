/** What was read of the objects of a bucket, to be compared with what is there. */

import { createHash } from 'node:crypto';
import type { BadFile } from '../domain/records/bad-file.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store } from './driver.js';

/**
 * `read`: all its records are stored. `setAside`: it cannot be read, and is in quarantine. `failing`: it cannot be read so
 * far. `archived`: it has to be restored first. `gone`: it was listed and then no longer there.
 */
export type ObjectState = 'read' | 'setAside' | 'failing' | 'archived' | 'gone';

/** States that stand for something that was got over with. */
export const DONE_STATES: ReadonlySet<ObjectState> = new Set(['read', 'setAside', 'gone']);

export interface ObjectDocument {
  /** `<sourceId>/<stream>/<digest of bucket and key>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly key: string;
  /** These three as listed: another version of the object differs in one of them. */
  readonly etag: string;
  readonly size: number;
  readonly lastModified: Date;
  /** Of the version that was read, in a bucket that keeps versions. */
  readonly versionId?: string;
  readonly state: ObjectState;
  /** How many records it held, known before or not. */
  readonly records: number;
  /** When it was last tried. */
  readonly at: Date;
  /** Of one that cannot be read. */
  readonly failure?: BadFile;
}

const objects = collection<ObjectDocument>('objects');
const FAILING = { state: 'failing' } as const;
export const OBJECT_INDEXES: Indexes = {
  objects: [
    { key: { sourceId: 1, stream: 1, lastModified: 1 } },
    { key: { sourceId: 1, stream: 1, at: 1 }, partialFilterExpression: FAILING },
  ],
};

/** Whose objects they are, and in which bucket. */
export interface ObjectScope {
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly bucketName: string;
}

export function objectId({ sourceId, stream, bucketName }: ObjectScope, key: string): string {
  const digest = createHash('sha256').update(`${bucketName}\n${key}`).digest('base64url').slice(0, 27);
  return `${sourceId}/${stream}/${digest}`;
}

/** Of objects with these keys, what is known, by key. */
export async function knownObjects(
  store: Store,
  scope: ObjectScope,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ObjectDocument>> {
  if (keys.length === 0) return new Map();
  const found = objects(store).find({ _id: { $in: keys.map((key) => objectId(scope, key)) } });
  return new Map((await found.toArray()).map((document) => [document.key, document]));
}

export type ObjectNote = Omit<ObjectDocument, '_id' | 'sourceId' | 'stream' | 'at'>;

/** Notes what became of objects: of one that was read, after all its records are stored. */
export async function noteObjects(store: Store, scope: ObjectScope, notes: readonly ObjectNote[]): Promise<void> {
  if (notes.length === 0) return;
  const { sourceId, stream } = scope;
  const at = new Date();
  await objects(store).bulkWrite(
    notes.map((note) => ({
      replaceOne: {
        filter: { _id: objectId(scope, note.key) },
        replacement: { sourceId, stream, ...note, at },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

/** Objects that could not be read so far and were not tried again since a time. */
export function failingObjects(
  store: Store,
  { sourceId, stream }: ObjectScope,
  triedBefore: Date,
): Promise<ObjectDocument[]> {
  return objects(store)
    .find({ sourceId, stream, ...FAILING, at: { $lt: triedBefore } })
    .toArray();
}

/** Lets one object be taken for new. */
export async function forgetObject(store: Store, { _id }: Pick<ObjectDocument, '_id'>): Promise<void> {
  await objects(store).deleteOne({ _id });
}

/** By default as many would be fetched at once as fit into 16 MiB. */
const NOTES_AT_ONCE = 500;
const READ_BEFORE = (before: Date) => ({ state: 'read', lastModified: { $lt: before } }) as const;

/** Whether so many objects were read that were written before a time. */
export async function hasReadBefore(
  store: Store,
  { sourceId, stream }: ObjectScope,
  before: Date,
  count: number,
): Promise<boolean> {
  const filter = { sourceId, stream, ...READ_BEFORE(before) };
  return (await objects(store).countDocuments(filter, { limit: count })) === count;
}

/** Objects that were read and written before a time, by their keys in the order of bytes. */
export function notesReadBefore(
  store: Store,
  { sourceId, stream }: ObjectScope,
  before: Date,
): AsyncIterable<ObjectDocument> {
  return objects(store)
    .find({ sourceId, stream, ...READ_BEFORE(before) })
    .sort({ key: 1 })
    .allowDiskUse(true)
    .batchSize(NOTES_AT_ONCE);
}

/** Removes notes that are kept elsewhere, unless they tell of another version by now. */
export async function removeRead(store: Store, notes: readonly ObjectDocument[], before: Date): Promise<void> {
  await objects(store).deleteMany({ _id: { $in: notes.map(({ _id }) => _id) }, ...READ_BEFORE(before) });
}

/** Removes what is noted of objects that were written and found gone before a time: nothing more will come of them. */
export async function removeGone(store: Store, { sourceId, stream }: ObjectScope, before: Date): Promise<void> {
  const long = { $lt: before };
  await objects(store).deleteMany({ sourceId, stream, state: 'gone', lastModified: long, at: long });
}

/** Lets a stream's objects be read again, those that were written since a time. */
export async function forgetObjects(store: Store, sourceId: number, stream: StreamName, since: Date): Promise<void> {
  await objects(store).deleteMany({ sourceId, stream, lastModified: { $gte: since } });
}
