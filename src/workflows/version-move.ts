/**
 * Whether a run should move to another version of the workers, and how. The server tells with each workflow task that another
 * version is current; but so it does when none is any more, or when somebody else's has become current. So a run moves only
 * when a worker of its own installation, which is of the current version, has asked it to.
 */

import { InitialVersioningBehavior } from '@temporalio/common';
import { type ContinueAsNewOptions, defineSignal, log, setHandler, workflowInfo } from '@temporalio/workflow';
import { VERSION_SIGNAL, versionText } from '../domain/contract/worker-version.js';

/** From a worker of the version that has become current, with that version; see `versionText`. */
export const versionSignal = defineSignal<[string]>(VERSION_SIGNAL);

let asked: string | undefined;

/** To be called before the workflow waits for the first time. */
export function listenForVersions(): void {
  setHandler(
    versionSignal,
    (version: unknown) => {
      if (typeof version === 'string') asked = version;
      else log.warn(`A signal ${VERSION_SIGNAL} was ignored: its payload is not a version`);
    },
    { description: 'Sent by a worker of a new version, for the workflow to move to it; for internal use.' },
  );
}

/** Never so on workers without a version, and on servers that know of none. */
export function shouldMove(): boolean {
  const { targetWorkerDeploymentVersionChanged, currentDeploymentVersion } = workflowInfo();
  if (!targetWorkerDeploymentVersionChanged || asked === undefined) return false;
  return currentDeploymentVersion === undefined || versionText(currentDeploymentVersion) !== asked;
}

/** Options for the run that continues this one: without them it stays with this run's version. */
export function toCurrentVersion(): ContinueAsNewOptions {
  return shouldMove() ? { initialVersioningBehavior: InitialVersioningBehavior.AUTO_UPGRADE } : {};
}
