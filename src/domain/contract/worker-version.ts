/**
 * Versions of the workers, as Temporal's worker deployments know them: a source is pinned to the version that it runs on,
 * and moves to the current one when it is continued as new.
 */

export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** Signal that asks a workflow to move. Its payload is the version to move to, as `versionText` writes it; empty: none. */
export const VERSION_SIGNAL = 'workerVersionChanged';

/** As Temporal's search attribute `TemporalWorkerDeploymentVersion` has it. */
export function versionText({ deploymentName, buildId }: WorkerVersion): string {
  return `${deploymentName}:${buildId}`;
}

/** @returns `undefined` for what is no version. A deployment's name has no colon; a build ID may have some. */
export function versionOfText(text: string): WorkerVersion | undefined {
  const colon = text.indexOf(':');
  return colon > 0 ? { deploymentName: text.slice(0, colon), buildId: text.slice(colon + 1) } : undefined;
}
