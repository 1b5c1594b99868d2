/** The records of exports: those of a cut, those that may be their twins, and those that no cut has. */

import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Store } from './driver.js';
import { type Comparing, cuts, unpacked } from './exports.js';
import { BY_SOURCE, OLDEST_FIRST } from './record-indexes.js';
import { records } from './records.js';

/** By their ids in hexadecimal; those that are not stored any more are left out. */
export async function documentsOf(
  store: Store,
  stream: StreamName,
  ids: readonly RecordId[],
): Promise<ReadonlyMap<string, RecordDocument>> {
  const found = await records(store, stream)
    .find({ _id: { $in: ids as RecordId[] } })
    .toArray();
  return new Map(found.map((document) => [document._id.toString('hex'), document]));
}

/** Records of a source at one of these times: identical ones are among them. */
export function recordsAtTimes(
  store: Store,
  sourceId: number,
  stream: StreamName,
  times: readonly Date[],
  limit: number,
): AsyncIterable<RecordDocument> {
  return records(store, stream)
    .find({ _sourceId: sourceId, _messageTime: { $in: [...times] } })
    .limit(limit);
}

/** Records of a source by their own time, the oldest first. @param to not a part of the range. */
export function recordsBetween(
  store: Store,
  sourceId: number,
  stream: StreamName,
  { from, to }: { readonly from: Date; readonly to: Date },
): AsyncIterable<RecordDocument> {
  return records(store, stream)
    .find({ _sourceId: sourceId, _messageTime: { $gte: from, $lt: to } })
    .sort(OLDEST_FIRST);
}

/** So many ids of records that are in cuts are held at once. */
const HELD_AT_ONCE = 500_000;
/** So many ids are looked up at once. */
const PAGE = 5_000;

export interface FoundRecord {
  readonly id: RecordId;
  /** In bytes of BSON. */
  readonly size: number;
}

export function passesFor(stored: number): number {
  return Math.max(1, Math.ceil(stored / HELD_AT_ONCE));
}

/**
 * The records that no cut has, in pages.
 *
 * @param since what was received before is left out.
 */
export async function* unexported(
  store: Store,
  sourceId: number,
  { stream, pass, passes }: Comparing,
  since: Date,
): AsyncGenerator<FoundRecord[], void, undefined> {
  const isOfPass = ({ buffer }: RecordId) => (buffer[0] ?? 0) % passes === pass;
  const known = new Set<string>();
  for await (const { objects } of cuts(store).find({ sourceId }, { projection: { objects: 1 } })) {
    for (const { ids } of objects.filter((object) => object.stream === stream)) {
      for (const id of unpacked(ids)) if (isOfPass(id)) known.add(id.toString('hex'));
    }
  }
  let page: RecordId[] = [];
  const found = records(store, stream).find({ _sourceId: sourceId }, { projection: { _id: 1 } });
  for await (const { _id } of found.hint(BY_SOURCE)) {
    if (!isOfPass(_id) || known.has(_id.toString('hex'))) continue;
    page.push(_id);
    if (page.length < PAGE) continue;
    yield await receivedSince(store, stream, page, since);
    page = [];
  }
  yield await receivedSince(store, stream, page, since);
}

async function receivedSince(
  store: Store,
  stream: StreamName,
  ids: readonly RecordId[],
  since: Date,
): Promise<FoundRecord[]> {
  if (ids.length === 0) return [];
  const found = records(store, stream).find(
    { _id: { $in: ids as RecordId[] }, _receiptTime: { $gte: since } },
    { projection: { size: { $bsonSize: '$$ROOT' } } },
  );
  return (await found.toArray()).map(({ _id, size }) => ({ id: _id, size: Number(size) }));
}
