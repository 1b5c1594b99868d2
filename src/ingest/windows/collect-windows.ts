/** Collects audit events, DLP logs or held messages: stores the records of windows, and keeps the place in the checkpoint. */

import { present } from '../../domain/present.js';
import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import { afterPiece, pieceOf, type Window, type WindowPosition } from '../../domain/streams/window.js';
import type { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import type { Slice } from '../slice/slice.js';
import { markLeftWithin, planQueueWindow, storeHeld } from './held-queue.js';
import { longestWindow, planWindow, reachOf } from './plan-window.js';
import type { WindowPage } from './read-window.js';
import { walkWindows } from './walk-windows.js';
import { endOfWindows, overlapOf } from './window-bounds.js';
import type { PieceEnd, WindowSink } from './window-sink.js';

/** A window that ends so shortly before the present was the last one for now. */
const NEARLY_NOW_MS = 60_000;
/** A smaller difference of the two clocks is not worth a correction. */
const CLOCK_TOLERANCE_MS = 2_000;
/** What the `Date` header of the first answer may be behind the present. */
const HEADER_TOLERANCE_MS = 1_000;

/** Collects until now, or until the slice's time is over. */
export function collectWindows(slice: Slice, stream: RecordStream): Promise<'caughtUp' | 'more'> {
  return walkWindows(new CollectedWindows(slice, stream), stream);
}

/**
 * The checkpoint knows each page that is stored and has another after it, and forgets the pages in the same write that notes
 * the window as read.
 */
class CollectedWindows implements WindowSink {
  /** Rows that the window has brought so far, as far as is known. */
  private rows = 0;

  constructor(
    readonly slice: Slice,
    private readonly stream: RecordStream,
  ) {}

  get countRulesAfter(): Date | undefined {
    return this.slice.checkpoint.readUntil;
  }

  async next(): Promise<WindowPosition | undefined> {
    const { source, signal } = this.slice.options;
    const present = await source.client.present(signal);
    const position = unfinished(this.slice, this.stream, present);
    if (position === undefined) this.rows = 0;
    else this.rows = Math.max(this.rows, position.page?.met ?? 0);
    return position ?? nextWindow(this.slice, this.stream, present);
  }

  isLast({ to }: Window): boolean {
    const isRead = this.slice.checkpoint.window === undefined;
    return isRead && to.getTime() >= endOfWindows(this.slice.options.source, this.stream) - NEARLY_NOW_MS;
  }

  /** A window planned by our own clock, before the API had told its time, may reach beyond the present. */
  async isMisplanned({ to, page, pieceMs }: WindowPosition): Promise<boolean> {
    const isFresh = page === undefined && pieceMs === undefined;
    const end = endOfWindows(this.slice.options.source, this.stream) + HEADER_TOLERANCE_MS;
    if (!isFresh || to.getTime() <= end) return false;
    if (this.slice.checkpoint.window !== undefined) await this.slice.savePlace({ window: undefined });
    return true;
  }

  async take(page: WindowPage, { listedAt }: WindowPosition): Promise<void> {
    const { slice, stream } = this;
    slice.countRuled(page.ruled);
    const { records, unreadable, listed } = page;
    this.rows += listed.length;
    await (definitionOf(stream).isQueue ? storeHeld(slice, page, listedAt) : slice.store(records, unreadable, true));
  }

  async keepPlace(window: WindowPosition): Promise<void> {
    await this.slice.move({ window });
  }

  async beginAgain(window: WindowPosition): Promise<void> {
    this.rows = 0;
    await this.slice.savePlace({ window });
  }

  async finishPiece(position: WindowPosition, { proven, doubt }: PieceEnd): Promise<void> {
    const { slice } = this;
    const { from, to } = pieceOf(position);
    // Nothing tells whether there is more, and no smaller piece would: that is told, and `verify` says so as well.
    if (doubt !== undefined) await slice.recordGap({ from, to, reason: doubt });
    const rest = afterPiece(position);
    const { listedAt } = position;
    if (listedAt !== undefined) await markLeftWithin(slice, { from, to }, listedAt, proven);
    if (rest !== undefined) return slice.move({ window: rest });
    const queue = listedAt === undefined ? {} : { queue: { ...slice.checkpoint.queue, listedAt } };
    const overlapRead = position.isBrief
      ? {}
      : { overlapRead: { until: position.to, rows: this.rowsOfOverlap(position) } };
    await slice.move({ window: undefined, readUntil: position.to, ...overlapRead, ...queue });
  }

  /** Nothing is known of it after a window that was mostly new, or a listing of the whole queue: then the next one tells. */
  private rowsOfOverlap({ to, listedAt }: WindowPosition): number {
    const { beginAt, readUntil = beginAt } = this.slice.checkpoint;
    const isMostlyNew = to.getTime() - readUntil.getTime() > overlapOf(this.slice.options.source, this.stream);
    return listedAt !== undefined || isMostlyNew ? 0 : this.rows;
  }

  /** What is out of reach is a gap. */
  async skipTo(position: WindowPosition, from: Date, reason: string): Promise<WindowPosition> {
    const { slice, stream } = this;
    const { source } = slice.options;
    const { beginAt, readUntil = beginAt, queue } = slice.checkpoint;
    if (readUntil < from) await slice.recordGap({ from: readUntil, to: from, reason });
    const { listedAt } = position;
    const end = endOfWindows(source, stream);
    const longest = listedAt === undefined ? longestWindow(overlapOf(source, stream)) : Number.POSITIVE_INFINITY;
    const to = new Date(Math.max(Math.min(position.to.getTime(), end), Math.min(end, from.getTime() + longest)));
    const window = { from, to, ...present({ listedAt }) };
    await slice.move({ window, ...(definitionOf(stream).isQueue ? { queue: { ...queue, from } } : {}) });
    return window;
  }

  /** Where the listing does not say how to go on, that is told each time. */
  onIncomplete({ incompleteness }: IncompleteAnswerError, canSplit: boolean): 'split' | 'fail' {
    return canSplit && incompleteness !== 'paging' ? 'split' : 'fail';
  }
}

/** The window that the last slice left, unless its beginning has grown too old meanwhile. */
function unfinished(slice: Slice, stream: RecordStream, present: number): WindowPosition | undefined {
  const { window } = slice.checkpoint;
  const reach = reachOf(stream, present);
  return window !== undefined && (reach === undefined || window.from.getTime() >= reach) ? window : undefined;
}

async function nextWindow(slice: Slice, stream: RecordStream, present: number): Promise<WindowPosition | undefined> {
  const { source } = slice.options;
  await correctBegin(slice, present);
  const wholeQueue = definitionOf(stream).isQueue ? await planQueueWindow(slice, present) : undefined;
  if (wholeQueue !== undefined) return wholeQueue;
  const plan = planWindow(slice.checkpoint, {
    end: endOfWindows(source, stream),
    overlapMs: overlapOf(source, stream),
    reach: reachOf(stream, present),
  });
  if (plan?.gap !== undefined) {
    await slice.recordGap({ ...plan.gap, reason: `${stream}: older than the API reaches back` });
  }
  return plan?.window;
}

/** The first day was reckoned by our clock; where that was ahead, it is set right by the API's before the first window. */
async function correctBegin(slice: Slice, present: number): Promise<void> {
  const { beginAt, readUntil, window } = slice.checkpoint;
  if (readUntil !== undefined || window !== undefined) return;
  const begin = present - slice.options.source.backfillMs;
  if (beginAt.getTime() > begin + CLOCK_TOLERANCE_MS) await slice.savePlace({ beginAt: new Date(begin) });
}
