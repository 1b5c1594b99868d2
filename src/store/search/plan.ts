/** How a search is answered: by an index that leads to what is looked for, or by looking at every record of the time. */

import type { Condition } from '../../domain/search/condition.js';

export interface Plan {
  /** Every record that is looked for carries one of these; `undefined` when nothing is known of its indicators. */
  readonly keys?: readonly string[];
  /** Whether records with these keys, or all records, are just what is looked for. */
  readonly isExact: boolean;
}

/** More keys than this are not asked for: then a look at every record is quicker. */
const MAX_KEYS = 1_000;

/** How many records carry one of these keys, with at most `limit` of each collection. */
export type CountKeys = (
  keys: readonly string[],
  limit: number,
) => Promise<{ readonly count: number; readonly isAll: boolean }>;

export async function planOf(condition: Condition, hasIndicators: boolean, count: CountKeys): Promise<Plan> {
  if (condition.kind === 'everything') return { isExact: true };
  const keys = hasIndicators ? await leadingKeys(condition, count) : undefined;
  if (keys === undefined || keys.length > MAX_KEYS) return { isExact: false };
  return { keys: [...new Set(keys)], isExact: isOfKeysOnly(condition) };
}

async function leadingKeys(condition: Condition, count: CountKeys): Promise<readonly string[] | undefined> {
  if (condition.kind === 'indicator') return condition.keys;
  if (condition.kind !== 'any' && condition.kind !== 'all') return undefined;
  const all = await Promise.all(condition.of.map((each) => leadingKeys(each, count)));
  const known = all.filter((keys) => keys !== undefined);
  if (condition.kind === 'any') return known.length === all.length ? known.flat() : undefined;
  return known.length > 1 ? rarest(known, count) : known[0];
}

/** A rare one is known by few; only common ones are told apart by many. */
const COUNTED = [4, 40, 1_000] as const;

async function rarest(
  all: readonly (readonly string[])[],
  count: CountKeys,
  [limit, ...more]: readonly number[] = COUNTED,
): Promise<readonly string[] | undefined> {
  if (limit === undefined) return undefined;
  const counted = await Promise.all(all.map(async (keys) => ({ keys, ...(await count(keys, limit)) })));
  const known = counted.filter(({ isAll }) => isAll);
  if (known.length === 0 && more.length > 0) return rarest(all, count, more);
  return (known.length > 0 ? known : counted).sort((a, b) => a.count - b.count || a.keys.length - b.keys.length)[0]
    ?.keys;
}

function isOfKeysOnly(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.every(isOfKeysOnly);
  return condition.kind === 'indicator' && condition.between === undefined;
}
