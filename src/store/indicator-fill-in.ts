/** How far records that were stored before have been given their indicators: a document for each stream. */

import { INDICATORS_KEY, INDICATORS_VERSION } from '../domain/indicators/indicator.js';
import type { RecordDocument } from '../domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../domain/streams/streams.js';
import { collection, type Store } from './driver.js';
import { BY_TIME } from './record-indexes.js';
import { records } from './records.js';

export interface FillInDocument {
  /** `<version of the indicators>/<stream>` */
  readonly _id: string;
  readonly version: number;
  readonly stream: StreamName;
  /** The record that was looked at last; all that are newer have their indicators. */
  readonly before?: Pick<RecordDocument, '_id' | '_messageTime'>;
  /** Records looked at. */
  readonly read: number;
  /** Of those, the ones that were given indicators, or others. */
  readonly filled: number;
  readonly isDone: boolean;
  readonly updatedAt: Date;
}

const fillIns = collection<FillInDocument>('indicator_fill_in');

/** Of this version of the indicators; streams that were not begun are left out. */
export function fillInsOf(store: Store): Promise<FillInDocument[]> {
  return fillIns(store).find({ version: INDICATORS_VERSION }).toArray();
}

/** The first stream with something left to do; `undefined` when all are done. */
export async function unfinishedFillIn(store: Store): Promise<Omit<FillInDocument, 'updatedAt'> | undefined> {
  const known = await fillInsOf(store);
  for (const stream of STREAMS) {
    const found = known.find((each) => each.stream === stream);
    if (found === undefined) return { ...nameOf(stream), read: 0, filled: 0, isDone: false };
    if (!found.isDone) return found;
  }
  return undefined;
}

/**
 * Notes how far it is, unless that was forgotten meanwhile: then it begins again.
 *
 * @param readBefore records looked at by what was noted last.
 */
export async function saveFillIn(
  store: Store,
  state: Omit<FillInDocument, 'updatedAt'>,
  readBefore: number,
): Promise<void> {
  const { _id, ...fields } = state;
  const known = readBefore === 0 ? { _id } : { _id, read: readBefore };
  await fillIns(store).updateOne(known, { $set: { ...fields, updatedAt: new Date() } }, { upsert: readBefore === 0 });
}

/** Forgets how far it was: every record is looked at again. */
export async function forgetFillIns(store: Store): Promise<void> {
  await fillIns(store).deleteMany({ version: INDICATORS_VERSION });
}

function nameOf(stream: StreamName): Pick<FillInDocument, '_id' | 'version' | 'stream'> {
  return { _id: `${INDICATORS_VERSION}/${stream}`, version: INDICATORS_VERSION, stream };
}

/** The newest records, or those behind one, with what their indicators come from. */
export function recordsToFill(
  store: Store,
  { stream, before }: Pick<FillInDocument, 'stream' | 'before'>,
  limit: number,
): Promise<RecordDocument[]> {
  const behind =
    before === undefined
      ? {}
      : {
          _messageTime: { $lte: before._messageTime },
          $or: [{ _messageTime: { $lt: before._messageTime } }, { _id: { $lt: before._id } }],
        };
  return records(store, stream)
    .find(behind, { projection: shownToFill(stream), hint: BY_TIME })
    .sort({ _messageTime: -1, _id: -1 })
    .limit(limit)
    .toArray();
}

/** The projection: what indicators come from, and what hits of watchlists tell of a record. */
export function shownToFill(stream: StreamName): Readonly<Record<string, 1>> {
  const fields = Object.keys(definitionOf(stream).indicators).map((path) => path.split('.')[0] ?? path);
  const shown = [...fields, 'accountId', '_messageTime', '_receiptTime', '_sourceId', '_source', INDICATORS_KEY];
  return Object.fromEntries(shown.map((field) => [field, 1 as const]));
}
