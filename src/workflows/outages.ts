/** Makes one problem of the source of what all its streams fail for; see `domain/lifecycle/outage.ts`. */

import { condition, isCancellation } from '@temporalio/workflow';
import { MIN_RETRY_BUDGET_MS } from '../domain/failures/retry-budget.js';
import { isLookWorthwhile, onsetsOf, streamsToUnite } from '../domain/lifecycle/outage.js';
import { sweepProblemOf } from '../domain/lifecycle/snapshot.js';
import type { StreamName } from '../domain/streams/streams.js';
import { LoopGuard } from './loop-guard.js';
import type { SourceState } from './source-state.js';

interface Effects {
  /** Ends what a stream does by itself: it is polled with the others from now on. */
  readonly leave: (stream: StreamName) => void;
  /** Polls the streams that are caught up, before their time. */
  readonly poll: () => void;
}

export class Outages {
  /** The failures for which the others were polled, or need not be. */
  private onsets: readonly string[];

  constructor(
    private readonly source: SourceState,
    private readonly effects: Effects,
  ) {
    this.onsets = onsetsOf(source.snapshot);
  }

  /** Looks for outages among the streams that are collected alone, until the scope is cancelled. */
  async watch(): Promise<void> {
    try {
      for (const guard = new LoopGuard(); ; guard.pass()) {
        await condition(() => this.hasOnset || streamsToUnite(this.source.snapshot).length > 0);
        if (this.hasOnset) this.pollOnNewFailure();
        if (this.unite()) this.effects.poll();
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** @returns whether streams were brought together, whose common poll is due after a pause. */
  unite(): boolean {
    const streams = streamsToUnite(this.source.snapshot);
    if (streams.length === 0) return false;
    this.source.write({ kind: 'united', streams });
    for (const stream of streams) {
      // What is still told of its attempts is over.
      this.source.attempting.delete(stream);
      this.effects.leave(stream);
    }
    const problem = sweepProblemOf(this.source.snapshot);
    if (problem !== undefined && Date.now() - Date.parse(problem.since) >= MIN_RETRY_BUDGET_MS) {
      this.source.write({ kind: 'gaveUp', subject: 'sweep' });
    }
    return true;
  }

  private get hasOnset(): boolean {
    return onsetsOf(this.source.snapshot).some((onset) => !this.onsets.includes(onset));
  }

  /** One stream has begun to fail: the others show whether only that stream is affected or all are. */
  private pollOnNewFailure(): void {
    this.onsets = onsetsOf(this.source.snapshot);
    if (isLookWorthwhile(this.source.snapshot, Date.now())) this.effects.poll();
  }
}
