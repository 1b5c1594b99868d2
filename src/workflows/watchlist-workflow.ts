/** A watchlist as a workflow: searches the past, then sends the hits that are to be sent, and ends. */

import { makeContinueAsNewFunc } from '@temporalio/workflow';
import type { WatchlistProgress, WatchlistRequest } from '../domain/watchlists/watchlist.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { background } from './steps.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export async function mimecastWatchlist(request: WatchlistRequest): Promise<WatchlistProgress> {
  belongTo(request.installation);
  listenForVersions();
  const { watchlistId } = request;
  const { searchWatchlistPast, deliverWatchlistHits } = background;
  const step = (search: typeof searchWatchlistPast, summary: string) =>
    search.executeWithOptions({ summary }, [watchlistId]);
  let hits = 0;
  for (const [activity, summary] of [
    [searchWatchlistPast, 'search what is stored already'],
    [deliverWatchlistHits, 'send hits to the webhook'],
  ] as const) {
    for (let isDone = false; !isDone; ) {
      if (isHistoryTooLong({})) {
        const next = makeContinueAsNewFunc<typeof mimecastWatchlist>({ ...withOwnMemo(), ...toCurrentVersion() });
        await next(request);
      }
      const progress = await step(activity, summary);
      isDone = progress.isDone;
      hits += progress.hits;
    }
  }
  return { isDone: true, hits };
}
