/** Collects audit events, DLP logs or held messages: windows of time, each read page by page to its end. */

import { definitionOf } from '../../domain/streams/streams.js';
import type { WindowPosition } from '../../domain/streams/window.js';
import type { RecordStream } from '../../mimecast/paged-records.js';
import type { Slice } from '../slice/slice.js';
import { planQueueWindow } from './held-queue.js';
import { planWindow, reachOf } from './plan-window.js';
import { storeWindow } from './store-window.js';
import { endOfWindows, overlapOf } from './window-rules.js';

/** A window that ends so shortly before the present was the last one for now. */
const NEARLY_NOW_MS = 60_000;
/** A smaller difference of the two clocks is not worth a correction. */
const CLOCK_TOLERANCE_MS = 2_000;

/** Collects until now, or until the slice's time is over. A window that it leaves unfinished is gone on with next time. */
export async function collectWindows(slice: Slice, stream: RecordStream): Promise<'caughtUp' | 'more'> {
  const { source, signal } = slice.options;
  for (;;) {
    const present = await source.client.present(signal);
    const position = unfinished(slice, stream, present) ?? (await nextWindow(slice, stream, present));
    if (position === undefined) return 'caughtUp';
    const end = await storeWindow(slice, stream, position);
    if (end === 'done' && position.to.getTime() >= endOfWindows(source, stream) - NEARLY_NOW_MS) return 'caughtUp';
    if (end === 'spent' || slice.spent) return 'more';
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
  if (beginAt.getTime() > begin + CLOCK_TOLERANCE_MS) await slice.note({ beginAt: new Date(begin) });
}
