/** Keeps hits of a common indicator within limits: it must neither fill the store nor flood a webhook. */

import { groupedBy } from '../../domain/grouped.js';
import { WATCHLIST_LIMITS } from '../../domain/watchlists/watchlist.js';
import type { Collections } from '../../store/collections.js';
import { countOfIndicator, newHits, type RaisedHit } from '../../store/watchlist-hits.js';
import { noteCut } from '../../store/watchlists.js';

/**
 * What may be raised of these. Limits are not exact: workers that store at the same moment may exceed them by a batch.
 *
 * @returns the hits, without those above a limit; that there were some is noted in their watchlists.
 */
export async function withinLimits(
  collections: Collections,
  raised: readonly RaisedHit[],
  now: Date,
): Promise<RaisedHit[]> {
  const groups = groupedBy(raised, ({ watchlistId, indicator, stream, isPast }) =>
    JSON.stringify([watchlistId, indicator.text, isPast ? stream : '']),
  );
  const kept = await Promise.all([...groups.values()].map((group) => keptOf(collections, group, now)));
  return kept.flat();
}

async function keptOf(collections: Collections, group: readonly RaisedHit[], now: Date): Promise<readonly RaisedHit[]> {
  const [first] = group;
  if (first === undefined) return group;
  const { isPast, watchlistId } = first;
  const most = isPast ? WATCHLIST_LIMITS.pastHits : WATCHLIST_LIMITS.hitsPerDay;
  const midnight = new Date(now.toISOString().slice(0, 10));
  const room = most - (await countOfIndicator(collections, first, midnight, most));
  if (group.length <= room) return group;
  // Those that are there already, as when a batch is read again, take no room.
  const added = await newHits(collections, group);
  if (added.length <= room) return added;
  await noteCut(collections, watchlistId, isPast ? { isPastCut: true } : { lastCutAt: now });
  return added.slice(0, Math.max(0, room));
}
