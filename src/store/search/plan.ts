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

export function planOf(condition: Condition, hasIndicators: boolean): Plan {
  if (condition.kind === 'everything') return { isExact: true };
  const keys = hasIndicators ? leadingKeys(condition) : undefined;
  if (keys === undefined || keys.length > MAX_KEYS) return { isExact: false };
  return { keys: [...new Set(keys)], isExact: isOfKeysOnly(condition) };
}

/** `index`: what is read is bounded by what carries an indicator, or by the page. */
export function planName({ keys, isExact }: Plan): 'index' | 'scan' {
  return keys !== undefined || isExact ? 'index' : 'scan';
}

function leadingKeys(condition: Condition): readonly string[] | undefined {
  if (condition.kind === 'indicator') return condition.keys;
  if (condition.kind === 'any') {
    const all = condition.of.map(leadingKeys);
    return all.every((keys) => keys !== undefined) ? all.flat() : undefined;
  }
  if (condition.kind !== 'all') return undefined;
  const [fewest] = condition.of
    .map(leadingKeys)
    .filter((keys) => keys !== undefined)
    .sort((a, b) => a.length - b.length);
  return fewest;
}

function isOfKeysOnly(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.every(isOfKeysOnly);
  return condition.kind === 'indicator' && condition.between === undefined;
}
