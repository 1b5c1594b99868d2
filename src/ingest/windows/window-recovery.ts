/** Where a window is begun again after an error. */

import { log } from '@temporalio/activity';
import { isOutOfReach, TroubleError } from '../../domain/failures/failure.js';
import { definitionOf } from '../../domain/streams/streams.js';
import { halved, type WindowPosition } from '../../domain/streams/window.js';
import { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import type { RecordStream } from '../../mimecast/paged-records.js';
import { isTokenRefused } from '../slice/refused-token.js';
import type { Slice } from '../slice/slice.js';
import { longestWindow, reachAfterRefusal } from './plan-window.js';
import { ListingShiftedError, ListingUnorderedError } from './read-window.js';
import { endOfWindows, overlapOf } from './window-rules.js';

/** How often a piece whose listing shifts is begun again before it is taken as it comes. */
export const MAX_SHIFTS = 3;
/** Pages stored in vain, since none of their places could be kept, after which a failing window is read in pieces. */
const PAGES_IN_VAIN = 2;

/** A piece of a window while it is read. */
export interface Reading {
  position: WindowPosition;
  /** Pages that this reading has stored. */
  pages: number;
  /** Pages that it has stored and whose places could not be kept. */
  inVain: number;
  /** How often its listing has shifted. */
  shifts: number;
}

/** Where to begin again after an error; `undefined` when the error has to leave the slice. */
export async function positionAfter(
  slice: Slice,
  stream: RecordStream,
  reading: Reading,
  error: unknown,
): Promise<WindowPosition | undefined> {
  const { position } = reading;
  const { page } = position;
  if (error instanceof ListingShiftedError) return afterShift(slice, stream, reading, error);
  if (error instanceof ListingUnorderedError) return inOneGo(slice, position);
  if (error instanceof IncompleteAnswerError) return afterIncomplete(slice, position, error);
  if (!(error instanceof TroubleError)) return undefined;
  if (isOutOfReach(error.trouble)) return inReach(slice, stream, position, error.trouble.message);
  const askedWithToken = page !== undefined || reading.pages > 0;
  if (askedWithToken && isTokenRefused(error.trouble)) return inOneGo(slice, position);
  const smaller = reading.inVain >= PAGES_IN_VAIN ? halved(position) : undefined;
  if (smaller !== undefined) await slice.note({ window: smaller });
  return undefined;
}

/**
 * A listing that ended too early is read in smaller pieces: one that is a single page needs no next one. Where it does not
 * say how to go on, that is told as well, each time. An error beside rows has nothing to do with the length of the window.
 */
async function afterIncomplete(
  slice: Slice,
  position: WindowPosition,
  { incompleteness }: IncompleteAnswerError,
): Promise<WindowPosition | undefined> {
  const smaller = incompleteness === 'partial' ? undefined : halved(position);
  if (smaller !== undefined) await slice.note({ window: smaller });
  return incompleteness === 'paging' ? undefined : smaller;
}

/** From the first page once more, without any place kept; where that was in vain already, in smaller pieces. */
async function inOneGo(slice: Slice, position: WindowPosition): Promise<WindowPosition | undefined> {
  const { page: _page, ...whole } = position;
  const next = position.inOneGo === true ? halved(position) : { ...whole, inOneGo: true };
  if (next !== undefined) await slice.note({ window: next });
  return next;
}

/** From the first page once more; if that does not help, in smaller pieces: one that is a single page cannot shift. */
async function afterShift(
  slice: Slice,
  stream: RecordStream,
  reading: Reading,
  { message }: ListingShiftedError,
): Promise<WindowPosition> {
  const { page: _page, ...whole } = reading.position;
  const smaller = reading.shifts === 0 ? undefined : halved(reading.position);
  if (smaller === undefined) reading.shifts += 1;
  if (reading.shifts > MAX_SHIFTS) log.warn('A listing shifts however often it is begun again', { stream, message });
  const next = smaller ?? whole;
  await slice.note({ window: next });
  return next;
}

/** What the API refuses as too old is a gap; the window goes on where it reaches back to. */
async function inReach(
  slice: Slice,
  stream: RecordStream,
  position: WindowPosition,
  reason: string,
): Promise<WindowPosition | undefined> {
  const { source } = slice.options;
  const reach = reachAfterRefusal(reason, position.from.getTime(), source.client.now());
  if (reach === undefined) return undefined;
  const { beginAt, readUntil = beginAt, queue } = slice.checkpoint;
  const from = new Date(reach);
  if (readUntil < from) await slice.recordGap({ from: readUntil, to: from, reason });
  const { listedAt } = position;
  const end = endOfWindows(source, stream);
  const longest = listedAt === undefined ? longestWindow(overlapOf(source, stream)) : Number.POSITIVE_INFINITY;
  const to = new Date(Math.max(Math.min(position.to.getTime(), end), Math.min(end, reach + longest)));
  const window = { from, to, ...(listedAt === undefined ? {} : { listedAt }) };
  await slice.move({ window, ...(definitionOf(stream).isQueue ? { queue: { ...queue, from } } : {}) });
  return window;
}
