/** How a search is answered: by an index that leads to what is looked for, or by looking at every record of the time. */

import type { IndicatorType } from '../../domain/indicators/indicator.js';
import type { Condition } from '../../domain/search/condition.js';

export interface Plan {
  /** Every record that is looked for carries one of these; `undefined` when nothing is known of its indicators. */
  readonly keys?: readonly string[];
  /** Whether records with these keys, or all records, are just what is looked for. */
  readonly isExact: boolean;
  /** Whether it is known that few records carry the keys, or that most of those that do are looked for. */
  readonly isBounded: boolean;
}

/** More keys than this are not asked for: then a look at every record is quicker. */
const MAX_KEYS = 1_000;

/** A look at the index and at a few records. */
export interface Ahead {
  /** Whether no collection has as many records with one of these keys. */
  readonly areFewerThan: (limit: number, keys: readonly string[]) => Promise<boolean>;
  /** How many of the newest records with one of these keys are looked for, and whether it is many of them everywhere. */
  readonly look: (keys: readonly string[]) => Promise<{ readonly share: number; readonly isDense: boolean }>;
}

export async function planOf(condition: Condition, hasIndicators: boolean, ahead: Ahead): Promise<Plan> {
  if (condition.kind === 'everything') return { isExact: true, isBounded: false };
  const lead = hasIndicators ? await leadOf(condition, ahead) : undefined;
  if (lead === undefined || lead.keys.length > MAX_KEYS) return { isExact: false, isBounded: false };
  return { keys: [...new Set(lead.keys)], isExact: isOfKeysOnly(condition), isBounded: lead.isBounded };
}

type Lead = Required<Pick<Plan, 'keys' | 'isBounded'>>;

async function leadOf(condition: Condition, ahead: Ahead): Promise<Lead | undefined> {
  if (condition.kind === 'indicator') return { keys: condition.keys, isBounded: false };
  if (condition.kind !== 'any' && condition.kind !== 'all') return undefined;
  const all = await Promise.all(condition.of.map((each) => leadOf(each, ahead)));
  const known = all.filter((lead) => lead !== undefined);
  if (condition.kind === 'all') return known.length > 1 ? rarest(known, ahead) : known[0];
  // Few records of each may be many together.
  return known.length < all.length ? undefined : { keys: known.flatMap(({ keys }) => keys), isBounded: false };
}

/** With fewer records in each collection, all of them may be looked at. */
export const FEW = 1_000;
/** So few that it does not matter whether another indicator has fewer. */
const VERY_FEW = 8;

async function rarest(leads: readonly Lead[], { areFewerThan, look }: Ahead): Promise<Lead | undefined> {
  const likely = leads.toSorted((a, b) => commonness(a) - commonness(b) || a.keys.length - b.keys.length);
  for (const { keys } of likely) if (await areFewerThan(VERY_FEW, keys)) return { keys, isBounded: true };
  const looked: { readonly keys: readonly string[]; readonly share: number }[] = [];
  for (const { keys } of likely) {
    const { share, isDense } = await look(keys);
    if (isDense) return { keys, isBounded: true };
    looked.push({ keys, share });
  }
  // Of the records that both have, the rarer one has the larger share.
  const rarestFirst = looked.sort((a, b) => b.share - a.share);
  for (const { keys } of rarestFirst) if (await areFewerThan(FEW, keys)) return { keys, isBounded: true };
  return rarestFirst[0] && { keys: rarestFirst[0].keys, isBounded: false };
}

/** The first ones are those of few records, by experience; it only says which one is counted first. */
const BY_COMMONNESS: readonly IndicatorType[] = [
  ...(['message', 'aggregate', 'sha256', 'sha1', 'md5', 'url', 'file', 'email', 'ip4', 'ip6'] as const),
];

/** Domains and networks are the most common. */
function commonness({ keys }: Lead): number {
  const places = keys.map((key) => BY_COMMONNESS.findIndex((type) => key.startsWith(`${type}:`)));
  return Math.max(...places.map((place) => (place < 0 ? BY_COMMONNESS.length : place)));
}

function isOfKeysOnly(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.every(isOfKeysOnly);
  return condition.kind === 'indicator' && condition.between === undefined;
}
