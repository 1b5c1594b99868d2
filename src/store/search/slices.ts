/**
 * A search in parts, from the newest time back, or from the oldest on. A query that runs out of time tells nothing, so a long one is asked in
 * slices of time that take about as long as each other, and what the finished ones brought is kept.
 */

import type { Sort } from 'mongodb';
import type { Store } from '../driver.js';
import { records } from '../records.js';
import type { Planned } from './planned.js';
import type { Position } from './position.js';
import { sortOf, timeFilter, type Way } from './request.js';
import { isTimeUp, type TimeBudget } from './time-budget.js';

/** What lies behind a position, from a time that is included to one that is not; `undefined`: the ends of the search. */
export interface Slice {
  readonly behind: Position | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

export interface SliceOptions<T> {
  readonly budget: TimeBudget;
  readonly behind?: Position | undefined;
  /** Records of each collection that the first slice looks at, unless all at once is quick enough. */
  readonly firstSize: number;
  /** Asks for one slice. When its time is up, it tells what it has, or throws what MongoDB throws. */
  readonly work: (slice: Slice, budget: TimeBudget) => Promise<Worked<T>>;
}

export interface Worked<T> {
  readonly result: T;
  /** When time was up: all before this place is in the result. */
  readonly reached?: Position;
}

export interface SliceResult<T> {
  readonly result: T;
  /** Everything back to this time was searched, or, oldest first, everything before it; `undefined`: everything. */
  readonly searchedTo: Date | undefined;
  /** Where to go on. */
  readonly behind: Position | undefined;
}

const TARGET_MS = 400;
const LEAST_SIZE = 100;
const MOST_SIZE = 500_000;
/** Of the time that there is, for the attempt to do without slices. */
const SHARE_AT_ONCE = 0.25;

/** Ends with the last slice, when time is up, or when nobody asks for the next one. */
export async function* slices<T>(
  store: Store,
  { ways, search }: Planned,
  { budget, behind: start, firstSize, work }: SliceOptions<T>,
): AsyncGenerator<SliceResult<T>, void, undefined> {
  const { from, to, isOldestFirst = false } = search;
  const atOnce = await unlessTimeIsUp(() =>
    work({ behind: start, from, to }, budget.atMost(budget.left * SHARE_AT_ONCE)),
  );
  if (atOnce !== undefined) yield doneOf(atOnce, undefined, isOldestFirst);
  if (atOnce !== undefined && atOnce.reached === undefined) return;
  for (let behind = atOnce?.reached ?? start, size = firstSize; !budget.isOver; ) {
    const began = performance.now();
    const time = size === LEAST_SIZE ? budget : budget.atMost(TARGET_MS * 4);
    const filter = timeFilter(search, behind);
    const done = await unlessTimeIsUp(async () => {
      const nth = { n: size, sort: sortOf(search), budget };
      const times = await Promise.all(ways.map((way) => timeOfNth(store, way, filter(way.stream), nth)));
      const end = nearest(times, isOldestFirst);
      const slice = isOldestFirst ? { behind, from, to: end ?? to } : { behind, from: end ?? from, to };
      return doneOf(await work(slice, time), end, isOldestFirst);
    });
    if (done !== undefined) {
      yield done;
      if (done.searchedTo === undefined) return;
      behind = done.behind;
    }
    if (done?.isPart ?? true) {
      size = Math.max(LEAST_SIZE, Math.ceil(size / 8));
      continue;
    }
    const growth = Math.min(4, TARGET_MS / Math.max(1, performance.now() - began));
    size = Math.min(MOST_SIZE, Math.max(LEAST_SIZE, Math.round(size * growth)));
  }
}

function doneOf<T>(
  { result, reached }: Worked<T>,
  end: Date | undefined,
  isOldestFirst: boolean,
): SliceResult<T> & { readonly isPart: boolean } {
  if (reached === undefined) return { result, searchedTo: end, behind: end && { time: end }, isPart: false };
  // Others of the same millisecond may be behind it.
  const searchedTo = isOldestFirst ? reached.time : later(reached.time);
  return { result, searchedTo, behind: reached, isPart: true };
}

/** The time of the nth record that a way reaches; `undefined` when there are fewer. */
async function timeOfNth(
  store: Store,
  { stream, reached, index }: Way,
  within: object,
  { n, sort, budget }: { readonly n: number; readonly sort: Sort; readonly budget: TimeBudget },
): Promise<Date | undefined> {
  const [found] = await budget.ask((options) =>
    records(store, stream)
      .find({ $and: [reached, within] }, { projection: { _id: 0, _messageTime: 1 }, ...options })
      .sort(sort)
      .hint(index)
      .skip(n - 1)
      .limit(1)
      .toArray(),
  );
  return found?._messageTime;
}

/** Where a slice ends that looks at so many records of a way at most. */
function nearest(times: readonly (Date | undefined)[], isOldestFirst: boolean): Date | undefined {
  const ms = times.flatMap((time) => time?.getTime() ?? []);
  if (ms.length === 0) return undefined;
  return isOldestFirst ? later(new Date(Math.min(...ms))) : new Date(Math.max(...ms));
}

function later(time: Date): Date {
  return new Date(time.getTime() + 1);
}

/** `undefined` when time was up. */
async function unlessTimeIsUp<T extends object>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isTimeUp(error)) return undefined;
    throw error;
  }
}
