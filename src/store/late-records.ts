/**
 * Records without indicators above what the fill-in has looked at: workers of an earlier version, which know of no indicators,
 * may go on storing for a while. Whatever this version stores or fills in carries the key, if only an empty list, so that
 * those without it are all that is missing; the index holds them side by side.
 */

import { MongoBulkWriteError } from 'mongodb';
import { groupedBy } from '../domain/grouped.js';
import { CUT_KEY, INDICATORS_KEY } from '../domain/indicators/indicator.js';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import { STREAMS, type StreamName } from '../domain/streams/streams.js';
import { collection, type Store } from './driver.js';
import { type FillInDocument, fillInsOf, shownToFill } from './indicator-fill-in.js';
import { BY_INDICATOR, ORDER } from './record-indexes.js';
import { records } from './records.js';

/** Records that would be larger than a document may be if they had their indicators. */
const tooLarge = collection<{ readonly _id: RecordId; readonly stream: StreamName }>('indicators_too_large');
/** Codes: BSONObjectTooLarge, and the same of an update. */
const TOO_LARGE_CODES: ReadonlySet<number> = new Set([10_334, 17_419]);

export type LateRecord = Pick<RecordDocument, '_id' | '_messageTime'>;

/** The newest late record of each stream that has one; streams that were not begun have none. */
export async function newestLate(
  store: Store,
  streams: readonly StreamName[] = STREAMS,
): Promise<Map<StreamName, LateRecord>> {
  const states = (await fillInsOf(store)).filter(({ stream }) => streams.includes(stream));
  const excepted = await tooLargeOnes(store);
  const found = await Promise.all(
    states.map(async (state) => {
      const [newest] = await late(store, state, excepted, 1, { _messageTime: 1 });
      return newest === undefined ? [] : [[state.stream, newest] as const];
    }),
  );
  return new Map(found.flat());
}

/** Of the first stream that has some, newest first, with what their indicators come from. */
export async function lateRecords(store: Store, limit: number) {
  const excepted = await tooLargeOnes(store);
  for (const state of await fillInsOf(store)) {
    const documents = await late(store, state, excepted, limit, shownToFill(state.stream));
    if (documents.length > 0) return { stream: state.stream, documents };
  }
  return undefined;
}

type TooLarge = ReadonlyMap<StreamName, readonly { readonly _id: RecordId }[]>;

async function tooLargeOnes(store: Store): Promise<TooLarge> {
  return groupedBy(await tooLarge(store).find().toArray(), ({ stream }) => stream);
}

async function late(
  store: Store,
  { stream, isDone, before }: FillInDocument,
  known: TooLarge,
  limit: number,
  projection: Readonly<Record<string, 1>>,
): Promise<RecordDocument[]> {
  if (!isDone && before === undefined) return [];
  const above =
    isDone || before === undefined
      ? {}
      : {
          _messageTime: { $gte: before._messageTime },
          $or: [{ _messageTime: { $gt: before._messageTime } }, { _id: { $gt: before._id } }],
        };
  const excepted = known.get(stream)?.map(({ _id }) => _id) ?? [];
  return records(store, stream)
    .find(
      { [INDICATORS_KEY]: { $exists: false }, ...above, ...(excepted.length > 0 && { _id: { $nin: excepted } }) },
      { projection, hint: BY_INDICATOR },
    )
    .sort(ORDER)
    .limit(limit)
    .toArray();
}

/** @returns those that have records with more indicators than there is room for. */
export async function streamsWithCuts(store: Store, streams: readonly StreamName[]): Promise<StreamName[]> {
  const cut = { [INDICATORS_KEY]: CUT_KEY };
  const found = await Promise.all(
    streams.map((stream) => records(store, stream).findOne(cut, { projection: { _id: 1 } })),
  );
  return streams.filter((_, at) => found[at] !== null);
}

export interface FilledRecord {
  readonly _id: RecordId;
  readonly indicators: readonly string[];
}

/** Gives records their indicators; nothing else of them changes. One that has no room for them goes without. */
export async function fillIn(store: Store, stream: StreamName, filled: readonly FilledRecord[]): Promise<void> {
  if (filled.length === 0) return;
  const updates = filled.map(({ _id, indicators }) => ({
    updateOne: { filter: { _id }, update: { $set: { [INDICATORS_KEY]: indicators } } },
  }));
  try {
    await records(store, stream).bulkWrite(updates, { ordered: false });
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error;
    const failures = [error.writeErrors].flat();
    if (failures.length === 0 || failures.some(({ code }) => !TOO_LARGE_CODES.has(code))) throw error;
    const ids = failures.flatMap(({ index }) => filled[index]?._id ?? []);
    await tooLarge(store).bulkWrite(
      ids.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: { stream } }, upsert: true } })),
    );
  }
}
