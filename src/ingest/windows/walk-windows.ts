/** Reads windows one after the other into a sink, each page by page to its end. */

import type { RecordStream } from '../../domain/streams/streams.js';
import { halved, pieceOf } from '../../domain/streams/window.js';
import { withKnownIdentities } from './known-identities.js';
import { readWindow, type WindowPage } from './read-window.js';
import { MAX_SHIFTS, positionAfter, type Reading } from './window-recovery.js';
import type { WindowSink } from './window-sink.js';

/** `again`: the window has to be planned again. */
type ReadingEnd = 'done' | 'spent' | 'again';

/** Reads until there is nothing more now, or the slice's time is over. A window that it leaves unfinished is resumed next time. */
export async function walkWindows(sink: WindowSink, stream: RecordStream): Promise<'caughtUp' | 'more'> {
  for (;;) {
    const position = await sink.next();
    if (position === undefined) return 'caughtUp';
    const reading: Reading = { position, pages: 0, inVain: 0, shifts: 0 };
    const end = await readPiece(sink, stream, reading);
    if (end === 'done' && sink.isLast(position)) return 'caughtUp';
    if (end === 'spent' || sink.slice.spent) return 'more';
  }
}

async function readPiece(sink: WindowSink, stream: RecordStream, reading: Reading): Promise<ReadingEnd> {
  for (;;) {
    try {
      return await readPages(sink, stream, reading);
    } catch (error) {
      sink.slice.options.signal.throwIfAborted();
      const next = await positionAfter(sink, stream, reading, error);
      if (next === undefined) throw error;
      if (next === 'over') return 'done';
      reading.position = next;
      reading.pages = 0;
      reading.inVain = 0;
    }
  }
}

async function readPages(sink: WindowSink, stream: RecordStream, reading: Reading): Promise<ReadingEnd> {
  const { collections, source, signal } = sink.slice.options;
  const tolerant = reading.shifts > MAX_SHIFTS;
  const piece = pieceOf(reading.position);
  for await (const read of readWindow(source, stream, piece, {
    signal,
    begin: reading.position.page,
    tolerant,
    countRulesAfter: sink.countRulesAfter,
    canSplit: halved(reading.position) !== undefined,
  })) {
    if (reading.pages === 0 && (await sink.isMisplanned?.(reading.position))) return 'again';
    const page = await withKnownIdentities(collections, source.settings.sourceId, stream, read);
    await sink.take(page, reading.position);
    reading.pages += 1;
    if (page.failure !== undefined) throw page.failure;
    if (page.last) {
      await sink.finishPiece(reading.position, { proven: page.proven && !tolerant, doubt: page.doubt });
      return 'done';
    }
    if ((await keepPlace(sink, reading, page)) === 'spent') return 'spent';
  }
  return 'done';
}

/** Keeps the place of the next page, when a later reading could go on there; else a window too long is read in pieces. */
async function keepPlace(sink: WindowSink, reading: Reading, page: WindowPage): Promise<'spent' | 'more'> {
  const { position } = reading;
  if (page.next !== undefined && position.inOneGo !== true) {
    reading.position = { ...position, page: page.next };
    await sink.keepPlace(reading.position);
    return sink.slice.spent ? 'spent' : 'more';
  }
  reading.inVain += 1;
  const smaller = sink.slice.spent ? halved(position) : undefined;
  if (smaller === undefined) return 'more';
  await sink.beginAgain(smaller);
  return 'spent';
}
