/** Since when a search for indicators is complete: older records are still being given theirs. */

import { definitionOf, STREAMS, type StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { fillInsOf } from '../../store/indicator-fill-in.js';
import { newestLate, streamsWithCuts } from '../../store/late-records.js';

export interface StreamFillIn {
  readonly stream: StreamName;
  readonly collection: string;
  readonly isComplete: boolean;
  /** All records of this time and later can be found; absent before the first were looked at. */
  readonly completeSince?: Date;
  /** Records looked at. */
  readonly read: number;
  /** Of those, the ones that were given indicators. */
  readonly filled: number;
  /** Whether some records have more indicators than there is room for: a search by indicator may miss them at any time. */
  readonly hasCuts: boolean;
}

export interface FillInStatus {
  readonly isComplete: boolean;
  /** Of all streams; absent when all are complete, and before all were begun. */
  readonly completeSince?: Date;
  readonly streams: readonly StreamFillIn[];
}

export async function fillInStatus(collections: Collections): Promise<FillInStatus> {
  const known = await fillInsOf(collections);
  const late = await newestLate(collections);
  const withCuts = new Set(await streamsWithCuts(collections, STREAMS));
  const streams = STREAMS.map((stream): StreamFillIn => {
    const { isDone = false, before, read = 0, filled = 0 } = known.find((each) => each.stream === stream) ?? {};
    const newest = late.get(stream)?._messageTime;
    // A late one is above all that was looked at, and others may be of the same time.
    const time = newest === undefined ? before?._messageTime : new Date(newest.getTime() + 1);
    const isComplete = isDone && newest === undefined;
    const since = isComplete || time === undefined ? {} : { completeSince: time };
    return {
      stream,
      collection: definitionOf(stream).collection,
      isComplete,
      ...since,
      read,
      filled,
      hasCuts: withCuts.has(stream),
    };
  });
  const unfinished = streams.filter(({ isComplete }) => !isComplete);
  const times = unfinished.flatMap(({ completeSince }) => completeSince ?? []);
  const isComplete = unfinished.length === 0;
  if (isComplete || times.length < unfinished.length) return { isComplete, streams };
  return { isComplete, completeSince: new Date(Math.max(...times.map(Number))), streams };
}
