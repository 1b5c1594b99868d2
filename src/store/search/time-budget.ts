/** How long a search may go on, and how much of it at a time. */

import { setMaxListeners } from 'node:events';
import { MongoServerError } from 'mongodb';
import { Semaphore } from '../../domain/semaphore.js';

interface QueryOptions {
  readonly maxTimeMS: number;
  readonly signal?: AbortSignal;
}

/** Queries of one search: each takes one of the connections that everything in a program shares. */
export const AT_ONCE = 4;

export class TimeBudget {
  private readonly end: number;

  /** @param signal aborted when nobody waits for the answer any more. */
  constructor(
    ms: number,
    readonly signal?: AbortSignal,
    private readonly turns = new Semaphore(AT_ONCE),
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
    return new TimeBudget(Math.min(this.left, ms), this.signal, this.turns);
  }

  /** Asks MongoDB when it is its turn. */
  ask<T>(query: (options: QueryOptions) => Promise<T>): Promise<T> {
    return this.turns.run(() => query(this.options()));
  }

  /** Options for an operation that may take all that is left. */
  options(): QueryOptions {
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
