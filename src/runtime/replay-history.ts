/** Replays one history with the workflow code of this version. */

import { type History, Worker } from '@temporalio/worker';
import { PAUSE_PROOF } from './worker-limits.js';

/**
 * @throws DeterminismViolationError when the code would not make the commands that stand in the history.
 * @returns false when there is nothing to replay: the run has only just been created, and the SDK would wait for ever.
 */
export async function replayHistory(
  workflowBundle: { readonly codePath: string },
  history: History,
  workflowId: string,
): Promise<boolean> {
  if (!history.events?.some(({ workflowTaskScheduledEventAttributes }) => workflowTaskScheduledEventAttributes)) {
    return false;
  }
  await Worker.runReplayHistory({ ...PAUSE_PROOF, workflowBundle }, history, workflowId);
  return true;
}
