/** What `backfill` and `verify` keep: how far each stream was read again, and which records were missing. */

import type { Collection } from 'mongodb';
import type { RecordId } from '../domain/records/record.js';
import { NO_REREAD_COUNTS, type RereadCounts, type RereadKind } from '../domain/rereads/reread.js';
import type { IdlePages } from '../domain/streams/idle-pages.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { PagePlace } from '../domain/streams/window.js';
import { type Page, type PageRequest, pageOf } from './paging.js';

/** One per source, kind and stream; the next run of the kind takes its place. */
export interface RereadDocument {
  /** `<sourceId>/<kind>/<stream>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly kind: RereadKind;
  readonly stream: StreamName;
  /** Names the run: an id of the workflow. */
  readonly run: string;
  /** SIEM streams: the page to read next, and the paths of its files that were read already. */
  readonly pageToken?: string;
  readonly filesDone: readonly string[];
  /** SIEM streams: the page at which the collection stood when the run began; from there on it is not done yet. */
  readonly endToken?: string;
  /** Other streams: everything up to this time was read, and the page to go on with. */
  readonly readUntil?: Date;
  readonly page?: PagePlace;
  /** End of the window that `page` belongs to. */
  readonly windowTo?: Date;
  /** SIEM streams: pages that brought nothing new. */
  readonly idle?: IdlePages;
  /** Why a part of the range could not be seen, and how often that happened. */
  readonly unseen?: { readonly reason: string; readonly count: number };
  readonly counts: RereadCounts;
  readonly notes: readonly string[];
  readonly done: boolean;
  readonly updatedAt: Date;
}

export interface MissingDocument {
  /** `<run>/<record's _id in hexadecimal>` */
  readonly _id: string;
  readonly run: string;
  readonly sourceId: number;
  readonly kind: RereadKind;
  readonly stream: StreamName;
  /** `_id` of the record, or of the entry in `quarantine`. */
  readonly recordId: RecordId;
  /** Whether it could not be read as a record, and so is missing in `quarantine`. */
  readonly unreadable: boolean;
  /** File, or window and page, that it was found in. */
  readonly place: string;
  readonly messageTime?: Date;
}

export type Rereads = Collection<RereadDocument>;
export type MissingRecords = Collection<MissingDocument>;

/** The state of a stream's reading, or a new one when the run has none yet; what an earlier run left is removed. */
export async function openReread(
  rereads: Rereads,
  missing: MissingRecords,
  key: Pick<RereadDocument, 'sourceId' | 'kind' | 'stream' | 'run'>,
  endToken: string | undefined,
): Promise<RereadDocument> {
  const { sourceId, kind, stream, run } = key;
  const _id = `${sourceId}/${kind}/${stream}`;
  const known = await rereads.findOne({ _id, run });
  if (known !== null) return known;
  await missing.deleteMany({ sourceId, kind, stream, run: { $ne: run } });
  const end = endToken === undefined ? {} : { endToken };
  const updatedAt = new Date();
  const begun = { _id, ...key, ...end, filesDone: [], counts: NO_REREAD_COUNTS, notes: [], done: false, updatedAt };
  await rereads.replaceOne({ _id }, begun, { upsert: true });
  return begun;
}

export async function saveReread(rereads: Rereads, document: RereadDocument): Promise<void> {
  await rereads.replaceOne({ _id: document._id, run: document.run }, document);
}

/** Notes records as missing; harmless when done before. */
export async function noteMissing(missing: MissingRecords, documents: readonly MissingDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await missing.bulkWrite(
    documents.map(({ _id, ...document }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: document }, upsert: true },
    })),
    { ordered: false },
  );
}

export function countMissing(missing: MissingRecords, run: string, stream: StreamName): Promise<number> {
  return missing.countDocuments({ run, stream });
}

/** What a run found missing, page by page, along the index of `_id`, which begins with the run. */
export function missingPage(
  missing: MissingRecords,
  run: string,
  request: PageRequest,
): Promise<Page<MissingDocument>> {
  const AFTER_SLASH = '0';
  return pageOf(missing, { _id: { $gt: `${run}/`, $lt: `${run}${AFTER_SLASH}` } }, '_id', request);
}

/** Of these ids, the ones that a collection does not hold. */
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
