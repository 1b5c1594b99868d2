/** Starts and wakes the workflows of exports; each ends by itself once its source exports no longer. */

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
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
import { anotherInstallation } from '../refusals.js';
import { findWorkflow, signalOwn } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';

/** An export that was not looked at for so long may not run; one that rests between its slices is not disturbed. */
const QUIET_MS = 60_000;

/**
 * Tells an export that its source was changed, restarted, stopped or removed. Starts one that should run and does not. A
 * workflow of another installation that has its ID is left alone; the worker that reconciles reports it.
 *
 * @param hasExported whether the source did until now, so that there is somebody to tell that it no longer does.
 */
export async function wakeExport(access: InstallationAccess, sourceId: number, hasExported = false): Promise<void> {
  const source = await sourceOrUnknown(access, sourceId);
  if (source !== 'unknown' && !hasExported && source?.config.export === undefined) return;
  if (await tellExport(access, sourceId)) return;
  const isStored = source !== 'unknown' && source !== null;
  if (isStored && isMeantToRun(source) && isObject(source.config.export)) await start(access, sourceId);
}

/** @returns false when there is no running export of ours to tell. */
export async function tellExport(access: InstallationAccess, sourceId: number): Promise<boolean> {
  const workflowId = exportWorkflowIdIn(await installationOf(access), sourceId);
  return signalOwn(access, sourceId, workflowId, EXPORT_CHANGED_SIGNAL);
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

/**
 * Of all sources that export and are meant to run: those whose export does not. One that runs goes on.
 *
 * @param onError hears of one that cannot be started, as when a workflow of another installation has its ID; the others are.
 */
export async function startExports(access: InstallationAccess, onError: (error: unknown) => void): Promise<void> {
  for (const sourceId of await quietExports(access.collections, new Date(Date.now() - QUIET_MS))) {
    try {
      if (await start(access, sourceId)) continue;
      const workflowId = exportWorkflowIdIn(await installationOf(access), sourceId);
      if ((await findWorkflow(access, sourceId, workflowId)).whose === 'another')
        throw anotherInstallation(workflowId, placeOf(access.client));
    } catch (error) {
      onError(error);
    }
  }
}

/** @returns false when one with its ID runs already, whosever it is. */
async function start(access: InstallationAccess, sourceId: number): Promise<boolean> {
  const installation = await installationOf(access);
  const request: ExportRequest = { installation: installation.id, sourceId };
  try {
    await access.client.workflow.start(EXPORT_WORKFLOW_TYPE, {
      workflowId: exportWorkflowIdIn(installation, sourceId),
      taskQueue: taskQueueOf(installation),
      args: [request],
      memo: { [INSTALLATION_MEMO]: installation.id },
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: 'Exports what a source collects to a bucket',
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
