/** Makes one problem of the source of what all its streams fail for; see `source/outage.ts`. */

import { condition, isCancellation } from '@temporalio/workflow';
import { LEAST_PATIENCE_MS } from '../domain/failures/patience.js';
import { isLookWorthwhile, onsetsOf, streamsToUnite } from '../domain/lifecycle/outage.js';
import { sweepProblemOf } from '../domain/lifecycle/snapshot.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Book } from './book.js';
import { LoopGuard } from './loop-guard.js';

interface Effects {
  /** Ends what a stream does by itself: it is polled with the others from now on. */
  readonly leave: (stream: StreamName) => void;
  /** Polls the streams that are caught up, before their time. */
  readonly poll: () => void;
}

export class Outages {
  /** The troubles for which the others were polled, or need not be. */
  private onsets: readonly string[];

  constructor(
    private readonly book: Book,
    private readonly effects: Effects,
  ) {
    this.onsets = onsetsOf(book.snapshot);
  }

  /** Looks for outages among the streams that are collected alone, until the scope is cancelled. */
  async watch(): Promise<void> {
    try {
      for (const guard = new LoopGuard(); ; guard.pass()) {
        await condition(() => this.hasOnset || streamsToUnite(this.book.snapshot).length > 0);
        if (this.hasOnset) this.noteOnsets();
        if (this.unite()) this.effects.poll();
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** @returns whether streams were brought together, whose common poll is due after a pause. */
  unite(): boolean {
    const streams = streamsToUnite(this.book.snapshot);
    if (streams.length === 0) return false;
    this.book.write({ kind: 'united', streams });
    for (const stream of streams) {
      // What is still told of its attempts is over.
      this.book.attempting.delete(stream);
      this.effects.leave(stream);
    }
    const problem = sweepProblemOf(this.book.snapshot);
    if (problem !== undefined && Date.now() - Date.parse(problem.since) >= LEAST_PATIENCE_MS) {
      this.book.write({ kind: 'gaveUp', subject: 'sweep' });
    }
    return true;
  }

  private get hasOnset(): boolean {
    return onsetsOf(this.book.snapshot).some((onset) => !this.onsets.includes(onset));
  }

  /** One stream has begun to fail: the others tell whether it is that stream's trouble or everybody's. */
  private noteOnsets(): void {
    this.onsets = onsetsOf(this.book.snapshot);
    if (isLookWorthwhile(this.book.snapshot, Date.now())) this.effects.poll();
  }
}
