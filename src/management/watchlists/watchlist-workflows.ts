/** Starts the workflows of watchlists that have something to do. */

import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import {
  WATCHLIST_CHANGED_SIGNAL,
  WATCHLIST_WORKFLOW_TYPE,
  type WatchlistRequest,
  watchlistWorkflowId,
} from '../../domain/watchlists/watchlist.js';
import { watchlistsToDeliver } from '../../store/watchlist-hits.js';
import { unsearchedWatchlists } from '../../store/watchlists.js';
import type { InstallationAccess } from '../temporal/ownership.js';

/** One that runs already goes on; Temporal sees to it that each runs once at a time. */
export async function startWatchlist(access: InstallationAccess, watchlistId: string): Promise<void> {
  await access.client.workflow.start(WATCHLIST_WORKFLOW_TYPE, await optionsOf(access, watchlistId));
}

/** The same for a list that was changed: one that runs already searches the past again. */
export async function restartWatchlist(access: InstallationAccess, watchlistId: string): Promise<void> {
  const options = { ...(await optionsOf(access, watchlistId)), signal: WATCHLIST_CHANGED_SIGNAL };
  await access.client.workflow.signalWithStart(WATCHLIST_WORKFLOW_TYPE, options);
}

async function optionsOf({ collections }: InstallationAccess, watchlistId: string) {
  const installation = await collections.installation();
  const request: WatchlistRequest = { installation: installation.id, watchlistId };
  return {
    workflowId: watchlistWorkflowId(installation, watchlistId),
    taskQueue: taskQueueOf(installation),
    args: [request] as [WatchlistRequest],
    memo: { [INSTALLATION_MEMO]: installation.id },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'Searches stored records for a watchlist, and sends its hits',
  } as const;
}

/** Of all watchlists: those whose past is not searched, and those with hits that are to be sent. */
export async function startWatchlists(access: InstallationAccess): Promise<void> {
  const { collections } = access;
  const wanting = new Set([...(await unsearchedWatchlists(collections)), ...(await watchlistsToDeliver(collections))]);
  for (const watchlistId of wanting) await startWatchlist(access, watchlistId);
}
