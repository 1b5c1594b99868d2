/** Writes the health events that are due, in the background and for as long as it takes: they wait for MongoDB to come back. */

import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import { afterWriting, beforeWriting, groupingDelayMs, type HealthChange } from '../domain/health/health-ledger.js';
import { LEAVING_STATES } from '../domain/lifecycle/lifecycle.js';
import type { SourceState } from './source-state.js';
import { steps } from './steps.js';

export class HealthRecorder {
  private scope = new CancellationScope();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly source: SourceState) {
    this.resume();
  }

  resume(): void {
    // Not to end with the workflow's own cancellation: the events of its end are still to be written.
    this.running = CancellationScope.nonCancellable(() => {
      this.scope = new CancellationScope();
      return this.scope.run(() => this.loop());
    });
  }

  /** Ends the loop at once. What is not written stays in the ledger. */
  async pause(): Promise<void> {
    this.scope.cancel();
    await this.running;
  }

  /** Waits until all is written or the time is over, then ends. */
  async finish(limitMs: number): Promise<void> {
    await condition(() => this.source.ledger.queue.length === 0, limitMs);
    await this.pause();
  }

  private async loop(): Promise<void> {
    try {
      for (;;) {
        await condition(() => this.source.ledger.queue.length > 0);
        if (this.source.unitesOutages) await this.waitForOthers();
        await this.write();
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** Lets the other streams tell whether they fail as well; not for long, and not at the end of the source. */
  private async waitForOthers(): Promise<void> {
    const waitMs = groupingDelayMs(this.source.ledger, Date.now());
    const isLeaving = () => LEAVING_STATES.some((state) => state === this.source.snapshot.state);
    if (waitMs > 0) await condition(isLeaving, waitMs, { summary: 'one stream fails; checking the others' });
  }

  private async write(): Promise<void> {
    const changes = this.source.ledger.queue;
    if (changes.length === 0) return;
    this.source.ledger = beforeWriting(this.source.ledger, changes);
    const summary = changes.map(summaryOf);
    try {
      await steps.recordHealth.executeWithOptions({ summary: summary.slice(0, 3).join(', ') }, [
        this.source.snapshot.sourceId,
        changes,
      ]);
      this.source.ledger = afterWriting(this.source.ledger, changes);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('Health events could not be written; they are kept and will be retried', { error });
    }
  }
}

function summaryOf(change: HealthChange): string {
  if (change.kind === 'cleared') return 'close what an earlier run left open';
  return `${change.subject} ${change.kind === 'opened' ? 'failing' : 'recovered'}`;
}
