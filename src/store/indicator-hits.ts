/** Records by their indicators, newest first. */

import type { Filter } from 'mongodb';
import { INDICATORS_KEY } from '../domain/indicators/indicator.js';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { DB, type Store } from './driver.js';
import { BY_INDICATOR, ORDER } from './record-indexes.js';
import { records } from './records.js';

export interface IndicatorQuery {
  /** At most 200: of more, MongoDB sorts all hits before it returns the first (SERVER-14034). */
  readonly keys: readonly string[];
  /** Of the records' time; included. */
  readonly since?: Date | undefined;
  /** Not included. */
  readonly until?: Date | undefined;
  /** Default: all. */
  readonly sourceIds?: readonly number[] | undefined;
  readonly limit: number;
  /** The hit to go on behind. */
  readonly after?: Pick<HitDocument, '_id' | '_messageTime'> | undefined;
  /** How long the server may take, in milliseconds. */
  readonly maxTimeMs: number;
}

export const MOST_KEYS = 200;

export interface HitDocument {
  readonly _id: RecordId;
  readonly _messageTime: Date;
  readonly _receiptTime: Date;
  readonly _sourceId: number;
  readonly _source: string;
  readonly [INDICATORS_KEY]: readonly string[];
}

const SHOWN = { _messageTime: 1, _receiptTime: 1, _sourceId: 1, _source: 1, [INDICATORS_KEY]: 1 };

/** The index is named: for many values, MongoDB would rather walk the one by time and look at each record. */
export function findByIndicators(store: Store, stream: StreamName, query: IndicatorQuery): Promise<HitDocument[]> {
  return records(store, stream)
    .find<HitDocument>(filterOf(query), {
      ...{ projection: SHOWN, hint: BY_INDICATOR, sort: ORDER, maxTimeMS: query.maxTimeMs },
      // All in one answer; to check its texts once more, which are our own, took a tenth of the time.
      ...{ limit: query.limit, batchSize: query.limit, enableUtf8Validation: false },
    })
    .toArray();
}

/** Counted up to `limit`; a record with two of the keys counts once. */
export async function countByIndicators(store: Store, stream: StreamName, query: IndicatorQuery): Promise<number> {
  const { limit, maxTimeMs } = query;
  const { collectionName } = records(store, stream);
  // Not `countDocuments`: it reads each record, whereas this command only walks along the index.
  const counting = { count: collectionName, query: filterOf(query), limit, hint: BY_INDICATOR, maxTimeMS: maxTimeMs };
  return (await store[DB].command(counting)).n;
}

function filterOf({ keys, since, until, sourceIds, after }: IndicatorQuery): Filter<RecordDocument> {
  const end = after === undefined ? until && { $lt: until } : { $lte: after._messageTime };
  const time = { ...(since && { $gte: since }), ...end };
  return {
    [INDICATORS_KEY]: keys.length === 1 ? keys[0] : { $in: [...keys] },
    ...(Object.keys(time).length > 0 && { _messageTime: time }),
    ...(sourceIds && { _sourceId: { $in: [...sourceIds] } }),
    ...(after && { $or: [{ _messageTime: { $lt: after._messageTime } }, { _id: { $lt: after._id } }] }),
  } as Filter<RecordDocument>;
}
