/** The most frequent values of a field among the newest records of a search. */

import { valueAt } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import type { Store } from '../driver.js';
import { readRecords, type SearchedRange } from './find-records.js';
import { planned } from './planned.js';
import type { Search } from './request.js';
import { shownDocument } from './shown-document.js';
import { TimeBudget } from './time-budget.js';

export interface ValuesRequest {
  /** Checked by whoever parses queries. */
  readonly path: string;
  /** Different values. */
  readonly limit: number;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Values extends SearchedRange {
  readonly values: readonly { readonly value: string | number | boolean; readonly count: number }[];
  /** Records that were looked at. */
  readonly records: number;
  /** Of these, those with a value. */
  readonly withValue: number;
}

/** Records that are looked at. */
const SAMPLE = 10_000;
/** Longer values are none that anybody would choose from a list. */
const MAX_VALUE_LENGTH = 300;

export async function valuesOf(store: Store, search: Search, request: ValuesRequest): Promise<Values> {
  const { path, limit, budgetMs, signal } = request;
  const budget = new TimeBudget(budgetMs, signal);
  const plan = await planned(store, search, budget);
  const projection = { _messageTime: 1, [path]: 1 };
  const reading = { limit: SAMPLE, budget, projection };
  const { found, isComplete, searchedTo } = await readRecords(store, plan, reading);
  const counts = new Map<string | number | boolean, number>();
  let withValue = 0;
  for (const { document } of found) {
    const values = new Set(scalarsOf(valueAt(shownDocument(document), path.split('.'))));
    if (values.size > 0) withValue += 1;
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)))
    .slice(0, limit);
  return {
    plan: plan.plan,
    isComplete,
    ...present({ searchedTo }),
    values,
    records: found.length,
    withValue,
  };
}

function scalarsOf(value: unknown): (string | number | boolean)[] {
  if (Array.isArray(value)) return value.flatMap(scalarsOf);
  if (typeof value === 'number' || typeof value === 'boolean') return [value];
  return typeof value === 'string' && value !== '' && value.length <= MAX_VALUE_LENGTH ? [value] : [];
}
