/** Which window of a stream to read next. */

import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import type { OverlapRead, Window, WindowPosition } from '../../domain/streams/window.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longest window asked for at once while catching up. */
export const MAX_WINDOW_MS = 6 * HOUR_MS;
/** A window is at least so many times as long as its overlap, or catching up would read most of all twice. */
const OVERLAPS_PER_WINDOW = 2;
/** An overlap whose last reading found at most so many rows (five pages) is read whole by every window. */
const FEW_ROWS = 2_500;
/** A larger one is read whole this often, in milliseconds: by every window where polls are five minutes apart, as by default. */
const OVERLAP_EVERY_MS = 4 * 60_000;
/** How far a brief window reaches back. */
const BRIEF_OVERLAP_MS = 10_000;
/** An end that lies behind what was read by more than this tells of a clock that was set back. */
const CLOCK_JUMP_MS = 60_000;
/** Kept away from the limit of reach: time passes until the request arrives. */
const REACH_MARGIN_MS = 60_000;
/** Step forward after a refusal that does not say how far the API reaches back. */
const REACH_STEP_MS = DAY_MS;

/** What the checkpoint says. */
export interface ReadSoFar {
  /** Nothing older is asked for. */
  readonly beginAt: Date;
  /** All up to here was read. */
  readonly readUntil?: Date;
  /** Newest record that was read, by the API's clock. */
  readonly lastEventTime?: Date;
  readonly overlapRead?: OverlapRead;
}

export interface WindowBounds {
  /** The latest end of a window: the present by the API's clock, less the lag. Epoch milliseconds. */
  readonly end: number;
  /** How far a window reaches back into the one before, in milliseconds. */
  readonly overlapMs: number;
  /** Nothing before is in reach; epoch milliseconds. */
  readonly reach?: number | undefined;
}

export interface WindowPlan {
  readonly window: WindowPosition;
  /** Time that was not read and is out of reach by now. */
  readonly gap?: Window;
}

/** The next window; `undefined` when nothing is to be read yet. Never one that ends before it begins. */
export function planWindow(sofar: ReadSoFar, { end, overlapMs, reach }: WindowBounds): WindowPlan | undefined {
  const done = readUntil(sofar, end);
  const start = Math.max(done, reach ?? done);
  const isBrief = overlapMs > BRIEF_OVERLAP_MS && isOverlapFresh(sofar, end);
  const back = isBrief ? start - BRIEF_OVERLAP_MS : wholeOverlap(sofar, start) - overlapMs;
  const from = Math.max(back, sofar.beginAt.getTime(), reach ?? 0);
  const to = Math.min(end, start + longestWindow(overlapMs));
  if (from > to) return undefined;
  const gap = done < start ? { gap: { from: new Date(done), to: new Date(start) } } : {};
  const brief = isBrief ? { isBrief } : {};
  return { window: { from: new Date(from), to: new Date(to), ...brief }, ...gap };
}

/** Whether a large overlap was read whole a short while ago, so that reading it again would cost more than it finds. */
function isOverlapFresh({ overlapRead }: ReadSoFar, end: number): boolean {
  if (overlapRead === undefined || overlapRead.rows <= FEW_ROWS) return false;
  const age = end - overlapRead.until.getTime();
  return age >= 0 && age < OVERLAP_EVERY_MS;
}

/**
 * Where the overlap of a window ends, epoch milliseconds: at the end of the last one that reached back as far, so that what
 * appeared since is found however many brief windows have been read in between. What is noted of a longer time ago was left by
 * an earlier version, which read each overlap whole and noted none.
 */
function wholeOverlap({ overlapRead }: ReadSoFar, start: number): number {
  const until = overlapRead?.until.getTime() ?? start;
  return Math.max(start - OVERLAP_EVERY_MS, Math.min(start, until));
}

export function longestWindow(overlapMs: number): number {
  return Math.max(MAX_WINDOW_MS, OVERLAPS_PER_WINDOW * overlapMs);
}

/**
 * The time up to which all was read, in epoch milliseconds. Where it lies ahead of the clock, that clock was wrong when
 * it was written; then only what has been met itself is known to be read.
 */
function readUntil({ beginAt, readUntil, lastEventTime }: ReadSoFar, end: number): number {
  const noted = (readUntil ?? beginAt).getTime();
  if (readUntil === undefined || noted <= end + CLOCK_JUMP_MS) return Math.min(noted, Math.max(end, beginAt.getTime()));
  return Math.min(end, Math.max((lastEventTime ?? beginAt).getTime(), beginAt.getTime()));
}

/** The oldest time that is in reach of the API, epoch milliseconds; `undefined` where it is not known. */
export function reachOf(stream: RecordStream, present: number): number | undefined {
  const { reachMs } = definitionOf(stream);
  return reachMs === undefined ? undefined : present - reachMs + REACH_MARGIN_MS;
}

/**
 * Where to go on after the API has refused a window as too old: as far back as its message says ("the last 30 days"),
 * else a day further on.
 *
 * @returns epoch milliseconds; `undefined` when the window is less than a day old, which cannot have been the reason.
 */
export function reachAfterRefusal(message: string, from: number, present: number): number | undefined {
  const days = Number(/(\d+)[ -]days?\b/i.exec(message)?.[1] ?? Number.NaN);
  const reach = present - days * DAY_MS + REACH_MARGIN_MS;
  const next = reach > from ? reach : from + REACH_STEP_MS;
  return next < present ? next : undefined;
}
