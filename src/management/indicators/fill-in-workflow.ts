/** Starts the fill-in for as long as it has something left to do; Temporal sees to it that it runs once at a time. */

import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import { FILL_IN_WORKFLOW_TYPE, type FillInRequest, fillInWorkflowId } from '../../domain/fill-in/indicator-fill-in.js';
import { INDICATORS_VERSION } from '../../domain/indicators/indicator.js';
import { unfinishedFillIn } from '../../store/indicator-fill-in.js';
import type { InstallationAccess } from '../temporal/ownership.js';

export async function startFillIn({ client, collections }: InstallationAccess): Promise<void> {
  if ((await unfinishedFillIn(collections)) === undefined) return;
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
