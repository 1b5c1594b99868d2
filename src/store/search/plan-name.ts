/** Whether what a search reads is bounded, found out before it begins. */

import type { Store } from '../driver.js';
import { countByIndicators } from '../indicator-hits.js';
import { ORDER } from '../record-indexes.js';
import { records } from '../records.js';
import type { Ahead, Plan } from './plan.js';
import { type Search, timeFilter, type Way, waysOf } from './request.js';
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
  { keys, isExact, isBounded }: Plan,
  ways: readonly Way[],
  budget: TimeBudget,
): Promise<'index' | 'scan'> {
  if (isBounded || (isExact && ways.every(({ rest }) => rest === undefined))) return 'index';
  if (keys === undefined) return 'scan';
  const sparse = await sparseWays(store, search, ways, budget);
  const streams = new Set(sparse.map(({ stream }) => stream));
  const counts = await Promise.all(
    [...streams].map((stream) => countIn(store, search, stream, keys, MOST_COUNTED, budget)),
  );
  return counts.every((count) => count < MOST_COUNTED) ? 'index' : 'scan';
}

/** In all collections of the search. */
export function aheadOf(store: Store, search: Search, budget: TimeBudget): Ahead {
  return {
    count: async (keys, limit) => {
      const counts = await Promise.all(
        search.streams.map((stream) => countIn(store, search, stream, keys, limit, budget)),
      );
      return { count: counts.reduce((sum, count) => sum + count, 0), isAll: counts.every((count) => count < limit) };
    },
    isDense: async (keys) => {
      const ways = waysOf(search, { keys, isExact: false, isBounded: false });
      return (await sparseWays(store, search, ways, budget)).length === 0;
    },
  };
}

function sparseWays(store: Store, search: Search, ways: readonly Way[], budget: TimeBudget): Promise<Way[]> {
  const size = Math.max(LEAST_SAMPLE, Math.ceil(SAMPLE / ways.length));
  const looks = ways.map(async (way) => ((await isSparse(store, search, way, size, budget)) ? [way] : []));
  return Promise.all(looks).then((sparse) => sparse.flat());
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
  const counted = budget.ask(({ maxTimeMS: maxTimeMs }) =>
    countByIndicators(store, stream, { keys, since: from, until, limit, maxTimeMs }),
  );
  return unlessTimeIsUp(counted, limit);
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
  const looked = budget.ask(async (options) => {
    const cursor = records(store, stream).aggregate<Counted>(pipeline, { hint: index, ...options });
    const { seen = [], hits = [] } = (await cursor.next()) ?? {};
    return (seen[0]?.n ?? 0) === size && (hits[0]?.n ?? 0) * RECORDS_PER_HIT < size;
  });
  return unlessTimeIsUp(looked, true);
}

async function unlessTimeIsUp<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isTimeUp(error)) return otherwise;
    throw error;
  }
}
