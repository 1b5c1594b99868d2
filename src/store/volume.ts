/**
 * How many records of a source there are over time. Counted along the index of source and time alone, no document is read:
 * one to two microseconds a record. Nothing is kept for it, as the numbers are asked for rarely and stored ones could be wrong.
 */

import type { StreamName } from '../domain/streams/streams.js';
import type { Store } from './driver.js';
import { BY_SOURCE } from './record-indexes.js';
import { records } from './records.js';
import { isTimeUp } from './search/time-budget.js';

export interface VolumeRange {
  readonly from: Date;
  /** Not part of the range. */
  readonly to: Date;
  readonly widthMs: number;
}

/**
 * @param maxMs how long the server may count.
 * @returns counts by the number of their bucket, those without records left out; nothing when time was up.
 */
export async function volumeOf(
  store: Store,
  stream: StreamName,
  sourceId: number,
  { from, to, widthMs }: VolumeRange,
  maxMs: number,
): Promise<ReadonlyMap<number, number> | undefined> {
  if (maxMs <= 0) return undefined;
  const bucket = { $floor: { $divide: [{ $subtract: ['$_messageTime', from] }, widthMs] } };
  try {
    const found = await records(store, stream)
      .aggregate<{ readonly _id: number; readonly count: number }>(
        [
          { $match: { _sourceId: sourceId, _messageTime: { $gte: from, $lt: to } } },
          { $group: { _id: bucket, count: { $sum: 1 } } },
        ],
        { maxTimeMS: maxMs, hint: BY_SOURCE },
      )
      .toArray();
    return new Map(found.map(({ _id, count }) => [_id, count]));
  } catch (error) {
    if (isTimeUp(error)) return undefined;
    throw error;
  }
}
