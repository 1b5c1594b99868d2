/** Keeps what could not be read as a record. */

import { Binary } from 'mongodb';
import type { QuarantinedRecord, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store, type TimeLimit } from './driver.js';
import { absentUnlessErased, keepErased, QUARANTINE } from './erased-records.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';
import { written } from './writer.js';

/** What could not be read as a record: a line or an entry of a page, or a whole file. */
export interface QuarantineDocument {
  /**
   * Derived from source, stream, content and occurrence, or for a whole file from its name, so that a re-read does not
   * add it twice.
   */
  readonly _id: RecordId;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly reason: string;
  /** Path of a file, with the number of the line unless it is the whole file, or page and index. */
  readonly place: string;
  /** The text, at most its first 1,048,576 characters. */
  readonly text: string;
  /** What the text was read from, where that is not UTF-8 and nothing has to be hidden: at most its first 1,048,576 bytes. */
  readonly bytes?: Binary;
  /** Whole length in bytes. */
  readonly size: number;
  readonly at: Date;
  /** When a later reading of the file was good. */
  readonly resolvedAt?: Date;
}

const quarantined = collection<QuarantineDocument>(QUARANTINE);
export const QUARANTINE_INDEXES: Indexes = { quarantine: [{ key: { sourceId: 1, at: -1 } }] };

/** Longest text that is kept, in characters; the rest of a longer one is cut off. */
export const MAX_QUARANTINED_TEXT = 1_048_576;

/** Adds what is not there yet, and was not erased. @returns how many were new. */
export async function quarantine(
  store: Store,
  sourceId: number,
  stream: StreamName,
  entries: readonly QuarantinedRecord[],
): Promise<number> {
  const ids = entries.map(({ id }) => id);
  const erased = await keepErased(store, QUARANTINE, 'quarantine', ids);
  const kept = entries.filter(({ id }) => !erased.has(id.toString('hex')));
  if (kept.length === 0) return 0;
  const at = new Date();
  const upserts = kept.map(({ id, reason, place, text, size, bytes }) => ({
    updateOne: {
      filter: { _id: id },
      update: {
        $setOnInsert: { sourceId, stream, reason, place, ...keptOf(text, bytes), size, at },
      },
      upsert: true,
    },
  }));
  const { upsertedCount, upsertedIds } = await written(store, 'quarantine', (options) =>
    quarantined(store).bulkWrite(upserts, { ordered: false, ...options }),
  );
  const late = await keepErased(
    store,
    QUARANTINE,
    'quarantine',
    kept.map(({ id }) => id),
  );
  return upsertedCount - kept.filter(({ id }, index) => index in upsertedIds && late.has(id.toString('hex'))).length;
}

/**
 * Takes a person out of an entry. The entry stays, with its place and reason: it stands for something that could not be read. Of a
 * file only the lines go that name the person; bytes may be of another encoding.
 *
 * @param mask gives a text without the person
 */
export async function maskQuarantined(
  store: Store,
  { _id, text, reason, place }: QuarantineDocument,
  mask: (text: string) => string,
): Promise<void> {
  // One row may have come in several lines, and the others are of the same person.
  const lines = /^\s*[[{]/.test(text) ? [text] : text.split('\n');
  const kept = lines.filter((line) => mask(line) === line).join('\n');
  const masked = { text: kept, reason: mask(reason), place: mask(place) };
  await quarantined(store).updateOne({ _id }, { $set: masked, $unset: { bytes: true } });
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
export async function resolveQuarantined(store: Store, ids: readonly RecordId[]): Promise<number> {
  const open = { _id: { $in: [...ids] }, resolvedAt: { $exists: false } };
  const { modifiedCount } = await quarantined(store).updateMany(open, { $set: { resolvedAt: new Date() } });
  return modifiedCount;
}

/** Of these ids, in hexadecimal, those that are not in quarantine, and were not erased. */
export function absentFromQuarantine(store: Store, ids: readonly RecordId[]): Promise<ReadonlySet<string>> {
  return absentUnlessErased(store, QUARANTINE, ids);
}

export function countQuarantined(
  store: Store,
  stream: StreamName,
  sourceId: number,
  limit?: TimeLimit,
): Promise<number> {
  return quarantined(store).countDocuments({ sourceId, stream }, limit);
}

/** What is in quarantine of a source, newest first. @throws PageTokenError */
export function quarantinePage(
  store: Store,
  sourceId: number,
  request: PageRequest,
): Promise<Page<QuarantineDocument>> {
  return pageOf(quarantined(store), { sourceId }, 'at', request);
}

/** What is kept of an entry: its bytes, or its text where that is all. `undefined` when the source has no such entry. */
export async function quarantinedContent(
  store: Store,
  sourceId: number,
  idHex: string,
): Promise<Uint8Array | undefined> {
  const _id = new Binary(Buffer.from(idHex, 'hex'));
  const found = await quarantined(store).findOne({ _id, sourceId }, { projection: { text: 1, bytes: 1 } });
  if (found === null) return undefined;
  return found.bytes === undefined ? Buffer.from(found.text) : found.bytes.value();
}
