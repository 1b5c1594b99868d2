/** How many records of a search there are over time. */

import { present } from '../../domain/present.js';
import { definitionOf } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { records } from '../records.js';
import type { SearchedRange } from './find-records.js';
import { planned } from './planned.js';
import { type Search, timeFilter, type Way } from './request.js';
import { type Slice, slices } from './slices.js';
import { TimeBudget } from './time-budget.js';

export interface HistogramRequest {
  /** Buckets of equal width from the begin of the search to its end. */
  readonly buckets: number;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Bucket {
  readonly from: Date;
  /** By collection; without those that have none. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Histogram extends SearchedRange {
  readonly widthMs: number;
  readonly total: number;
  readonly buckets: readonly Bucket[];
}

interface Count {
  readonly _id: number;
  readonly count: number;
}

const FIRST_SLICE = 50_000;

/** @param search with both ends. */
export async function histogramOf(
  store: Store,
  search: Search & { readonly from: Date; readonly to: Date },
  { buckets, budgetMs, signal }: HistogramRequest,
): Promise<Histogram> {
  const budget = new TimeBudget(budgetMs, signal);
  const plan = await planned(store, search, budget, false);
  const { from, to } = search;
  const widthMs = Math.max(1, Math.ceil((to.getTime() - from.getTime()) / buckets));
  const countsOf = async ({ stream, reached, index, rest }: Way, slice: Slice, time: TimeBudget) => {
    const within = timeFilter({ ...search, ...present({ from: slice.from }) }, slice.behind);
    const number = { $floor: { $divide: [{ $subtract: ['$_messageTime', from] }, widthMs] } };
    const pipeline = [
      { $match: { $and: [reached, within(stream), ...(rest === undefined ? [] : [rest])] } },
      { $group: { _id: number, count: { $sum: 1 } } },
    ];
    const counts = await time.ask((options) =>
      records(store, stream)
        .aggregate<Count>(pipeline, { hint: index, ...options })
        .toArray(),
    );
    return { collection: definitionOf(stream).collection, counts };
  };
  const work = async (slice: Slice, time: TimeBudget) => ({
    result: await Promise.all(plan.ways.map((way) => countsOf(way, slice, time))),
  });

  const found = Array.from(
    { length: Math.ceil((to.getTime() - from.getTime()) / widthMs) },
    () => new Map<string, number>(),
  );
  let total = 0;
  let end: Pick<Histogram, 'isComplete' | 'searchedTo'> = { isComplete: false };
  for await (const { result, searchedTo } of slices(store, plan, { budget, firstSize: FIRST_SLICE, work })) {
    for (const { collection, counts } of result) {
      for (const { _id, count } of counts) {
        found[_id]?.set(collection, (found[_id].get(collection) ?? 0) + count);
        total += count;
      }
    }
    end = searchedTo === undefined ? { isComplete: true } : { isComplete: false, searchedTo };
  }
  signal?.throwIfAborted();
  const shown = found.map((counts, at) => ({
    from: new Date(from.getTime() + at * widthMs),
    counts: Object.fromEntries(counts),
  }));
  return { plan: plan.plan, ...end, widthMs, total, buckets: shown };
}
