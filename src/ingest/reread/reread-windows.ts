/** Reads the windows of a range again: audit events, DLP logs, held messages. */

import { isOutOfReach, TroubleError } from '../../domain/failures/failure.js';
import { definitionOf } from '../../domain/streams/streams.js';
import type { Window } from '../../domain/streams/window.js';
import { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import type { RecordStream } from '../../mimecast/paged-records.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';
import { isTokenRefused } from '../slice/refused-token.js';
import { withKnownIdentities } from '../windows/known-identities.js';
import { MAX_WINDOW_MS, reachAfterRefusal } from '../windows/plan-window.js';
import { ListingShiftedError, readWindow, type WindowPage } from '../windows/read-window.js';
import type { Rereading } from './reread-state.js';

/** How often a window whose listing shifts is begun again before it is taken as it comes. */
const MAX_SHIFTS = 3;
/** Shortest window, in milliseconds: the API knows no smaller time than a second. */
const SHORTEST_MS = 1_000;
/** What the collection is behind the end of the range, in milliseconds, before it is worth a word. */
const FAR_BEHIND_MS = 3_600_000;
/** So many windows that cannot be seen are enough to know that the others cannot be either. */
const MAX_UNSEEN = 3;

/**
 * Reads up to where the collection has come: what is later is its own to read.
 *
 * @returns whether all of the range was read; else the slice's time is over.
 */
export async function rereadWindows(
  reading: Rereading,
  stream: RecordStream,
  { readUntil }: CheckpointDocument,
): Promise<boolean> {
  const end = Math.min(reading.to.getTime(), readUntil?.getTime() ?? 0);
  noteRest(reading, readUntil);
  let lengthMs = MAX_WINDOW_MS;
  for (;;) {
    const { readUntil: from = reading.from, page, windowTo } = reading.state;
    if (from.getTime() >= end) return true;
    if (reading.spent) return false;
    // The token of a page belongs to the exact window that it was given for.
    const isBegun = page !== undefined && windowTo !== undefined;
    const to = isBegun ? windowTo : new Date(Math.min(end, from.getTime() + lengthMs));
    const readTo = await readWhole(reading, stream, { from, to });
    if (readTo === undefined) return false;
    lengthMs = Math.min(MAX_WINDOW_MS, readTo === 'smaller' ? half({ from, to }) : 2 * lengthMs);
    if (readTo !== 'smaller') await reading.move({ readUntil: readTo });
    if ((reading.state.unseen?.count ?? 0) >= MAX_UNSEEN) return true;
  }
}

/** Tells of a part of the range that the collection has not come to. */
function noteRest(reading: Rereading, readUntil: Date | undefined): void {
  if (readUntil === undefined) reading.noteUnseen('the collection has read nothing yet');
  else if (reading.to.getTime() - readUntil.getTime() > FAR_BEHIND_MS) {
    reading.note(`The collection has only read until ${readUntil.toISOString()}: what is later was not looked at`);
  }
}

/**
 * @returns up to where it is read now, which is later than its end after a refusal; `smaller` when it has to be read in
 * smaller windows; nothing when the time is over.
 */
async function readWhole(
  reading: Rereading,
  stream: RecordStream,
  window: Window,
): Promise<Date | 'smaller' | undefined> {
  for (let shifts = 0; ; ) {
    try {
      return (await readPages(reading, stream, window, shifts > MAX_SHIFTS)) ? window.to : undefined;
    } catch (error) {
      reading.options.signal.throwIfAborted();
      const beyond = beyondReach(reading, window, error);
      if (beyond !== undefined) return beyond;
      if (error instanceof IncompleteAnswerError && error.incompleteness !== 'partial') {
        if (canSplit(window)) {
          await reading.beginAgain();
          return 'smaller';
        }
        reading.noteUnseen(`${placeOf(window)}: ${error.message}`);
        return window.to;
      }
      if (!(error instanceof ListingShiftedError) && !(reading.state.page !== undefined && isRefusedToken(error)))
        throw error;
      shifts += 1;
      await reading.beginAgain();
    }
  }
}

function canSplit({ from, to }: Window): boolean {
  return to.getTime() - from.getTime() > SHORTEST_MS;
}

function half({ from, to }: Window): number {
  return Math.max(SHORTEST_MS, Math.ceil((to.getTime() - from.getTime()) / 2));
}

function placeOf({ from, to }: Window): string {
  return `window ${from.toISOString()} to ${to.toISOString()}`;
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof TroubleError && !(error instanceof IncompleteAnswerError) && isTokenRefused(error.trouble);
}

function beyondReach(reading: Rereading, { from }: Window, error: unknown): Date | undefined {
  if (!(error instanceof TroubleError) || error instanceof IncompleteAnswerError) return undefined;
  if (!isOutOfReach(error.trouble)) return undefined;
  const next = reachAfterRefusal(error.trouble.message, from.getTime(), Date.now());
  if (next === undefined) return undefined;
  reading.note(`Mimecast does not hand out what is before ${new Date(next).toISOString()}: ${error.trouble.message}`);
  return new Date(next);
}

async function readPages(
  reading: Rereading,
  stream: RecordStream,
  window: Window,
  tolerant: boolean,
): Promise<boolean> {
  const { collections, source, signal } = reading.options;
  const { page: begin } = reading.state;
  const options = { signal, begin, tolerant, canSplit: canSplit(window) };
  for await (const read of readWindow(source, stream, window, options)) {
    const page = await withKnownIdentities(collections, source.settings.sourceId, stream, read);
    const place = placeOf(window);
    await reading.take({ records: recordsOf(page, stream), unreadable: page.unreadable, place });
    if (page.failure !== undefined) throw page.failure;
    if (page.doubt !== undefined) reading.noteUnseen(`${place}: ${page.doubt}`);
    if (page.last || page.next === undefined) continue;
    await reading.move({ page: page.next, windowTo: window.to });
    if (reading.spent) return false;
  }
  return true;
}

/** A held message that was never stored is seen now for the first time. */
function recordsOf({ records }: WindowPage, stream: RecordStream): WindowPage['records'] {
  if (!definitionOf(stream).isQueue) return records;
  return records.map(({ document, time }) => {
    const seen = document._receiptTime;
    return { document: { ...document, _queue: { firstSeen: seen, lastSeen: seen } }, time };
  });
}
