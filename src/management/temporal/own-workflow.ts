/** A single workflow of a source, looked at with the question whose it is. */

import { type WorkflowExecutionDescription, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { type InstallationAccess, isOurs } from './ownership.js';

/** How long Temporal may take to describe one workflow, from the moment that it is asked. */
const ANSWER_LIMIT_MS = 5_000;

export type FoundWorkflow =
  | { readonly whose: 'ours'; readonly description: WorkflowExecutionDescription }
  /** A running one; what ended is nobody's any more. */
  | { readonly whose: 'another' }
  | { readonly whose: 'none' };

/** The latest run of a workflow of a source: its own, its exports, its `backfill` or `verify`. */
export async function findWorkflow(
  access: InstallationAccess,
  sourceId: number,
  workflowId: string,
  deadline = Number.POSITIVE_INFINITY,
): Promise<FoundWorkflow> {
  const description = await describeWorkflow(access, workflowId, deadline);
  if (description === undefined) return { whose: 'none' };
  if (await isOurs(access, sourceId, description)) return { whose: 'ours', description };
  return { whose: description.status.name === 'RUNNING' ? 'another' : 'none' };
}

/** A run may be continued as new between the look at it and the signal. */
const MAX_LOOKS = 5;

/**
 * Signals the running workflow with this ID, if it is ours.
 *
 * @returns false when there is no running one of ours to take it.
 */
export function signalOwn(
  access: InstallationAccess,
  sourceId: number,
  workflowId: string,
  signal: string,
  ...args: unknown[]
): Promise<boolean> {
  return askOwn(access, sourceId, workflowId, (handle) => handle.signal(signal, ...args));
}

/** The same to cancel it. */
export function cancelOwn(access: InstallationAccess, sourceId: number, workflowId: string): Promise<boolean> {
  return askOwn(access, sourceId, workflowId, (handle) => handle.cancel());
}

async function askOwn(
  access: InstallationAccess,
  sourceId: number,
  workflowId: string,
  ask: (handle: WorkflowHandle) => Promise<unknown>,
): Promise<boolean> {
  const { client } = access;
  for (let looks = 1; ; looks += 1) {
    const found = await findWorkflow(access, sourceId, workflowId);
    if (found.whose !== 'ours' || found.description.status.name !== 'RUNNING') return false;
    const { runId } = found.description;
    try {
      // To that run alone: the next one of this ID may be somebody else's.
      await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => ask(client.workflow.getHandle(workflowId, runId)));
      return true;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError) || looks === MAX_LOOKS) throw error;
    }
  }
}

async function describeWorkflow(
  { client }: InstallationAccess,
  workflowId: string,
  deadline: number,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.withDeadline(Math.min(Date.now() + ANSWER_LIMIT_MS, deadline), () =>
      client.workflow.getHandle(workflowId).describe(),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
