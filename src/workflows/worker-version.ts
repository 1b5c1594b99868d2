/** Whether a run should move to another version of the workers, and how. The server tells it with each workflow task. */

import { InitialVersioningBehavior } from '@temporalio/common';
import { type ContinueAsNewOptions, workflowInfo } from '@temporalio/workflow';

/** Never so on workers without a version, and on servers that know of none. */
export function isAnotherVersionCurrent(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}

/** Options for the run that continues this one: without them it would stay with this run's version for good. */
export function toCurrentVersion(): ContinueAsNewOptions {
  return isAnotherVersionCurrent() ? { initialVersioningBehavior: InitialVersioningBehavior.AUTO_UPGRADE } : {};
}
