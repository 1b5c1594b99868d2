/** How long a search may go on. */

import { setMaxListeners } from 'node:events';
import { MongoServerError } from 'mongodb';

export class TimeBudget {
  private readonly end: number;

  /** @param signal aborted when nobody waits for the answer any more. */
  constructor(
    ms: number,
    readonly signal?: AbortSignal,
  ) {
    this.end = performance.now() + ms;
    // Each cursor listens.
    if (signal !== undefined) setMaxListeners(0, signal);
  }

  /** In milliseconds; 0 when it is used up. */
  get left(): number {
    return Math.max(0, Math.ceil(this.end - performance.now()));
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  /** Options for an operation that may take so long, at most. */
  options(mostMs = Number.POSITIVE_INFINITY): { readonly maxTimeMS: number; readonly signal?: AbortSignal } {
    // MongoDB takes 0 for "no limit".
    const maxTimeMS = Math.max(1, Math.floor(Math.min(this.left, mostMs)));
    return { maxTimeMS, ...(this.signal && { signal: this.signal }) };
  }
}

const MAX_TIME_EXPIRED = 50;

export function isTimeUp(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED;
}
