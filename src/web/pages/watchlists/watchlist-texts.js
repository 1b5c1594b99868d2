/** What pages say of watchlists. */

import { count } from '../../lib/format.js';

/** The API counts so far. */
const MOST_COUNTED = 1_000;

/** @param {number} hits */
export function hitsText(hits) {
  return hits >= MOST_COUNTED ? `${count(MOST_COUNTED)}+` : count(hits);
}

/** @param {{ isPastSearched: boolean, isPastCut: boolean }} watchlist */
export function pastText({ isPastSearched, isPastCut }) {
  if (!isPastSearched) return 'searching';
  return isPastCut ? 'searched; the newest hits are kept' : 'searched';
}
