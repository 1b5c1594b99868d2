/** How many records have come lately. */

import type { Document } from 'mongodb';
import { STREAMS } from '../domain/streams/streams.js';
import type { Store, TimeLimit } from './driver.js';
import { BY_SOURCE } from './record-indexes.js';
import { records } from './records.js';

export interface VolumeRange {
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/**
 * Records by the time that they tell, step by step, of each of the sources over all collections. Only keys of the index by
 * source and time are read, no more than there are records in the range.
 */
export async function recordVolumes(
  store: Store,
  sourceIds: readonly number[],
  { sinceMs, stepMs, steps }: VolumeRange,
  limit: TimeLimit,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const since = new Date(sinceMs);
  const pipeline = [
    {
      $match: {
        _sourceId: { $in: [...sourceIds] },
        _messageTime: { $gte: since, $lt: new Date(sinceMs + steps * stepMs) },
      },
    },
    {
      $group: {
        _id: {
          sourceId: '$_sourceId',
          step: { $floor: { $divide: [{ $subtract: ['$_messageTime', since] }, stepMs] } },
        },
        records: { $sum: 1 },
      },
    },
  ];
  const counts = new Map(sourceIds.map((id) => [id, new Array<number>(steps).fill(0)]));
  // One after the other: it is the same work, and leaves the server room for what is being stored.
  for (const stream of STREAMS) {
    const options = { hint: BY_SOURCE, ...limit };
    for await (const { _id, records: found } of records(store, stream).aggregate<Volume>(pipeline, options)) {
      const ofSource = counts.get(_id.sourceId);
      if (ofSource !== undefined) ofSource[_id.step] = (ofSource[_id.step] ?? 0) + found;
    }
  }
  return counts;
}

interface Volume extends Document {
  readonly _id: { readonly sourceId: number; readonly step: number };
  readonly records: number;
}
