/** Records as they become readable, which a change stream tells: it shows what a majority has acknowledged. */

import { definitionOf } from '../../src/domain/streams/streams.js';
import type { Collections } from '../../src/store/collections.js';
import { databaseOf } from '../../test/support/raw-collections.js';

/** Times in epoch milliseconds. */
export interface Appeared {
  readonly messageTime: number;
  readonly seenAt: number;
}

export interface Watching {
  readonly forMs: number;
  /** Is waited for the last ones, so that those that are late are not left out. */
  readonly settleMs: number;
  /** Default: all sources. */
  readonly sourceIds?: readonly number[];
}

/**
 * Deliveries of the stretch of time that begins now: of all records, their time is that of the end of the message, by which the
 * simulator sorts messages into files.
 */
export async function deliveriesAppearing(
  collections: Collections,
  { forMs, settleMs, sourceIds }: Watching,
): Promise<Appeared[]> {
  const begin = Date.now();
  const end = begin + forMs;
  const appeared: Appeared[] = [];
  const inserted = sourceIds === undefined ? {} : { 'fullDocument._sourceId': { $in: [...sourceIds] } };
  const deliveries = databaseOf(collections).collection(definitionOf('delivery').collection);
  const changes = deliveries.watch(
    [
      { $match: { operationType: 'insert', ...inserted } },
      { $project: { operationType: 1, 'fullDocument._messageTime': 1 } },
    ],
    { batchSize: 1_000, maxAwaitTimeMS: 100 },
  );
  try {
    while (Date.now() < end + settleMs) {
      const change = await changes.tryNext();
      const seenAt = Date.now();
      if (change?.operationType !== 'insert') continue;
      const messageTime = change.fullDocument._messageTime.getTime();
      if (messageTime >= begin && messageTime < end) appeared.push({ messageTime, seenAt });
    }
  } finally {
    await changes.close();
  }
  return appeared;
}
