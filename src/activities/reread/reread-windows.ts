/** Reads the windows of a range again: audit events, DLP logs, held messages. */

import type { RecordStream } from '../../mimecast/paged-records.js';
import { isOutOfReach, TroubleError } from '../../source/failure.js';
import type { Window } from '../../source/window.js';
import type { CheckpointDocument } from '../../store/collections.js';
import { MAX_WINDOW_MS, reachAfterRefusal } from '../windows/plan-window.js';
import { ListingShiftedError, readWindow, type WindowPage } from '../windows/read-window.js';
import { isTokenRefused } from '../windows/refused-token.js';
import type { Rereading } from './reread-state.js';

/** How often a window whose listing shifts is begun again before it is taken as it comes. */
const MAX_SHIFTS = 3;

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
  for (;;) {
    const from = reading.state.readUntil ?? reading.from;
    if (from.getTime() >= end) return true;
    if (reading.spent) return false;
    const to = new Date(Math.min(end, from.getTime() + MAX_WINDOW_MS));
    const readTo = await readWhole(reading, stream, { from, to });
    if (readTo === undefined) return false;
    await reading.move({ readUntil: readTo });
  }
}

/** @returns up to where it is read now, which is later than its end after a refusal; nothing when the time is over. */
async function readWhole(reading: Rereading, stream: RecordStream, window: Window): Promise<Date | undefined> {
  for (let shifts = 0; ; ) {
    try {
      return (await readPages(reading, stream, window, shifts > MAX_SHIFTS)) ? window.to : undefined;
    } catch (error) {
      reading.options.signal.throwIfAborted();
      const beyond = beyondReach(reading, window, error);
      if (beyond !== undefined) return beyond;
      if (!(error instanceof ListingShiftedError) && !(reading.state.page !== undefined && isRefusedToken(error)))
        throw error;
      shifts += 1;
      await reading.beginAgain();
    }
  }
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof TroubleError && isTokenRefused(error.trouble);
}

function beyondReach(reading: Rereading, { from }: Window, error: unknown): Date | undefined {
  if (!(error instanceof TroubleError) || !isOutOfReach(error.trouble)) return undefined;
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
  const { source, signal } = reading.options;
  const { page: begin } = reading.state;
  for await (const page of readWindow(source, stream, window, { signal, begin, tolerant })) {
    const place = `window ${window.from.toISOString()} to ${window.to.toISOString()}`;
    await reading.take({ records: recordsOf(page, stream), unreadable: page.unreadable, place });
    if (page.last || page.next === undefined) continue;
    await reading.move({ page: page.next });
    if (reading.spent) return false;
  }
  return true;
}

/** A held message that was never stored is seen now for the first time. */
function recordsOf({ records }: WindowPage, stream: RecordStream): WindowPage['records'] {
  if (stream !== 'hold') return records;
  return records.map(({ document, time }) => {
    const seen = document._receiptTime;
    return { document: { ...document, _queue: { firstSeen: seen, lastSeen: seen } }, time };
  });
}
