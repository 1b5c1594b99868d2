/** Keeps what could not be read as a record. */

import { Binary, type Collection } from 'mongodb';
import type { QuarantinedRecord, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { QuarantineDocument } from './collections.js';
import { type Page, type PageRequest, pageOf } from './paging.js';

/** Longest text that is kept, in characters; the rest of a longer one is cut off. */
export const MAX_QUARANTINED_TEXT = 1_048_576;

/** Adds what is not there yet. @returns how many were new. */
export async function quarantine(
  collection: Collection<QuarantineDocument>,
  sourceId: number,
  stream: StreamName,
  entries: readonly QuarantinedRecord[],
): Promise<number> {
  if (entries.length === 0) return 0;
  const at = new Date();
  const { upsertedCount } = await collection.bulkWrite(
    entries.map(({ id, reason, place, text, size, bytes }) => ({
      updateOne: {
        filter: { _id: id },
        update: {
          $setOnInsert: { sourceId, stream, reason, place, ...keptOf(text, bytes), size, at },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  );
  return upsertedCount;
}

function keptOf(text: string, bytes: Uint8Array | undefined): Pick<QuarantineDocument, 'text' | 'bytes'> {
  const kept = { text: text.slice(0, MAX_QUARANTINED_TEXT) };
  return bytes === undefined ? kept : { ...kept, bytes: new Binary(bytes.subarray(0, MAX_QUARANTINED_TEXT)) };
}

/**
 * Marks entries as resolved: what they stand for was read well after all.
 *
 * @returns how many were open until now.
 */
export async function resolveQuarantined(
  collection: Collection<QuarantineDocument>,
  ids: readonly RecordId[],
): Promise<number> {
  const open = { _id: { $in: [...ids] }, resolvedAt: { $exists: false } };
  const { modifiedCount } = await collection.updateMany(open, { $set: { resolvedAt: new Date() } });
  return modifiedCount;
}

/** What is in quarantine of a source, newest first. @throws PageTokenError */
export function quarantinePage(
  collection: Collection<QuarantineDocument>,
  sourceId: number,
  request: PageRequest,
): Promise<Page<QuarantineDocument>> {
  return pageOf(collection, { sourceId }, 'at', request);
}
