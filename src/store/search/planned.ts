/** What is known of a search before it begins. */

import type { Store } from '../driver.js';
import { planOf } from './plan.js';
import { aheadOf, planName } from './plan-name.js';
import { type Search, type Way, waysOf } from './request.js';
import type { TimeBudget } from './time-budget.js';

export interface Planned {
  readonly search: Search;
  readonly plan: 'index' | 'scan';
  readonly ways: readonly Way[];
}

/** Of the time that there is, for looking ahead. */
const SHARE = 0.1;

/** @param isOrdered whether the records are wanted in order; else each is reached in one way only. Default true. */
export async function planned(store: Store, search: Search, budget: TimeBudget, isOrdered = true): Promise<Planned> {
  const ahead = budget.atMost(budget.left * SHARE);
  const plan = await planOf(search.condition, search.hasIndicators, aheadOf(store, search, ahead));
  const inOrder = waysOf(search, plan);
  const ways = isOrdered ? inOrder : waysOf(search, plan, Number.POSITIVE_INFINITY);
  return { search, plan: await planName(store, search, plan, inOrder, ahead), ways };
}
