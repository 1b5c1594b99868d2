/**
 * Objects of a bucket that were read, thousands in one document: of each there is only a digest of what the listing says of it.
 * That is enough to tell whether a listed object is one of them, and in this very version.
 */

import { createHash, randomUUID } from 'node:crypto';
import { Binary } from 'mongodb';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store } from './driver.js';
import { type ObjectDocument, type ObjectScope, objectId } from './objects.js';

export interface FoldedDocument {
  /** `<sourceId>/<stream>/<UUID>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  /** Keys of the first and the last of its objects, in the order of bytes: what lies outside need not be looked for here. */
  readonly first: string;
  readonly last: string;
  /** When the newest of them was written. */
  readonly newest: Date;
  /** In ascending order, one after the other. */
  readonly digests: Binary;
  readonly count: number;
  /** When one of them was last listed, to the day. */
  readonly seenAt: Date;
  /** Set until it is certain that the objects are not to be read again. */
  readonly isPending?: true;
}

const folded = collection<FoldedDocument>('folded_objects');
const IS_PENDING = { isPending: true } as const;
export const FOLDED_INDEXES: Indexes = {
  folded_objects: [
    { key: { sourceId: 1, stream: 1, first: 1, last: 1 } },
    { key: { sourceId: 1, stream: 1, seenAt: 1 } },
  ],
};

/**
 * An object whose digest is by chance that of another one would be taken for read. Of 128 bits, among a billion objects, that has
 * a probability of 10^-21.
 */
const DIGEST_BYTES = 16;
const DAY_MS = 86_400_000;
/** Folded objects that no full listing has met for so long, in milliseconds, have left the bucket. */
const UNSEEN_MS = 7 * DAY_MS;
/** Documents that are fetched at once: a megabyte. */
const AT_ONCE = 16;

/** An object as a listing names it. */
type Version = Pick<ObjectDocument, 'key' | 'etag' | 'size' | 'lastModified'>;

function digestOf(_id: string, { etag, size, lastModified }: Version): Buffer {
  const version = [_id, etag, size, lastModified.getTime()].join('\n');
  return createHash('sha256').update(version).digest().subarray(0, DIGEST_BYTES);
}

/** Of these objects, the keys of those that were read and folded in the version that is listed. */
export async function foldedAmong(
  store: Store,
  scope: ObjectScope,
  objects: readonly Version[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (objects.length === 0) return found;
  const sought = objects.map((object) => ({ key: object.key, digest: digestOf(objectId(scope, object.key), object) }));
  const keys = sought.map(({ key }) => Buffer.from(key)).sort(Buffer.compare);
  const [first = '', last = ''] = [keys[0]?.toString(), keys.at(-1)?.toString()];
  const { sourceId, stream } = scope;
  const unseen: string[] = [];
  const seenSince = Date.now() - DAY_MS;
  const documents = folded(store)
    .find({ sourceId, stream, first: { $lte: last }, last: { $gte: first }, isPending: { $exists: false } })
    .batchSize(AT_ONCE);
  for await (const { _id, digests, seenAt } of documents) {
    const bytes = digests.value();
    const among = sought.filter(({ digest }) => holds(bytes, digest));
    for (const { key } of among) found.add(key);
    if (among.length > 0 && seenAt.getTime() < seenSince) unseen.push(_id);
  }
  if (unseen.length > 0) await folded(store).updateMany({ _id: { $in: unseen } }, { $set: { seenAt: new Date() } });
  return found;
}

/** By halves. */
function holds(digests: Uint8Array, digest: Buffer): boolean {
  let [from, to] = [0, digests.length / DIGEST_BYTES];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const order = digest.compare(digests, middle * DIGEST_BYTES, (middle + 1) * DIGEST_BYTES);
    if (order === 0) return true;
    if (order < 0) to = middle;
    else from = middle + 1;
  }
  return false;
}

/** Adds what is of no account until `countFolded`. @param notes of objects that were read, in ascending order of their keys. */
export async function addFolded(
  store: Store,
  { sourceId, stream }: ObjectScope,
  notes: readonly ObjectDocument[],
): Promise<string> {
  const _id = `${sourceId}/${stream}/${randomUUID()}`;
  const digests = notes.map((note) => digestOf(note._id, note)).sort(Buffer.compare);
  await folded(store).insertOne({
    ...{ _id, sourceId, stream, ...IS_PENDING },
    first: notes[0]?.key ?? '',
    last: notes.at(-1)?.key ?? '',
    newest: new Date(Math.max(...notes.map(({ lastModified }) => lastModified.getTime()))),
    digests: new Binary(Buffer.concat(digests)),
    count: notes.length,
    seenAt: new Date(),
  });
  return _id;
}

/** @returns false when it was removed meanwhile: its objects are to be read again. */
export async function countFolded(store: Store, _id: string): Promise<boolean> {
  const { matchedCount } = await folded(store).updateOne({ _id }, { $unset: { isPending: true } });
  return matchedCount === 1;
}

/** Lets objects be read again that were written since a time, and those that were folded together with them. */
export async function forgetFolded(store: Store, sourceId: number, stream: StreamName, since: Date): Promise<void> {
  await folded(store).deleteMany({ sourceId, stream, $or: [{ newest: { $gte: since } }, IS_PENDING] });
}

/** Removes what a full listing that began at a time, and all others of a week before it, did not meet. */
export async function removeUnseen(store: Store, { sourceId, stream }: ObjectScope, listedSince: Date): Promise<void> {
  const seenAt = { $lt: new Date(listedSince.getTime() - UNSEEN_MS) };
  await folded(store).deleteMany({ sourceId, stream, seenAt });
}
