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

  /** For a part of the work, which may take so long in all. */
  atMost(ms: number): TimeBudget {
    return new TimeBudget(Math.min(this.left, ms), this.signal);
  }

  /** Options for an operation that may take all that is left. */
  options(): { readonly maxTimeMS: number; readonly signal?: AbortSignal } {
    // MongoDB takes 0 for "no limit".
    return { maxTimeMS: Math.max(1, this.left), ...(this.signal && { signal: this.signal }) };
  }
}

/** Thrown between two operations when there is no time left. */
export class TimeIsUpError extends Error {
  override readonly name = 'TimeIsUpError';
}

const MAX_TIME_EXPIRED = 50;

export function isTimeUp(error: unknown): boolean {
  return error instanceof TimeIsUpError || (error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED);
}
