/** Records as they become readable, which a change stream tells: it shows what a majority has acknowledged. */

import { definitionOf } from '../../src/domain/streams/streams.js';
import type { Collections } from '../../src/store/collections.js';
import { databaseOf } from '../../test/support/raw-collections.js';

/** A record that is later than the stretch by so much is in another file. */
const FILE_MS = 2_000;

/** Times in epoch milliseconds. */
export interface Appeared {
  readonly messageTime: number;
  readonly seenAt: number;
}

export interface Watching {
  readonly forMs: number;
  /** Of one stream, files are stored in their order: once a later record of a source is there, all of its earlier ones are. */
  readonly sourceIds: readonly number[];
}

/** A source that is so far behind has failed. */
const LIMIT_MS = 10 * 60_000;

/**
 * Deliveries of the stretch of time that begins now: of all records, their time is that of the end of the message, by which the
 * simulator sorts messages into files. Watches until none of them can be missing.
 *
 * @throws when a source is still behind ten minutes after the stretch
 */
export async function deliveriesAppearing(
  collections: Collections,
  { forMs, sourceIds }: Watching,
): Promise<Appeared[]> {
  const begin = Date.now();
  const end = begin + forMs;
  const appeared: Appeared[] = [];
  const behind = new Set(sourceIds);
  const deliveries = databaseOf(collections).collection(definitionOf('delivery').collection);
  const seen = { operationType: 1, 'fullDocument._messageTime': 1, 'fullDocument._sourceId': 1 };
  const inserted = { operationType: 'insert', 'fullDocument._sourceId': { $in: [...sourceIds] } };
  const changes = deliveries.watch([{ $match: inserted }, { $project: seen }], {
    batchSize: 1_000,
    maxAwaitTimeMS: 100,
  });
  try {
    while (behind.size > 0) {
      if (Date.now() > end + LIMIT_MS) throw new Error(`${behind.size} sources are ten minutes behind`);
      const change = await changes.tryNext();
      const seenAt = Date.now();
      if (change?.operationType !== 'insert') continue;
      const messageTime = change.fullDocument._messageTime.getTime();
      if (messageTime >= end + FILE_MS) behind.delete(change.fullDocument._sourceId);
      if (messageTime >= begin && messageTime < end) appeared.push({ messageTime, seenAt });
    }
  } finally {
    await changes.close();
  }
  return appeared;
}
