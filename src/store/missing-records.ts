/** The records that a `backfill` or `verify` found missing. */

import type { RecordId } from '../domain/records/record.js';
import type { RereadKind } from '../domain/rereads/reread.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store } from './driver.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';

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

const missing = collection<MissingDocument>('missing_records');
export const MISSING_INDEXES: Indexes = {
  missing_records: [{ key: { run: 1, stream: 1, place: 1 } }, { key: { sourceId: 1, kind: 1, stream: 1 } }],
};

/** Notes records as missing; harmless when done before. */
export async function saveMissing(store: Store, documents: readonly MissingDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await missing(store).bulkWrite(
    documents.map(({ _id, ...document }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: document }, upsert: true },
    })),
    { ordered: false },
  );
}

/** Of these ids, in hexadecimal, those that a run has found missing before. */
export async function foundMissing(store: Store, run: string, ids: readonly RecordId[]): Promise<ReadonlySet<string>> {
  const names = ids.map((id) => `${run}/${id.toString('hex')}`);
  const found = await missing(store)
    .find({ _id: { $in: names } }, { projection: { recordId: 1 } })
    .toArray();
  return new Set(found.map(({ recordId }) => recordId.toString('hex')));
}

export function countMissing(store: Store, run: string, stream: StreamName): Promise<number> {
  return missing(store).countDocuments({ run, stream });
}

/** What a run found missing, page by page, along the index of `_id`, which begins with the run. */
export function missingPage(store: Store, run: string, request: PageRequest): Promise<Page<MissingDocument>> {
  const AFTER_SLASH = '0';
  return pageOf(missing(store), { _id: { $gt: `${run}/`, $lt: `${run}${AFTER_SLASH}` } }, '_id', request);
}

/** What a run found missing, by stream and place. @param stream default all of them. */
export function missingRecords(store: Store, run: string, stream?: StreamName): AsyncIterable<MissingDocument> {
  return missing(store)
    .find(stream === undefined ? { run } : { run, stream })
    .sort({ stream: 1, place: 1 });
}

/** Removes what is not missing any more. */
export async function removeFound(store: Store, found: readonly MissingDocument[]): Promise<void> {
  if (found.length > 0) await missing(store).deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
}

/** Removes what other runs of the kind have left. */
export async function removeMissingOfOthers(
  store: Store,
  { sourceId, kind, stream, run }: Pick<MissingDocument, 'sourceId' | 'kind' | 'stream' | 'run'>,
): Promise<void> {
  await missing(store).deleteMany({ sourceId, kind, stream, run: { $ne: run } });
}
