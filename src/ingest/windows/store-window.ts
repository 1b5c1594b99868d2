/** Stores one window, and goes on inside of it where the last slice ended. */

import { definitionOf } from '../../domain/streams/streams.js';
import { afterPiece, halved, pieceOf, type WindowPosition } from '../../domain/streams/window.js';
import type { RecordStream } from '../../mimecast/paged-records.js';
import type { Slice } from '../slice/slice.js';
import type { LoadedSource } from '../source/source-reader.js';
import { notePieceOfQueue, storeHeld } from './held-queue.js';
import { withKnownIdentities } from './known-identities.js';
import { readWindow, type WindowPage } from './read-window.js';
import { MAX_SHIFTS, positionAfter, type Reading } from './window-recovery.js';
import { endOfWindows } from './window-rules.js';

/** What the `Date` header of the first answer may be behind the present. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * Stores the window from its position on. The checkpoint knows each page that is stored and has another after it, and
 * forgets the pages in the same write that notes the window as read.
 *
 * @returns `spent` when the slice's time was over first; `again` when the window reaches beyond the present of the API,
 * which was not known before: it has to be planned anew.
 */
export async function storeWindow(
  slice: Slice,
  stream: RecordStream,
  begin: WindowPosition,
): Promise<'done' | 'spent' | 'again'> {
  let position: WindowPosition | undefined = begin;
  while (position !== undefined) {
    const end = await storePiece(slice, stream, position);
    if (end !== 'done') return end;
    position = slice.checkpoint.window;
    if (position !== undefined && slice.spent) return 'spent';
  }
  return 'done';
}

async function storePiece(
  slice: Slice,
  stream: RecordStream,
  position: WindowPosition,
): Promise<'done' | 'spent' | 'again'> {
  const reading: Reading = { position, pages: 0, inVain: 0, shifts: 0 };
  for (;;) {
    try {
      return await storePages(slice, stream, reading);
    } catch (error) {
      slice.options.signal.throwIfAborted();
      const next = await positionAfter(slice, stream, reading, error);
      if (next === undefined) throw error;
      reading.position = next;
      reading.pages = 0;
      reading.inVain = 0;
    }
  }
}

async function storePages(slice: Slice, stream: RecordStream, reading: Reading): Promise<'done' | 'spent' | 'again'> {
  const { source, signal } = slice.options;
  const tolerant = reading.shifts > MAX_SHIFTS;
  const { page: begin } = reading.position;
  const { readUntil: countRulesAfter } = slice.checkpoint;
  for await (const read of readWindow(source, stream, pieceOf(reading.position), {
    signal,
    begin,
    tolerant,
    countRulesAfter,
    canSplit: halved(reading.position) !== undefined,
  })) {
    if (reading.pages === 0 && isAhead(source, stream, reading.position)) {
      if (slice.checkpoint.window !== undefined) await slice.note({ window: undefined });
      return 'again';
    }
    const page = await withKnownIdentities(slice.options.collections, source.settings.sourceId, stream, read);
    slice.noteRuled(page.ruled);
    await (definitionOf(stream).isQueue ? storeHeld(slice, page) : slice.store(page.records, page.unreadable, true));
    reading.pages += 1;
    if (page.failure !== undefined) throw page.failure;
    if (page.last) {
      const { from, to } = pieceOf(reading.position);
      // Nothing tells whether there is more, and no smaller piece would: that is told, and `verify` says so as well.
      if (page.doubt !== undefined) await slice.recordGap({ from, to, reason: page.doubt });
      await finishPiece(slice, reading.position, page.proven && !tolerant);
      return 'done';
    }
    if ((await keepPlace(slice, reading, page)) === 'spent') return 'spent';
  }
  return 'done';
}

/** A window planned by our own clock, before the API had told its time. */
function isAhead(source: LoadedSource, stream: RecordStream, { to, page, pieceMs }: WindowPosition): boolean {
  const isFresh = page === undefined && pieceMs === undefined;
  return isFresh && to.getTime() > endOfWindows(source, stream) + CLOCK_TOLERANCE_MS;
}

/** Keeps the place of the next page, when a later reading could go on there; else a window too long is read in pieces. */
async function keepPlace(slice: Slice, reading: Reading, page: WindowPage): Promise<'spent' | 'more'> {
  const { position } = reading;
  if (page.next !== undefined && position.inOneGo !== true) {
    reading.position = { ...position, page: page.next };
    await slice.move({ window: reading.position });
    return slice.spent ? 'spent' : 'more';
  }
  reading.inVain += 1;
  const smaller = slice.spent ? halved(position) : undefined;
  if (smaller === undefined) return 'more';
  await slice.note({ window: smaller });
  return 'spent';
}

async function finishPiece(slice: Slice, position: WindowPosition, proven: boolean): Promise<void> {
  const rest = afterPiece(position);
  const { listedAt } = position;
  if (listedAt !== undefined) await notePieceOfQueue(slice, pieceOf(position), listedAt, proven);
  const queue = listedAt === undefined ? {} : { queue: { ...slice.checkpoint.queue, listedAt } };
  await slice.move(rest === undefined ? { window: undefined, readUntil: position.to, ...queue } : { window: rest });
}
