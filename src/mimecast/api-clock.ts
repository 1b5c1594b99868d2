/** Dates before and after are no time that a server could have meant. */
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(2020, 0, 1), Date.UTC(2100, 0, 1)];
/** `Date` headers have the resolution of a second. */
const SECOND_MS = 1_000;

/**
 * The API's own clock, as the `Date` headers of its answers tell it: it decides where a window ends, so that a clock of
 * ours that is hours ahead or behind neither skips nor loses anything. Between two answers it runs on by the machine's
 * monotonic clock, which nobody sets.
 */
export class ApiClock {
  #known: { readonly apiMs: number; readonly atMs: number } | undefined;

  /** Whether an answer has told the time. */
  get isKnown(): boolean {
    return this.#known !== undefined;
  }

  /** Epoch milliseconds; by our own clock as long as no answer has told. */
  now(): number {
    return this.#known === undefined ? Date.now() : this.#known.apiMs + performance.now() - this.#known.atMs;
  }

  /** Notes the `Date` header of an answer that has just come; one that is missing or makes no sense changes nothing. */
  setFrom(date: string | null): void {
    const apiMs = Date.parse(date ?? '');
    if (Number.isNaN(apiMs) || apiMs < EARLIEST_MS || apiMs > LATEST_MS) return;
    // A header that agrees with what is known to the second tells nothing new, and would only set the clock back to it.
    const expected = this.now();
    if (this.isKnown && expected >= apiMs && expected < apiMs + SECOND_MS) return;
    this.#known = { apiMs, atMs: performance.now() };
  }
}
