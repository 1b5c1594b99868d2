/** Starts the fill-in whenever it has something left to do, which old workers may make it have again; Temporal sees to it that it runs once at a time. */

import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import { FILL_IN_WORKFLOW_TYPE, type FillInRequest, fillInWorkflowId } from '../../domain/fill-in/indicator-fill-in.js';
import { INDICATORS_VERSION } from '../../domain/indicators/indicator.js';
import type { Collections } from '../../store/collections.js';
import { hasBatch } from '../../store/fill-in-batches.js';
import { unfinishedFillIn } from '../../store/indicator-fill-in.js';
import { newestLate } from '../../store/late-records.js';
import type { InstallationAccess } from '../temporal/ownership.js';

export async function startFillIn({ client, collections }: InstallationAccess): Promise<void> {
  if (!(await hasWork(collections))) return;
  const installation = await collections.installation();
  const request: FillInRequest = { installation: installation.id };
  await client.workflow.start(FILL_IN_WORKFLOW_TYPE, {
    workflowId: fillInWorkflowId(installation, INDICATORS_VERSION),
    taskQueue: taskQueueOf(installation),
    args: [request],
    memo: { [INSTALLATION_MEMO]: installation.id },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'Gives records stored by earlier versions their indicators of compromise',
  });
}

async function hasWork(collections: Collections): Promise<boolean> {
  if ((await unfinishedFillIn(collections)) !== undefined || (await hasBatch(collections))) return true;
  return (await newestLate(collections)).size > 0;
}
