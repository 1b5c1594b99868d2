/**
 * Versions are for one installation at a time: the current version of a deployment takes all tasks of the task queues that it
 * knows, whosever workflows wait there.
 */

import { isGrpcServiceError, type WorkflowService } from '@temporalio/client';
import { activityQueueOf, taskQueueOf } from '../../domain/contract/installation.js';
import type { WorkerVersion } from '../../domain/contract/worker-version.js';
import { RefusedError } from '../common/errors.js';
import { areOthersAmong, type InstallationAccess, runningSources } from './ownership.js';
import { unlessTemporalDenies } from './temporal-errors.js';

export class VersionConflictError extends RefusedError {
  override readonly name = 'VersionConflictError';
}

/** @throws VersionConflictError when another installation shares the task queue, or has the deployment's name. */
export async function refuseSharedVersion(access: InstallationAccess, version: WorkerVersion): Promise<void> {
  const { client, collections } = access;
  const installation = await collections.installation();
  const running = await unlessTemporalDenies(() => runningSources(client, installation));
  if (running !== undefined && areOthersAmong(running, installation))
    throw new VersionConflictError(
      `A worker with a version would take all tasks of the task queue ${taskQueueOf(installation)}, and sources of another ` +
        'installation run there. Give this installation a name (MIMECAST_INSTALLATION), or unset TEMPORAL_DEPLOYMENT_NAME ' +
        'and TEMPORAL_WORKER_BUILD_ID',
    );
  const { deploymentName } = version;
  const queues = await queuesOf(client.workflowService, client.options.namespace, deploymentName);
  const own: readonly string[] = [taskQueueOf(installation), activityQueueOf(installation.id)];
  const others = queues.filter((queue) => !own.includes(queue));
  if (others.length === 0) return;
  throw new VersionConflictError(
    `The deployment ${deploymentName} has workers for other task queues (${others.join(', ')}): its current version applies ` +
      'to all of them. Set TEMPORAL_DEPLOYMENT_NAME to a name that only this installation uses',
  );
}

/** Of the deployment's current version; none when there is no such deployment, and when nobody may ask. */
async function queuesOf(service: WorkflowService, namespace: string, deploymentName: string): Promise<string[]> {
  try {
    const { workerDeploymentInfo } = await service.describeWorkerDeployment({ namespace, deploymentName });
    const deploymentVersion = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion;
    if (!deploymentVersion) return [];
    const { versionTaskQueues } = await service.describeWorkerDeploymentVersion({ namespace, deploymentVersion });
    return [...new Set((versionTaskQueues ?? []).flatMap(({ name }) => name ?? []))].sort();
  } catch (error) {
    if (isGrpcServiceError(error)) return [];
    throw error;
  }
}
