/**
 * Bounds the loops of a workflow by count. A loop that never waits would keep the worker's only workflow thread busy for
 * ever, and with it every source; the SDK's limit on the time of an activation cannot tell such a loop from a machine
 * that was suspended.
 */

import { workflowInfo } from '@temporalio/workflow';

/** Far beyond what a loop can have to do between two workflow tasks. */
const MAX_PASSES = 10_000;

export class LoopGuard {
  private passes = 0;
  private historyLength = -1;

  /** @throws Error, which fails the workflow task, when a loop has passed so often without waiting for anything. */
  pass(): void {
    const { historyLength } = workflowInfo();
    this.passes = historyLength === this.historyLength ? this.passes + 1 : 0;
    this.historyLength = historyLength;
    if (this.passes > MAX_PASSES) throw new Error(`a workflow loop never waits: ${MAX_PASSES} passes`);
  }
}
