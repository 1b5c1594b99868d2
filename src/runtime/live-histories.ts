/** The histories of the workflows that run now, to be replayed before a new version of the code is deployed. */

import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/worker';
import { WORKFLOW_TYPE } from '../domain/contract/contract.js';
import { type Installation, taskQueueOf } from '../domain/contract/installation.js';
import { ERASURE_WORKFLOW_TYPE } from '../domain/erasure/erasure.js';
import { EXPORT_WORKFLOW_TYPES } from '../domain/export/export.js';
import { FILL_IN_WORKFLOW_TYPE } from '../domain/fill-in/indicator-fill-in.js';
import { REREAD_WORKFLOW_TYPE } from '../domain/rereads/reread.js';
import { WATCHLIST_WORKFLOW_TYPE } from '../domain/watchlists/watchlist.js';
import { runningQuery } from '../management/temporal/ownership.js';

export interface LiveHistory {
  readonly workflowId: string;
  readonly runId: string;
  readonly history: History;
}

function queryOf(installation: Pick<Installation, 'name'>): string {
  const types = [
    ...[WORKFLOW_TYPE, FILL_IN_WORKFLOW_TYPE, WATCHLIST_WORKFLOW_TYPE, ERASURE_WORKFLOW_TYPE],
    ...[...Object.values(REREAD_WORKFLOW_TYPE), ...EXPORT_WORKFLOW_TYPES],
  ];
  return `${runningQuery(types)} AND TaskQueue = "${taskQueueOf(installation)}"`;
}

export async function countLive(client: Client, installation: Pick<Installation, 'name'>): Promise<number> {
  return (await client.workflow.count(queryOf(installation))).count;
}

/** One at a time, so that any number of them takes the memory of one. */
export async function* liveHistories(
  client: Client,
  installation: Pick<Installation, 'name'>,
): AsyncGenerator<LiveHistory> {
  for await (const { workflowId, runId } of client.workflow.list({ query: queryOf(installation) })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    yield { workflowId, runId, history };
  }
}
