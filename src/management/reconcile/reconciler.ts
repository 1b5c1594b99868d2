/**
 * Brings workflows into line with the stored sources: one that is meant to run and has no running workflow (terminated
 * by hand, failed, or never started because a program died in between) is started.
 */

import type { StartingListener } from '../sources/source-service.js';
import type { VersionMove } from './version-moves.js';

/** Hears of what a round of reconciliation does. */
export interface ReconciliationListener extends StartingListener {
  /** A workflow was terminated. */
  readonly onTerminated?: (ended: TerminatedWorkflow) => void;
  /** A workflow was asked to move to this worker's version, or taken there. */
  readonly onMoved?: (move: VersionMove) => void;
}

export interface TerminatedWorkflow {
  readonly workflowId: string;
  readonly reason: string;
}

export interface Reconcilable {
  /** Starts every stored source that is meant to run and does not. */
  startMissing(listener: ReconciliationListener): Promise<void>;
}

export interface ReconcilerOptions extends ReconciliationListener {
  readonly service: Reconcilable;
  /** Default 15,000 ms. */
  readonly intervalMs?: number;
}

/** Reconciles now and then, until it is closed. Several at once do no harm: a workflow id runs once. */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: ReconcilerOptions) {}

  start(): this {
    this.plan(0);
    return this;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(delayMs: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.running = this.round();
    }, delayMs);
  }

  private async round(): Promise<void> {
    const { service, onTrouble, intervalMs = 15_000 } = this.options;
    try {
      await service.startMissing(this.options);
    } catch (error) {
      onTrouble(error);
    }
    this.plan(intervalMs);
  }
}
