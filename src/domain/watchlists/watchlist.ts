/** Watchlists: indicators that somebody wants to be told of, in what is stored already and in all that comes later. */

import { type Installation, taskQueueOf } from '../contract/installation.js';
import type { RangeKeys } from '../indicators/address-keys.js';
import type { IndicatorType } from '../indicators/indicator.js';

/** An indicator of a watchlist. */
export interface WatchedIndicator extends RangeKeys {
  /** As it was given. */
  readonly text: string;
  readonly type: IndicatorType;
  /** When it came onto the list; absent: with the list. */
  readonly addedAt?: Date;
}

export const WATCHLIST_LIMITS = {
  /** Of an installation. */
  lists: 100,
  /** Of a list. */
  indicators: 10_000,
  /** Values that its indicators are looked up by: a range is up to 128. Every worker keeps them in memory. */
  keys: 50_000,
  /** Of all indicators, as given and as looked up; each is up to 3 bytes, and a list is one document of MongoDB's 16 MB. */
  characters: 4_000_000,
  name: 128,
  /** Hits that are kept of each indicator and collection from before the list, the newest. */
  pastHits: 100,
  /** Later hits of each indicator and day, UTC. */
  hitsPerDay: 10_000,
} as const;

export const WATCHLIST_WORKFLOW_TYPE = 'mimecastWatchlist';
/** Says that the list was changed. */
export const WATCHLIST_CHANGED_SIGNAL = 'watchlistChanged';

export function watchlistWorkflowId(installation: Pick<Installation, 'name'>, watchlistId: string): string {
  return `${taskQueueOf(installation)}-watchlist-${watchlistId}`;
}

/** Argument of the workflow. */
export interface WatchlistRequest {
  /** Identity of the installation. */
  readonly installation: string;
  readonly watchlistId: string;
  /** For tests: continues as new at this many events of history. */
  readonly maxHistoryEvents?: number;
}

/** What one slice of searching the past, or of delivering hits, came to. */
export interface WatchlistProgress {
  readonly isDone: boolean;
  /** Hits found, or delivered. */
  readonly hits: number;
}
