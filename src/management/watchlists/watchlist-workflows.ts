/** Starts the workflows of watchlists that have something to do. */

import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import {
  WATCHLIST_WORKFLOW_TYPE,
  type WatchlistRequest,
  watchlistWorkflowId,
} from '../../domain/watchlists/watchlist.js';
import { watchlistsToDeliver } from '../../store/watchlist-hits.js';
import { unsearchedWatchlists } from '../../store/watchlists.js';
import type { InstallationAccess } from '../temporal/ownership.js';

/** One that runs already goes on; Temporal sees to it that each runs once at a time. */
export async function startWatchlist({ client, collections }: InstallationAccess, watchlistId: string): Promise<void> {
  const installation = await collections.installation();
  const request: WatchlistRequest = { installation: installation.id, watchlistId };
  await client.workflow.start(WATCHLIST_WORKFLOW_TYPE, {
    workflowId: watchlistWorkflowId(installation, watchlistId),
    taskQueue: taskQueueOf(installation),
    args: [request],
    memo: { [INSTALLATION_MEMO]: installation.id },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'Searches stored records for a watchlist, and sends its hits',
  });
}

/** Of all watchlists: those whose past is not searched, and those with hits that are to be sent. */
export async function startWatchlists(access: InstallationAccess): Promise<void> {
  const { collections } = access;
  const wanting = new Set([...(await unsearchedWatchlists(collections)), ...(await watchlistsToDeliver(collections))]);
  for (const watchlistId of wanting) await startWatchlist(access, watchlistId);
}
