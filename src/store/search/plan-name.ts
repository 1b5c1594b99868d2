/** Whether what a search reads is bounded, found out before it begins. */

import type { Store } from '../driver.js';
import { countByIndicators } from '../indicator-hits.js';
import { ORDER } from '../record-indexes.js';
import { records } from '../records.js';
import type { CountKeys, Plan } from './plan.js';
import { type Search, timeFilter, type Way } from './request.js';
import { isTimeUp, type TimeBudget } from './time-budget.js';

/** Records with some keys are counted up to here, in each collection. */
const MOST_COUNTED = 1_000;
/** Records that are looked at, over all ways: a page of usual size returns a fifth of them. */
const SAMPLE = 240;
const LEAST_SAMPLE = 4;
/** Of those, one in so many has to be a hit. */
const RECORDS_PER_HIT = 4;

/** `index`: what is read is bounded by what is returned, or by the few records that carry an indicator. */
export async function planName(
  store: Store,
  search: Search,
  { keys, isExact }: Plan,
  ways: readonly Way[],
  budget: TimeBudget,
): Promise<'index' | 'scan'> {
  if (isExact && ways.every(({ rest }) => rest === undefined)) return 'index';
  if (keys === undefined) return 'scan';
  const size = Math.max(LEAST_SAMPLE, Math.ceil(SAMPLE / ways.length));
  const sparse = await Promise.all(ways.map((way) => isSparse(store, search, way, size, budget)));
  const streams = new Set(ways.filter((_, at) => sparse[at]).map(({ stream }) => stream));
  const counts = await Promise.all(
    [...streams].map((stream) => countIn(store, search, stream, keys, MOST_COUNTED, budget)),
  );
  return counts.every((count) => count < MOST_COUNTED) ? 'index' : 'scan';
}

/** In all collections of the search. */
export function counting(store: Store, search: Search, budget: TimeBudget): CountKeys {
  return async (keys, limit) => {
    const counts = await Promise.all(
      search.streams.map((stream) => countIn(store, search, stream, keys, limit, budget)),
    );
    return { count: counts.reduce((sum, count) => sum + count, 0), isAll: counts.every((count) => count < limit) };
  };
}

async function countIn(
  store: Store,
  { from, to }: Search,
  stream: Way['stream'],
  keys: readonly string[],
  limit: number,
  budget: TimeBudget,
): Promise<number> {
  const until = to && new Date(to.getTime() - 1);
  const query = { keys, since: from, until, limit, maxTimeMs: budget.options().maxTimeMS };
  return unlessTimeIsUp(countByIndicators(store, stream, query), limit);
}

/** Whether there are more records than are looked at, with few hits among them. */
async function isSparse(
  store: Store,
  search: Search,
  { stream, reached, index, rest }: Way,
  size: number,
  budget: TimeBudget,
): Promise<boolean> {
  if (rest === undefined) return false;
  const pipeline = [
    { $match: { $and: [reached, timeFilter(search, undefined)(stream)] } },
    { $sort: ORDER },
    { $limit: size },
    { $facet: { seen: [{ $count: 'n' }], hits: [{ $match: rest }, { $count: 'n' }] } },
  ];
  interface Counted {
    readonly seen: readonly { readonly n: number }[];
    readonly hits: readonly { readonly n: number }[];
  }
  const looked = async () => {
    const cursor = records(store, stream).aggregate<Counted>(pipeline, { hint: index, ...budget.options() });
    const { seen = [], hits = [] } = (await cursor.next()) ?? {};
    return (seen[0]?.n ?? 0) === size && (hits[0]?.n ?? 0) * RECORDS_PER_HIT < size;
  };
  return unlessTimeIsUp(looked(), true);
}

async function unlessTimeIsUp<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isTimeUp(error)) return otherwise;
    throw error;
  }
}
