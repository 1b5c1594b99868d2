import { RawError } from '../domain/failures/failure.js';

/** Longest wait that is kept here: a server that asks for days is asked again by the next attempt all the same. */
const LONGEST_MS = 15 * 60_000;

/**
 * Which functions of the API have reached their rate limit, and until when. Quotas are per application and function, so
 * what one stream was told holds for all streams of the source.
 */
export class RateLimits {
  readonly #until = new Map<string, { readonly atMs: number; readonly error: RawError }>();

  /** @throws {RawError} the refusal that was met, with what is left of its wait, while that lasts. */
  check(endpoint: string): void {
    const limit = this.#until.get(endpoint);
    if (limit === undefined) return;
    const retryAfterMs = Math.ceil(limit.atMs - performance.now());
    if (retryAfterMs <= 0) {
      this.#until.delete(endpoint);
      return;
    }
    throw new RawError({ ...limit.error.facts, retryAfterMs }, { cause: limit.error });
  }

  clear(): void {
    this.#until.clear();
  }

  /** Remembers a refusal that says how long to wait; any other error changes nothing. */
  remember(endpoint: string, error: unknown): void {
    if (!(error instanceof RawError) || error.facts.status !== 429) return;
    const { retryAfterMs = 0 } = error.facts;
    if (retryAfterMs > 0)
      this.#until.set(endpoint, { atMs: performance.now() + Math.min(retryAfterMs, LONGEST_MS), error });
  }
}
