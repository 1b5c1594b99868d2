/** What the signals ask for. They only note it and interrupt the running work; the workflow's loop decides. */

import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { StopRequest } from '../domain/contract/contract.js';
import type { PositionReset } from '../domain/streams/position-reset.js';

export type Command =
  | { readonly kind: 'stop'; readonly remove: boolean }
  | { readonly kind: 'restart' }
  | { readonly kind: 'reset'; readonly reset: PositionReset };

export class Commands {
  private pending: Exclude<Command, { kind: 'reset' }> | undefined;
  private readonly resets: PositionReset[] = [];
  private running: CancellationScope | undefined;
  private readonly root = CancellationScope.current();

  get isPending(): boolean {
    return this.pending !== undefined || this.resets.length > 0 || this.root.consideredCancelled;
  }

  /** Whether the next command to carry out is a stop. */
  get isStopAsked(): boolean {
    return this.pending?.kind === 'stop' || this.root.consideredCancelled;
  }

  restart(): void {
    this.pending ??= { kind: 'restart' };
    this.running?.cancel();
  }

  /** A stop outranks a restart, and one with `remove` one without. Anybody can send a signal, with any payload. */
  stop(request: StopRequest | null | undefined): void {
    const remove = request?.remove === true || (this.pending?.kind === 'stop' && this.pending.remove);
    this.pending = { kind: 'stop', remove };
    this.running?.cancel();
  }

  /** Waits for its turn: all of them are carried out, after a restart that was asked for. */
  reset(reset: PositionReset): void {
    this.resets.push(reset);
    this.running?.cancel();
  }

  /**
   * Runs work until it ends or a command interrupts it. The command waits for `take`.
   *
   * @throws what the work throws, cancellations aside.
   */
  async interrupt(work: () => Promise<void>): Promise<void> {
    if (this.isPending) return;
    this.running = new CancellationScope();
    try {
      await this.running.run(work);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** The command to carry out now, if any; a stop first, resets last. A cancellation from the Web UI or the CLI is a stop. */
  take(): Command | undefined {
    if (this.root.consideredCancelled) this.stop(undefined);
    const { pending } = this;
    this.pending = undefined;
    if (pending !== undefined) return pending;
    const reset = this.resets.shift();
    return reset && { kind: 'reset', reset };
  }
}
