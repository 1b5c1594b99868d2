/** What becomes of the indicators of a watchlist when others are put in their place. Pure. */

import type { WatchedIndicator } from './watchlist.js';

export interface ChangedList {
  /** Those that need no search of the past come first. */
  readonly indicators: readonly WatchedIndicator[];
  /** How many these are. */
  readonly searched: number;
}

/** What makes two indicators the same, however they are written. */
export function partsOf({ keys, between }: WatchedIndicator): readonly unknown[] {
  return [keys[0], keys.length, between?.from, between?.to];
}

/**
 * @param searched how many of the known ones, which come first, need no search of the past.
 * @param wanted each once.
 */
export function changedList(
  known: readonly WatchedIndicator[],
  searched: number,
  wanted: readonly WatchedIndicator[],
  now: Date,
): ChangedList {
  const nameOf = (indicator: WatchedIndicator) => JSON.stringify(partsOf(indicator));
  const places = new Map(known.map((indicator, place) => [nameOf(indicator), { place, indicator }]));
  const placed = wanted.map((indicator) => {
    const found = places.get(nameOf(indicator));
    if (found === undefined) return { place: known.length, indicator: { ...indicator, addedAt: now } };
    const { addedAt } = found.indicator;
    return { place: found.place, indicator: { ...indicator, ...(addedAt && { addedAt }) } };
  });
  return {
    indicators: placed.sort((a, b) => a.place - b.place).map(({ indicator }) => indicator),
    searched: placed.filter(({ place }) => place < searched).length,
  };
}
