/** So many failed attempts of one kind in a window of time. Each counts from its beginning, until it turns out to be none. */

import { LRUCache } from 'lru-cache';

export interface AttemptLimitOptions {
  readonly most: number;
  readonly windowMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Kinds that are counted at a time; beyond them the oldest are forgotten. */
const MAX_KINDS = 10_000;

export class AttemptLimit {
  private readonly counts = new LRUCache<string, { readonly until: number; attempts: number }>({ max: MAX_KINDS });

  constructor(private readonly options: AttemptLimitOptions) {}

  /** Milliseconds until there may be another attempt; 0 when there may be one now. */
  waitOf(kind: string): number {
    const count = this.counts.get(kind);
    if (count === undefined || count.attempts < this.options.most) return 0;
    return Math.max(0, count.until - this.options.now());
  }

  /** Whether there was one in the present window. */
  isCounted(kind: string): boolean {
    const count = this.counts.get(kind);
    return count !== undefined && count.attempts > 0 && count.until > this.options.now();
  }

  /** Notes that one begins. */
  count(kind: string): void {
    const known = this.counts.get(kind);
    if (known !== undefined && known.until > this.options.now()) {
      known.attempts += 1;
      return;
    }
    this.counts.set(kind, { until: this.options.now() + this.options.windowMs, attempts: 1 });
  }

  /** Takes one back that was counted. */
  uncount(kind: string): void {
    const known = this.counts.get(kind);
    if (known !== undefined && known.attempts > 0) known.attempts -= 1;
  }
}
