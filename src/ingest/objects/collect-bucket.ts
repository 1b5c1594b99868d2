/** Collects a stream from a bucket: what a queue has announced, and what comparing finds, which alone misses nothing. */

import type { StreamEnd } from '../../domain/streams/outcome.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Slice } from '../slice/slice.js';
import type { SourceObjects } from '../source/source-objects.js';
import { outageOf, type SourceQueue } from '../source/source-queue.js';
import { AnnouncedObjects } from './announced-objects.js';
import { ObjectCollection } from './collect-objects.js';

/** Collects until there is nothing more, or the slice's time is over. @throws the error of the first object that failed */
export async function collectBucket(slice: Slice, stream: StreamName, objects: SourceObjects): Promise<StreamEnd> {
  const collection = new ObjectCollection(slice, stream, objects);
  const { queue } = objects;
  if (queue === undefined) return collection.run();
  const announced = new AnnouncedObjects(slice, stream, objects, queue, collection);
  const read = await readAnnounced(slice, stream, objects, queue, announced);
  if (read === 'spent') {
    if (collection.firstFailure !== undefined) throw collection.firstFailure;
    return 'more';
  }
  if (read === 'done' && !isCompareDue(slice, queue)) {
    if (collection.firstFailure !== undefined) throw collection.firstFailure;
    return 'caughtUp';
  }
  const comparedAt = slice.checkpoint.listing?.since ?? new Date();
  const end = await collection.run();
  if (end === 'caughtUp' && collection.hasCompared) await slice.savePlace({ comparedAt });
  return end;
}

/** @returns `outage` when the queue cannot be reached: then comparing is all there is. */
async function readAnnounced(
  slice: Slice,
  stream: StreamName,
  { bucket, keys }: SourceObjects,
  queue: SourceQueue,
  announced: AnnouncedObjects,
): Promise<'done' | 'spent' | 'outage'> {
  const { collections, source, signal } = slice.options;
  const place = { collections, sourceId: source.settings.sourceId, bucket: bucket.name, keys };
  for (;;) {
    const { received, isMine, ...drained } = await queue.drain(place);
    if (isMine) slice.tellQueue(drained);
    const read = await queue.holding(place, stream, () => announced.read()).catch(outageOf);
    if (read === 'spent') return 'spent';
    if (drained.outage !== undefined || read !== 'done') return 'outage';
    if (received === 0) return 'done';
    signal?.throwIfAborted();
    // Messages that leave nothing to read are many, too.
    if (slice.spent) return 'spent';
  }
}

/** A comparison that did not fit into a slice goes on, and one that found something failing is repeated. */
function isCompareDue({ checkpoint: { comparedAt, listing } }: Slice, { compareEveryMs }: SourceQueue): boolean {
  if (listing !== undefined || comparedAt === undefined) return true;
  const sinceMs = Date.now() - comparedAt.getTime();
  // A time in the future was written by a clock that has been set back since.
  return sinceMs >= compareEveryMs || sinceMs < 0;
}
