/** What is given of a watchlist, and what is wrong with it. */

import { WATCHLIST_LIMITS } from '../../domain/watchlists/watchlist.js';
import type { WantedIndicator } from '../../indicators/lists/wanted.js';

export interface WatchlistInput {
  readonly name: string;
  readonly indicators: string | readonly string[];
  /** Where the indicators come from. */
  readonly origin?: string | undefined;
  /** ISO time. */
  readonly expires?: string | undefined;
  /** Address of the webhook. */
  readonly webhook?: string | undefined;
}

/** What is absent stays as it is; `null` removes it. */
export interface WatchlistChange {
  readonly name?: string | undefined;
  readonly owner?: string | undefined;
  readonly indicators?: string | readonly string[] | undefined;
  readonly origin?: string | null | undefined;
  readonly expires?: string | null | undefined;
  readonly webhook?: string | null | undefined;
}

/** @param now epoch milliseconds. */
export function mistakesIn({ name, owner, expires }: WatchlistChange, now: number): string[] {
  const mistakes: string[] = [];
  for (const [key, text] of Object.entries({ name, owner }))
    if (text !== undefined && (text === '' || text.length > WATCHLIST_LIMITS.name))
      mistakes.push(`${key}: must have 1 to ${WATCHLIST_LIMITS.name} characters`);
  const time = expires === undefined || expires === null ? Number.POSITIVE_INFINITY : Date.parse(expires);
  if (Number.isNaN(time)) mistakes.push(`expires: "${expires}" is not a time such as 2027-01-31T00:00:00Z`);
  else if (time <= now) mistakes.push('expires: must be in the future');
  return mistakes;
}

export function sizeMistakes(wanted: readonly WantedIndicator[]): string[] {
  const keys = wanted.reduce((sum, each) => sum + each.keys.length, 0);
  const { indicators: most, keys: mostKeys, characters: mostCharacters } = WATCHLIST_LIMITS;
  const characters = wanted.reduce((sum, { text, keys }) => sum + text.length + keys.join('').length, 0);
  if (wanted.length === 0) return ['indicators: none was understood'];
  if (wanted.length > most) return [`indicators: at most ${most}, and this list has ${wanted.length}: split it`];
  if (characters > mostCharacters)
    return [`indicators: at most ${mostCharacters} characters, and this list needs ${characters}: split it`];
  return keys > mostKeys ? ['indicators: too many address ranges: split the list'] : [];
}
