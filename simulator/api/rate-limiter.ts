/** A quota of calls per fixed window, for each application and endpoint, as the vendor describes it. */
import type { RateLimit } from '../options/options.js';

export interface RateVerdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #windows = new Map<string, { start: number; calls: number }>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  take(key: string, now: number): RateVerdict {
    const { calls, windowMs } = this.#limit;
    let window = this.#windows.get(key);
    if (!window || now >= window.start + windowMs) {
      window = { start: now, calls: 0 };
      this.#windows.set(key, window);
    }
    const allowed = window.calls < calls;
    if (allowed) window.calls += 1;
    const remaining = calls - window.calls;
    const headers = {
      'x-ratelimit-limit': String(calls),
      'x-ratelimit-remaining': String(remaining),
      // Milliseconds until at least one call is permitted.
      'x-ratelimit-reset': String(remaining > 0 ? 0 : window.start + windowMs - now),
    };
    return { allowed, headers };
  }
}
