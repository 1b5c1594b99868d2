/**
 * Brings workflows into line with the stored sources: one that is meant to run and has no running workflow (terminated
 * by hand, failed, or never started because a program died in between) is started. Of several workers, one does it.
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
  /** What each worker does once when it starts, regardless of the turn. */
  prepare?(listener: ReconciliationListener): Promise<void>;
  /** Starts every stored source that is meant to run and does not. */
  startMissing(listener: ReconciliationListener): Promise<void>;
}

/** Says whose turn it is; see `store/lease.ts`. */
export interface Turn {
  /** Takes it, or keeps it. @returns whether it is ours now. */
  hold(): Promise<boolean>;
  /** Leaves it to others. */
  release(): Promise<void>;
}

export interface ReconcilerOptions extends ReconciliationListener {
  readonly service: Reconcilable;
  /** Default: it is always our turn. */
  readonly turn?: Turn;
  /** Default 15,000 ms. */
  readonly intervalMs?: number;
}

/** While a round lasts, the turn is kept this often. */
const KEEP_EVERY_MS = 10_000;
/** A round that takes longer hangs: the turn is no longer kept for it, and somebody else's comes. */
const LONGEST_ROUND_MS = 10 * 60_000;

/**
 * Reconciles now and then, when it is its turn, until it is closed.
 *
 * The turn saves work, no more: it may be lost in the middle of a round, and then two do the same for a while. That does no
 * harm, since all that a round does may be done twice, and a workflow ID runs once.
 */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private closed = false;
  private hasTurn = false;
  private isPrepared = false;

  constructor(private readonly options: ReconcilerOptions) {}

  start(): this {
    this.plan(0);
    return this;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
    await this.release();
  }

  private plan(delayMs: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.running = this.look();
    }, delayMs);
  }

  private async look(): Promise<void> {
    const { intervalMs = 15_000 } = this.options;
    await this.prepare();
    // A worker may fail alone, as when only others have the keys: let those try.
    if ((await this.hold()) && !this.closed && !(await this.round())) await this.release();
    this.plan(intervalMs);
  }

  private async prepare(): Promise<void> {
    const { service, onError } = this.options;
    if (this.isPrepared) return;
    try {
      await service.prepare?.(this.options);
      this.isPrepared = true;
    } catch (error) {
      onError(error);
    }
  }

  /** @returns whether it had no errors. */
  private async round(): Promise<boolean> {
    const { service, onError } = this.options;
    let isGood = true;
    const noted = (error: unknown) => {
      isGood = false;
      onError(error);
    };
    const began = Date.now();
    let kept: Promise<unknown> = Promise.resolve();
    const keeping = setInterval(() => {
      if (Date.now() - began < LONGEST_ROUND_MS) kept = kept.then(() => this.hold());
    }, KEEP_EVERY_MS);
    try {
      await service.startMissing({ ...this.options, onError: noted });
    } catch (error) {
      noted(error);
    } finally {
      clearInterval(keeping);
      // What is given back next must not be taken again by what is still under way.
      await kept;
    }
    return isGood;
  }

  private async hold(): Promise<boolean> {
    const { turn, onError } = this.options;
    if (turn === undefined) return true;
    try {
      this.hasTurn = await turn.hold();
    } catch (error) {
      onError(error);
      return false;
    }
    return this.hasTurn;
  }

  private async release(): Promise<void> {
    if (!this.hasTurn) return;
    this.hasTurn = false;
    await this.options.turn?.release().catch(this.options.onError);
  }
}
