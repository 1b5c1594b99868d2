/**
 * The queue of held messages. It is no log: a message that is released or rejected disappears from it. So each one is
 * stored once, with the times at which it was seen there, and the whole queue is listed again and again.
 */

import type { Window, WindowPosition } from '../../domain/streams/window.js';
import { countHeld, markLeft, markSeen } from '../../store/held-messages.js';
import type { Slice } from '../slice/slice.js';
import type { WindowPage } from './read-window.js';

/** A queue of at most so many messages (five pages) is listed whole at every poll. */
const SMALL_QUEUE = 2_500;
/** A larger one is listed whole this often, in milliseconds; in between, only its newest messages. */
const LIST_EVERY_MS = 15 * 60_000;

/**
 * A window that lists the whole queue, from the source's first day on, or as far as the API reaches back.
 *
 * @param present by the API's clock, epoch milliseconds.
 * @returns undefined while the last listing of a large queue is fresh enough.
 */
export async function planQueueWindow(slice: Slice, present: number): Promise<WindowPosition | undefined> {
  const { beginAt, queue } = slice.checkpoint;
  const from = queue?.from ?? beginAt;
  const last = queue?.listedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  if (present < last + LIST_EVERY_MS && (await isLarge(slice))) return undefined;
  // Later than the last one whatever the clock does: what is older was not seen in this listing.
  const listedAt = new Date(Math.max(present, last + 1));
  const to = new Date(present);
  return from > to ? undefined : { from, to, listedAt };
}

async function isLarge({ options: { collections, source, stream } }: Slice): Promise<boolean> {
  const { sourceId } = source.settings;
  return (await countHeld(collections, stream, sourceId, SMALL_QUEUE + 1)) > SMALL_QUEUE;
}

/**
 * Stores the messages of a page that are new, and notes all of them as seen: also those that a rule keeps out by now, since
 * they may have been stored before there was such a rule.
 *
 * @param listedAt when the listing of the whole queue began, if the page is part of one. That is when its messages count as
 * seen, whatever the API's clock does meanwhile, and whoever goes on with the listing: else its end could note them as
 * having left.
 */
export async function storeHeld(
  slice: Slice,
  { records, unreadable, listed }: WindowPage,
  listedAt: Date | undefined,
): Promise<void> {
  const { collections, source, stream } = slice.options;
  const seen = listedAt ?? new Date(source.client.now());
  const _queue = { firstSeen: seen, lastSeen: seen };
  const queued = records.map(({ document, time }) => ({ document: { ...document, _queue }, time }));
  await slice.store(queued, unreadable, true);
  await markSeen(collections, stream, listed, seen);
}

/**
 * Notes the messages that a piece of the queue's listing should have held and did not as having left.
 *
 * @param listedAt when the listing began.
 * @param proven whether nothing in the piece can have shifted from page to page. Else a message has to be missing in two
 * listings, this one and the one before.
 */
export async function markLeftWithin(slice: Slice, piece: Window, listedAt: Date, proven: boolean): Promise<void> {
  const { collections, source, stream } = slice.options;
  const notSeenSince = proven ? listedAt : slice.checkpoint.queue?.listedAt;
  if (notSeenSince === undefined) return;
  await markLeft(collections, stream, source.settings.sourceId, {
    ...piece,
    notSeenSince,
    leftAt: new Date(Math.max(source.client.now(), listedAt.getTime())),
  });
}
