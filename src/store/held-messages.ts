/** The times of held messages in their queue: `_queue`, beside the other metadata of a record. */

import type { RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Store } from './driver.js';
import { records } from './records.js';

export interface QueueTimes {
  /** When the listing began that first had the message. */
  readonly firstSeen: Date;
  /** When the one began that last had it. */
  readonly lastSeen: Date;
  /** When a listing no longer had it: it left the queue between `lastSeen` and this time. Absent while it is held. */
  readonly leftAt?: Date;
}

export interface Missing {
  /** Times of the messages, both included, that a listing should have had. */
  readonly from: Date;
  readonly to: Date;
  readonly notSeenSince: Date;
  readonly leftAt: Date;
}

/** Matches also messages stored before there was `_queue`. */
const HELD = { '_queue.leftAt': null };
const FIRST_SEEN = { $ifNull: ['$_queue.firstSeen', '$_receiptTime'] };

/** How many messages of a source are in the queue, as far as is known; counted up to `limit`. */
export function countHeld(store: Store, stream: StreamName, sourceId: number, limit: number): Promise<number> {
  return records(store, stream).countDocuments({ _sourceId: sourceId, ...HELD }, { limit });
}

/** Notes that a listing had these messages; one that had left is back. */
export async function markSeen(store: Store, stream: StreamName, ids: readonly RecordId[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await records(store, stream).updateMany({ _id: { $in: [...ids] } }, [
    { $set: { '_queue.firstSeen': FIRST_SEEN, '_queue.lastSeen': { $max: ['$_queue.lastSeen', at] } } },
    { $unset: '_queue.leftAt' },
  ]);
}

/** Notes that a listing did not have the messages of a time which were not seen since it began. @returns how many. */
export async function markLeft(
  store: Store,
  stream: StreamName,
  sourceId: number,
  { from, to, notSeenSince, leftAt }: Missing,
): Promise<number> {
  // Messages have whole seconds, and the API is asked from the whole second on.
  const second = new Date(Math.floor(from.getTime() / 1_000) * 1_000);
  const { modifiedCount } = await records(store, stream).updateMany(
    {
      _sourceId: sourceId,
      ...HELD,
      _messageTime: { $gte: second, $lte: to },
      // Also those that have none.
      '_queue.lastSeen': { $not: { $gte: notSeenSince } },
    },
    [
      {
        $set: {
          '_queue.firstSeen': FIRST_SEEN,
          '_queue.lastSeen': { $ifNull: ['$_queue.lastSeen', '$_receiptTime'] },
          '_queue.leftAt': leftAt,
        },
      },
    ],
  );
  return modifiedCount;
}
