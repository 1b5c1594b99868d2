/** Where a window is begun again after an error. */

import { log } from '@temporalio/activity';
import { isOutOfReach, RawError } from '../../domain/failures/failure.js';
import type { RecordStream } from '../../domain/streams/streams.js';
import { halved, type WindowPosition } from '../../domain/streams/window.js';
import { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import { isTokenRefused } from '../slice/refused-token.js';
import { reachAfterRefusal } from './plan-window.js';
import { ListingShiftedError, ListingUnorderedError } from './read-window.js';
import type { WindowSink } from './window-sink.js';

/** How often a piece whose listing shifts is begun again before it is taken as it comes. */
export const MAX_SHIFTS = 3;
/** Pages taken in vain, since none of their places could be kept, after which a failing window is read in pieces. */
const PAGES_IN_VAIN = 2;

/** A piece of a window while it is read. */
export interface Reading {
  position: WindowPosition;
  /** Pages that this reading has taken. */
  pages: number;
  /** Pages that it has taken and whose places could not be kept. */
  inVain: number;
  /** How often its listing has shifted. */
  shifts: number;
}

/**
 * Where to begin again after an error; `over` when nothing is left of the piece, or it is left as it is; `undefined` when the
 * error has to leave the slice.
 */
export async function positionAfter(
  sink: WindowSink,
  stream: RecordStream,
  reading: Reading,
  error: unknown,
): Promise<WindowPosition | 'over' | undefined> {
  const { position } = reading;
  const { page } = position;
  if (error instanceof ListingShiftedError) return afterShift(sink, stream, reading, error);
  if (error instanceof ListingUnorderedError) return inOneGo(sink, position);
  if (error instanceof IncompleteAnswerError) return afterIncomplete(sink, position, error);
  if (!(error instanceof RawError)) return undefined;
  if (isOutOfReach(error.facts)) return inReach(sink, position, error.facts.message);
  const askedWithToken = page !== undefined || reading.pages > 0;
  if (askedWithToken && isTokenRefused(error.facts)) return inOneGo(sink, position);
  const smaller = reading.inVain >= PAGES_IN_VAIN ? halved(position) : undefined;
  if (smaller !== undefined) await sink.beginAgain(smaller);
  return undefined;
}

/**
 * A listing that ended too early is read in smaller pieces: one that is a single page needs no next one. An error beside
 * rows has nothing to do with the length of the window.
 */
async function afterIncomplete(
  sink: WindowSink,
  position: WindowPosition,
  error: IncompleteAnswerError,
): Promise<WindowPosition | 'over' | undefined> {
  if (error.incompleteness === 'partial') return undefined;
  const smaller = halved(position);
  if (smaller !== undefined) await sink.beginAgain(smaller);
  const verdict = sink.onIncomplete(error, smaller !== undefined);
  if (verdict !== 'leave') return verdict === 'split' ? smaller : undefined;
  await sink.finishPiece(position, { proven: false, doubt: error.message });
  return 'over';
}

/** From the first page once more, without any place kept; where that was in vain already, in smaller pieces. */
async function inOneGo(sink: WindowSink, position: WindowPosition): Promise<WindowPosition | undefined> {
  const { page: _page, ...whole } = position;
  const next = position.inOneGo === true ? halved(position) : { ...whole, inOneGo: true };
  if (next !== undefined) await sink.beginAgain(next);
  return next;
}

/** From the first page once more; if that does not help, in smaller pieces: one that is a single page cannot shift. */
async function afterShift(
  sink: WindowSink,
  stream: RecordStream,
  reading: Reading,
  { message }: ListingShiftedError,
): Promise<WindowPosition> {
  const { page: _page, ...whole } = reading.position;
  const smaller = reading.shifts === 0 ? undefined : halved(reading.position);
  if (smaller === undefined) reading.shifts += 1;
  if (reading.shifts > MAX_SHIFTS) log.warn('A listing keeps changing despite restarts', { stream, message });
  const next = smaller ?? whole;
  await sink.beginAgain(next);
  return next;
}

/** What the API refuses as too old cannot be had any more; the window goes on where it reaches back to. */
async function inReach(
  sink: WindowSink,
  position: WindowPosition,
  reason: string,
): Promise<WindowPosition | 'over' | undefined> {
  const reach = reachAfterRefusal(reason, position.from.getTime(), sink.slice.options.source.client.now());
  if (reach === undefined) return undefined;
  return (await sink.skipTo(position, new Date(reach), reason)) ?? 'over';
}
