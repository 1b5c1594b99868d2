/** A watchlist as a workflow: searches the past and sends the hits that are to be sent, in turns, and ends. */

import { isCancellation, makeContinueAsNewFunc } from '@temporalio/workflow';
import type { WatchlistProgress, WatchlistRequest } from '../domain/watchlists/watchlist.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { BACKGROUND_RETRY, background } from './steps.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export async function mimecastWatchlist(request: WatchlistRequest): Promise<WatchlistProgress> {
  belongTo(request.installation);
  listenForVersions();
  const { watchlistId } = request;
  const { searchWatchlistPast, deliverWatchlistHits } = background;
  const search = (maximumAttempts: number) =>
    searchWatchlistPast.executeWithOptions(
      { summary: 'search what is stored already', retry: { ...BACKGROUND_RETRY, maximumAttempts } },
      [watchlistId],
    );
  const deliver = (maximumAttempts?: number) =>
    deliverWatchlistHits.executeWithOptions(
      {
        summary: 'send hits to the webhook',
        retry: { ...BACKGROUND_RETRY, ...(maximumAttempts !== undefined && { maximumAttempts }) },
      },
      [watchlistId],
    );
  let hits = 0;
  let isSearched = false;
  for (let isSent = false; !isSearched || !isSent; ) {
    if (isHistoryTooLong({})) {
      const next = makeContinueAsNewFunc<typeof mimecastWatchlist>({ ...withOwnMemo(), ...toCurrentVersion() });
      await next(request);
    }
    if (!isSearched) {
      const progress = await unlessFailed(search(3));
      isSearched = progress.isDone;
      hits += progress.hits;
    }
    // Neither waits for the other's trouble; once there is nothing left to search, sending is tried for as long as it takes.
    const progress = await (isSearched ? deliver() : unlessFailed(deliver(1)));
    isSent = progress.isDone;
    hits += progress.hits;
  }
  return { isDone: true, hits };
}

async function unlessFailed(step: Promise<WatchlistProgress>): Promise<WatchlistProgress> {
  try {
    return await step;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { isDone: false, hits: 0 };
  }
}
