/**
 * Which records are in which object of the exports of the past. A note is written down before its object is: a retry writes
 * the same object, and a later export of the same records to the same place leaves them out, whatever its range is.
 */

import { createHash } from 'node:crypto';
import type { Binary } from 'mongodb';
import type { PastTarget } from '../domain/export/past-export.js';
import type { RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, isDuplicate, type Store } from './driver.js';
import { packed, unpacked } from './exports.js';
import { CheckpointMovedError } from './writer.js';

/** One object. */
export interface PastPart {
  /** `<id of the export that made it>/<number>`, so that no two attempts make the same one. */
  readonly _id: string;
  readonly sourceId: number;
  readonly destination: string;
  readonly stream: StreamName;
  /** Times of its records. */
  readonly first: Date;
  readonly last: Date;
  readonly ids: readonly RecordId[];
}

type PartDocument = Omit<PastPart, 'ids'> & { readonly ids: Binary };

const parts = collection<PartDocument>('past_export_parts');
export const PAST_PART_INDEXES: Indexes = {
  past_export_parts: [{ key: { sourceId: 1, destination: 1, stream: 1, first: 1 } }],
};

/** What makes two exports write to the same place, in the same form. */
export function destinationOf({ endpoint = '', bucket, prefix, form }: PastTarget): string {
  return createHash('sha256')
    .update(JSON.stringify([endpoint, bucket, prefix, form]))
    .digest('hex')
    .slice(0, 32);
}

export function partId(exportId: number, seq: number): string {
  return `${exportId}/${seq}`;
}

export async function partWith(store: Store, _id: string): Promise<PastPart | undefined> {
  const found = await parts(store).findOne({ _id });
  return found === null ? undefined : partOf(found);
}

/** Writes one down. @throws CheckpointMovedError when another attempt has made one of the same number. */
export async function notePart(store: Store, { ids, ...part }: PastPart): Promise<void> {
  try {
    await parts(store).insertOne({ ...part, ids: packed(ids) });
  } catch (error) {
    throw isDuplicate(error) ? new CheckpointMovedError(`past export ${part._id}`) : error;
  }
}

/** Takes one back whose object would be empty. */
export async function dropPart(store: Store, _id: string): Promise<void> {
  await parts(store).deleteOne({ _id });
}

export interface PartsQuery extends Pick<PastPart, 'sourceId' | 'destination' | 'stream'> {
  readonly from: Date;
  /** Not a part of the range. */
  readonly to: Date;
}

/** Those with records of a range, by the time of their first one, or by their ids behind one. */
export async function* partsBetween(
  store: Store,
  { from, to, ...of }: PartsQuery,
  order: 'first' | { readonly after: string | undefined },
): AsyncGenerator<PastPart, void, undefined> {
  const overlapping = { ...of, first: { $lt: to }, last: { $gte: from } };
  const found =
    order === 'first'
      ? parts(store).find(overlapping).sort({ first: 1 })
      : parts(store)
          .find({ ...overlapping, ...(order.after === undefined ? {} : { _id: { $gt: order.after } }) })
          .sort({ _id: 1 });
  for await (const part of found) yield partOf(part);
}

/** All of a source, wherever they were written to. */
export async function* allParts(store: Store, sourceId: number): AsyncGenerator<PastPart, void, undefined> {
  for await (const part of parts(store).find({ sourceId })) yield partOf(part);
}

function partOf({ ids, ...part }: PartDocument): PastPart {
  return { ...part, ids: unpacked(ids) };
}
