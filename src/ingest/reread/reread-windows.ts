/** Reads the windows of a range again: audit events, DLP logs, held messages. */

import { present } from '../../domain/present.js';
import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import { afterPiece, pieceOf, type Window, type WindowPosition } from '../../domain/streams/window.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';
import { MAX_WINDOW_MS } from '../windows/plan-window.js';
import type { WindowPage } from '../windows/read-window.js';
import { walkWindows } from '../windows/walk-windows.js';
import type { PieceEnd, WindowSink } from '../windows/window-sink.js';
import type { Rereading } from './reread-state.js';

/** What the collection is behind the end of the range, in milliseconds, before it is worth a word. */
const FAR_BEHIND_MS = 3_600_000;
/** So many pieces that cannot be seen are enough to know that the others cannot be either. */
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
  remarkUnreadRest(reading, readUntil);
  const end = Math.min(reading.to.getTime(), readUntil?.getTime() ?? 0);
  return (await walkWindows(new RereadWindows(reading, stream, end), stream)) === 'caughtUp';
}

/** Tells of a part of the range that the collection has not come to. */
function remarkUnreadRest(reading: Rereading, readUntil: Date | undefined): void {
  if (readUntil === undefined) reading.addUnseen('nothing has been collected yet');
  else if (reading.to.getTime() - readUntil.getTime() > FAR_BEHIND_MS) {
    reading.addRemark(`The collection has only read until ${readUntil.toISOString()}: anything later was not checked`);
  }
}

class RereadWindows implements WindowSink {
  /** The window that is being read. Of one that an earlier slice has left, only its piece is known. */
  private window: WindowPosition | undefined;

  constructor(
    readonly slice: Rereading,
    private readonly stream: RecordStream,
    /** Epoch milliseconds. */
    private readonly end: number,
  ) {
    const { page, windowTo } = slice.state;
    if (windowTo === undefined) return;
    // The token of a page belongs to the exact window that it was given for.
    this.window = { from: this.from, to: windowTo, ...present({ page }) };
  }

  async next(): Promise<WindowPosition | undefined> {
    if (this.isLast()) return undefined;
    const { from } = this;
    this.window ??= { from, to: new Date(Math.min(this.end, from.getTime() + MAX_WINDOW_MS)) };
    return this.window;
  }

  isLast(): boolean {
    return this.from.getTime() >= this.end || (this.slice.state.unseen?.count ?? 0) >= MAX_UNSEEN;
  }

  async take(page: WindowPage, position: WindowPosition): Promise<void> {
    await this.slice.take({ ...page, records: recordsOf(page, this.stream) }, placeOf(pieceOf(position)));
  }

  async keepPlace(position: WindowPosition): Promise<void> {
    this.window = position;
    const { page } = position;
    const { readOfWindow } = this.slice;
    await this.slice.move({ windowTo: pieceOf(position).to, readOfWindow, ...present({ page }) });
  }

  async beginAgain(position: WindowPosition): Promise<void> {
    this.slice.forgetRead();
    await this.keepPlace(position);
  }

  async finishPiece(position: WindowPosition, { doubt }: PieceEnd): Promise<void> {
    const piece = pieceOf(position);
    if (doubt !== undefined) this.slice.addUnseen(`${placeOf(piece)}: ${doubt}`);
    this.window = afterPiece(position);
    await this.slice.move({ readUntil: piece.to });
  }

  async skipTo({ to }: WindowPosition, reach: Date, reason: string): Promise<WindowPosition | undefined> {
    this.slice.addRemark(`Mimecast no longer returns anything before ${reach.toISOString()}: ${reason}`);
    this.window = reach < to ? { from: reach, to } : undefined;
    await this.slice.move({ readUntil: reach });
    return this.window;
  }

  onIncomplete(_error: unknown, canSplit: boolean): 'split' | 'leave' {
    return canSplit ? 'split' : 'leave';
  }

  private get from(): Date {
    return this.slice.state.readUntil ?? this.slice.from;
  }
}

function placeOf({ from, to }: Window): string {
  return `window ${from.toISOString()} to ${to.toISOString()}`;
}

/** A held message that was never stored is seen now for the first time. */
function recordsOf({ records }: WindowPage, stream: RecordStream): WindowPage['records'] {
  if (!definitionOf(stream).isQueue) return records;
  return records.map(({ document, time }) => {
    const seen = document._receiptTime;
    return { document: { ...document, _queue: { firstSeen: seen, lastSeen: seen } }, time };
  });
}
