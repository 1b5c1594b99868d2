/** Stores a batch: the records, and in `quarantine` what could not be read as one or what MongoDB refuses to take. */

import type { StreamName } from '../source/streams.js';
import type { Collections, RecordDocument } from '../store/collections.js';
import { quarantine, type Unreadable } from '../store/quarantine.js';
import { type Inserted, insertRecords } from '../store/records.js';

export interface StoredBatch {
  readonly inserted: Inserted;
  /** How many entries are new in `quarantine`. */
  readonly quarantined: number;
  /** The last of what went there, with its place; absent when nothing did. */
  readonly lastUnreadable?: Unreadable;
}

export async function storeBatch(
  collections: Collections,
  sourceId: number,
  stream: StreamName,
  documents: readonly RecordDocument[],
  unreadable: readonly Unreadable[],
): Promise<StoredBatch> {
  const inserted = await insertRecords(collections.records(stream), documents);
  const refused = inserted.refused.flatMap(({ index, reason }) => refusedEntry(documents[index], reason));
  const entries = [...unreadable, ...refused];
  const quarantined = await quarantine(collections.quarantine, sourceId, stream, entries);
  const last = entries.at(-1);
  return { inserted, quarantined, ...(last === undefined || quarantined === 0 ? {} : { lastUnreadable: last }) };
}

function refusedEntry(document: RecordDocument | undefined, reason: string): Unreadable[] {
  if (document === undefined) return [];
  const text = JSON.stringify(document);
  return [{ id: document._id, reason, place: 'insert', text, size: Buffer.byteLength(text) }];
}
