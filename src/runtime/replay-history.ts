/** Replays histories with the workflow code of this version. */

import { type History, Worker } from '@temporalio/worker';
import { PAUSE_PROOF } from './worker-limits.js';

export interface Replayed {
  readonly workflowId: string;
  readonly runId: string;
  /** `nothing`: the run has only just been created, and no workflow task has been asked for. */
  readonly outcome: 'replayed' | 'nothing' | 'failed';
  readonly error?: Error;
}

interface ToReplay {
  readonly workflowId: string;
  readonly runId: string;
  readonly history: History;
}

/** Replays one after the other, in one worker; what fails is told, and the next one follows. */
export async function* replayHistories(
  workflowBundle: { readonly codePath: string },
  histories: AsyncIterable<ToReplay>,
): AsyncGenerator<Replayed> {
  const created: Replayed[] = [];
  const pushed: string[] = [];
  const toPush = async function* () {
    for await (const { workflowId, runId, history } of histories) {
      // The SDK would wait for ever for one that has no workflow task.
      if (!hasTask(history)) created.push({ workflowId, runId, outcome: 'nothing' });
      else {
        pushed.push(runId);
        yield { workflowId, history };
      }
    }
  };
  for await (const { workflowId, error } of Worker.runReplayHistories({ ...PAUSE_PROOF, workflowBundle }, toPush())) {
    yield* created.splice(0);
    // The SDK gives each replay a run ID of its own.
    const runId = pushed.shift() ?? '';
    yield { workflowId, runId, ...(error === undefined ? { outcome: 'replayed' } : { outcome: 'failed', error }) };
  }
  yield* created;
}

/**
 * @throws DeterminismViolationError when the code would not make the commands that stand in the history.
 * @returns false when there is nothing to replay.
 */
export async function replayHistory(
  workflowBundle: { readonly codePath: string },
  history: History,
  workflowId: string,
): Promise<boolean> {
  const one = (async function* () {
    yield { workflowId, runId: '', history };
  })();
  for await (const { outcome, error } of replayHistories(workflowBundle, one)) {
    if (error !== undefined) throw error;
    return outcome === 'replayed';
  }
  return false;
}

function hasTask({ events }: History): boolean {
  return events?.some((event) => event.workflowTaskScheduledEventAttributes) ?? false;
}
