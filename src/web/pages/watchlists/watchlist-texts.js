/** What pages say of watchlists. */

import { count, counted } from '../../lib/format.js';

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

/**
 * What keeps hits from the webhook.
 *
 * @param {{ webhookProblem?: string, undelivered?: number }} watchlist
 */
export function deliveryTexts({ webhookProblem, undelivered = 0 }) {
  return [
    ...(webhookProblem === undefined
      ? []
      : [`The last hits were not accepted: ${webhookProblem}. Each is sent again for a day after it was found.`]),
    ...(undelivered === 0
      ? []
      : [`${counted(undelivered, 'hit was', 'hits were')} not accepted within a day, and not sent again.`]),
  ];
}
