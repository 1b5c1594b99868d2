/** Whether what a search reads is bounded, found out before it begins. */

import type { Document } from 'mongodb';
import type { Store } from '../driver.js';
import { countByIndicators } from '../indicator-hits.js';
import { ORDER } from '../record-indexes.js';
import { records } from '../records.js';
import { type Ahead, FEW, type Plan } from './plan.js';
import { type Search, timeFilter, type Way, waysOf } from './request.js';
import { isTimeUp, type TimeBudget } from './time-budget.js';

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
  const samples = await samplesOf(store, search, ways, budget);
  const streams = new Set(samples.flatMap(({ isSparse, stream }) => (isSparse ? [stream] : [])));
  const counts = await Promise.all([...streams].map((stream) => countIn(store, search, stream, keys, FEW, budget)));
  return counts.every((count) => count < FEW) ? 'index' : 'scan';
}

/** In all collections of the search. */
export function aheadOf(store: Store, search: Search, budget: TimeBudget): Ahead {
  return {
    areFewerThan: async (limit, keys) => {
      const counts = search.streams.map((stream) => countIn(store, search, stream, keys, limit, budget));
      return (await Promise.all(counts)).every((count) => count < limit);
    },
    look: async (keys) => {
      const ways = waysOf(search, { keys, isExact: false, isBounded: false });
      const samples = await samplesOf(store, search, ways, budget);
      const sum = (of: 'seen' | 'hits') => samples.reduce((total, sample) => total + sample[of], 0);
      return { share: sum('hits') / Math.max(1, sum('seen')), isDense: samples.every(({ isSparse }) => !isSparse) };
    },
  };
}

interface Sample {
  readonly stream: Way['stream'];
  /** The newest records of a way. */
  readonly seen: number;
  /** Of these. */
  readonly hits: number;
  /** Whether there are more records than were looked at, with few hits among them; also when time was up. */
  readonly isSparse: boolean;
}

function samplesOf(store: Store, search: Search, ways: readonly Way[], budget: TimeBudget): Promise<Sample[]> {
  const size = Math.max(LEAST_SAMPLE, Math.ceil(SAMPLE / ways.length));
  return Promise.all(
    ways.map(async (way) => {
      const { stream } = way;
      if (way.rest === undefined) return { stream, seen: size, hits: size, isSparse: false };
      const sample = await unlessTimeIsUp(sampleOf(store, search, { ...way, rest: way.rest }, size, budget), undefined);
      if (sample === undefined) return { stream, seen: size, hits: 0, isSparse: true };
      return { stream, ...sample, isSparse: sample.seen === size && sample.hits * RECORDS_PER_HIT < size };
    }),
  );
}

async function countIn(
  store: Store,
  { from, to }: Search,
  stream: Way['stream'],
  keys: readonly string[],
  limit: number,
  budget: TimeBudget,
): Promise<number> {
  const counted = budget.ask(({ maxTimeMS: maxTimeMs }) =>
    countByIndicators(store, stream, { keys, since: from, until: to, limit, maxTimeMs }),
  );
  return unlessTimeIsUp(counted, limit);
}

function sampleOf(
  store: Store,
  search: Search,
  { stream, reached, index, rest }: Way & { readonly rest: Document },
  size: number,
  budget: TimeBudget,
): Promise<Pick<Sample, 'seen' | 'hits'>> {
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
  return budget.ask(async (options) => {
    const cursor = records(store, stream).aggregate<Counted>(pipeline, { hint: index, ...options });
    const { seen = [], hits = [] } = (await cursor.next()) ?? {};
    return { seen: seen[0]?.n ?? 0, hits: hits[0]?.n ?? 0 };
  });
}

async function unlessTimeIsUp<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (isTimeUp(error)) return otherwise;
    throw error;
  }
}
