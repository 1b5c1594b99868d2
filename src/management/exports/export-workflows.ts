/** Starts and wakes the workflows of exports; each ends by itself once its source exports no longer. */

import { WorkflowNotFoundError } from '@temporalio/client';
import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import {
  EXPORT_CHANGED_SIGNAL,
  EXPORT_WORKFLOW_TYPE,
  type ExportRequest,
  exportWorkflowIdIn,
} from '../../domain/export/export.js';
import { isObject } from '../../domain/json.js';
import { quietExports } from '../../store/exports.js';
import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { isMeantToRun, type SourceDocument, storedSource } from '../../store/sources.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';

/** An export that was not looked at for so long may not run; one that rests between its slices is not disturbed. */
const QUIET_MS = 60_000;

/**
 * Tells an export that its source was changed, restarted, stopped or removed. Starts one that should run and does not.
 *
 * @param hasExported whether the source did until now, so that there is somebody to tell that it no longer does.
 */
export async function wakeExport(access: InstallationAccess, sourceId: number, hasExported = false): Promise<void> {
  const source = await sourceOrUnknown(access, sourceId);
  if (source !== 'unknown' && !hasExported && source?.config.export === undefined) return;
  const isStored = source !== 'unknown' && source !== null;
  const isWanted = isStored && isMeantToRun(source) && isObject(source.config.export);
  const { workflowId, ...options } = await optionsOf(access, sourceId);
  if (isWanted) {
    const signalled = { workflowId, ...options, signal: EXPORT_CHANGED_SIGNAL };
    await access.client.workflow.signalWithStart(EXPORT_WORKFLOW_TYPE, signalled);
    return;
  }
  try {
    await access.client.workflow.getHandle(workflowId).signal(EXPORT_CHANGED_SIGNAL);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** While MongoDB is away nobody knows whether it exports. */
async function sourceOrUnknown(
  { collections }: InstallationAccess,
  sourceId: number,
): Promise<SourceDocument | null | 'unknown'> {
  try {
    return await storedSource(collections, { _id: sourceId });
  } catch (error) {
    if (storeErrorFactsOf(error)?.origin !== 'mongodb') throw error;
    return 'unknown';
  }
}

/** Of all sources that export and are meant to run: those whose export does not. One that runs goes on. */
export async function startExports(access: InstallationAccess, onError: (error: unknown) => void): Promise<void> {
  for (const sourceId of await quietExports(access.collections, new Date(Date.now() - QUIET_MS))) {
    const options = await optionsOf(access, sourceId);
    await access.client.workflow.start(EXPORT_WORKFLOW_TYPE, options).catch(onError);
  }
}

async function optionsOf(access: InstallationAccess, sourceId: number) {
  const installation = await installationOf(access);
  const request: ExportRequest = { installation: installation.id, sourceId };
  return {
    workflowId: exportWorkflowIdIn(installation, sourceId),
    taskQueue: taskQueueOf(installation),
    args: [request] as [ExportRequest],
    memo: { [INSTALLATION_MEMO]: installation.id },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: 'Exports what a source collects to a bucket',
  } as const;
}
