/** The activities of a watchlist. */

import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { WatchlistProgress } from '../domain/watchlists/watchlist.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import { deliverHits, deliveryProblem } from '../ingest/watchlists/deliver.js';
import { searchPast } from '../ingest/watchlists/past.js';

export function searchWatchlistPast(
  { collections, sliceMs = DEFAULT_SLICE_MS }: ActivityDependencies,
  watchlistId: string,
): Promise<WatchlistProgress> {
  const signal = cancellationSignal();
  return withHeartbeats(
    () => undefined,
    () => searchPast({ collections, watchlistId, signal, until: Date.now() + sliceMs }),
  );
}

/** A webhook that does not answer is no failure of Mimecast's or ours: it is tried again, in the rhythm of the workflow. */
export async function deliverWatchlistHits(
  dependencies: ActivityDependencies,
  watchlistId: string,
): Promise<WatchlistProgress> {
  const signal = cancellationSignal();
  try {
    const { sliceMs = DEFAULT_SLICE_MS } = dependencies;
    return await deliverHits(dependencies, watchlistId, signal, Date.now() + sliceMs);
  } catch (cause) {
    const message = deliveryProblem(cause);
    if (message === undefined || signal.aborted) throw cause;
    const category = ApplicationFailureCategory.BENIGN;
    throw ApplicationFailure.create({ message, type: 'WebhookFailed', category });
  }
}
