/** How long a search may go on, and how much of it at a time. */

import { setMaxListeners } from 'node:events';
import { MongoServerError } from 'mongodb';
import { Semaphore } from '../../domain/semaphore.js';

interface QueryOptions {
  readonly maxTimeMS: number;
  readonly signal?: AbortSignal;
}

/** Queries of one search: each takes one of the connections that everything in a program shares. */
const AT_ONCE = 4;

export class TimeBudget {
  private readonly end: number;
  private readonly turns = new Semaphore(AT_ONCE);

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

  /** Asks MongoDB when it is its turn. @param mostMs as for `options` */
  ask<T>(query: (options: QueryOptions) => Promise<T>, mostMs?: number): Promise<T> {
    return this.turns.run(() => query(this.options(mostMs)));
  }

  /** Options for an operation that may take so long, at most. */
  private options(mostMs = Number.POSITIVE_INFINITY): QueryOptions {
    // MongoDB takes 0 for "no limit".
    const maxTimeMS = Math.max(1, Math.floor(Math.min(this.left, mostMs)));
    return { maxTimeMS, ...(this.signal && { signal: this.signal }) };
  }
}

const MAX_TIME_EXPIRED = 50;

export function isTimeUp(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED;
}
