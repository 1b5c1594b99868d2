/** A watchlist as a workflow: searches the past and sends the hits that are to be sent, in turns, and ends. */

import {
  CancellationScope,
  defineSignal,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
} from '@temporalio/workflow';
import {
  WATCHLIST_CHANGED_SIGNAL,
  type WatchlistProgress,
  type WatchlistRequest,
} from '../domain/watchlists/watchlist.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { BACKGROUND_RETRY, background } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export const watchlistChanged = defineSignal(WATCHLIST_CHANGED_SIGNAL);

const NOTHING: WatchlistProgress = { isDone: false, hits: 0 };

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
  let changes = 0;
  let isSearched = false;
  let sending = new CancellationScope();
  setHandler(
    watchlistChanged,
    () => {
      changes += 1;
      isSearched = false;
      sending.cancel();
    },
    { description: 'The watchlist was changed: search the past for what was added.' },
  );
  /** A webhook may refuse for a day: what was added to the list does not wait for that. */
  const deliverUntilChanged = async () => {
    sending = new CancellationScope();
    try {
      return await sending.run(() => unlessCanceled(deliver()));
    } catch (error) {
      if (!isCancellation(error) || isSearched) throw error;
      return NOTHING;
    }
  };
  for (let isSent = false; !isSearched || !isSent; ) {
    if (isHistoryTooLong(request)) {
      const next = makeContinueAsNewFunc<typeof mimecastWatchlist>({ ...withOwnMemo(), ...toCurrentVersion() });
      await next(request);
    }
    if (!isSearched) {
      const known = changes;
      const progress = await unlessFailed(search(3));
      isSearched = progress.isDone && changes === known;
      hits += progress.hits;
    }
    // Neither waits for the other's trouble; once there is nothing left to search, sending is tried for as long as it takes.
    const progress = await (isSearched ? deliverUntilChanged() : unlessFailed(deliver(1)));
    isSent = progress.isDone;
    hits += progress.hits;
  }
  return { isDone: true, hits };
}

async function unlessFailed(step: Promise<WatchlistProgress>): Promise<WatchlistProgress> {
  try {
    return await unlessCanceled(step);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return NOTHING;
  }
}
