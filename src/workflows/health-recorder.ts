/** Writes the health events that are due, in the background and with all patience: they wait for MongoDB to come back. */

import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import { afterWriting } from '../source/health-ledger.js';
import type { Book } from './book.js';
import { steps } from './steps.js';

export class HealthRecorder {
  private readonly scope = new CancellationScope({ cancellable: true });
  private readonly running: Promise<void>;

  constructor(private readonly book: Book) {
    this.running = this.scope.run(() => this.loop());
  }

  /** Ends the recorder, after what is due was written or the given time has passed. What remains stays in the ledger. */
  async close(limitMs: number): Promise<void> {
    if (limitMs > 0) await condition(() => this.book.ledger.queue.length === 0, limitMs);
    this.scope.cancel();
    await this.running;
  }

  private async loop(): Promise<void> {
    try {
      for (;;) {
        await condition(() => this.book.ledger.queue.length > 0);
        await this.write();
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  private async write(): Promise<void> {
    const changes = this.book.ledger.queue;
    const summary = changes.map(({ kind, subject }) => `${subject} ${kind === 'opened' ? 'in trouble' : 'well again'}`);
    try {
      await steps.recordHealth.executeWithOptions({ summary: summary.slice(0, 3).join(', ') }, [
        this.book.snapshot.sourceId,
        changes,
      ]);
      this.book.ledger = afterWriting(this.book.ledger, changes);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('Health events could not be written; they are kept and tried again', { error });
    }
  }
}
