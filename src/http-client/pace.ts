/** Whether a download is worth waiting for. Pure. */

export interface PaceLimits {
  /** A file has to bring so many bytes within `periodMs` of waiting. */
  readonly minBytes: number;
  readonly periodMs: number;
  /** Longest wait for a whole file, in milliseconds. */
  readonly totalMs: number;
}

const MINUTE_MS = 60_000;

/**
 * A hundredth of what a modem brings. Silence has a limit of its own; this one ends what drips: a byte now and
 * then, which would never be silent for long enough.
 */
export const MIN_PACE = { minBytes: 4_096, periodMs: MINUTE_MS } as const;

/** How long addresses live when they do not say so. */
const DEFAULT_LIFE_MS = 15 * MINUTE_MS;
/** An address that claims to live longer does not make its file wait longer. */
const LONGEST_LIFE_MS = 60 * MINUTE_MS;

/**
 * How long to wait for a file whose address expires at a time, in milliseconds. A download that has begun outlives its
 * signature, so an address that is nearly over, or that an odd clock calls so, leaves the file the usual time.
 *
 * @param expiresAt epoch milliseconds, if it is known.
 * @param now by the API's clock.
 */
export function totalWaitMs(expiresAt: number | undefined, now: number): number {
  const life = expiresAt === undefined ? Number.NaN : expiresAt - now;
  return life > DEFAULT_LIFE_MS ? Math.min(life, LONGEST_LIFE_MS) : DEFAULT_LIFE_MS;
}

/** Follows one download. Only the time in which we wait for the other side counts: our own store may be slow. */
export class Pace {
  #totalMs = 0;
  #periodMs = 0;
  #periodBytes = 0;

  constructor(private readonly limits: PaceLimits) {}

  /**
   * Notes a chunk.
   *
   * @param waitedMs for it.
   * @returns why to wait no longer, for people: "less than 4096 bytes within 60 s"; else nothing.
   */
  add(waitedMs: number, bytes: number): string | undefined {
    const { minBytes, periodMs, totalMs } = this.limits;
    this.#totalMs += waitedMs;
    this.#periodMs += waitedMs;
    this.#periodBytes += bytes;
    if (this.#totalMs >= totalMs) return `a file that was still incomplete after ${totalMs / 1_000} s`;
    if (this.#periodMs < periodMs) return undefined;
    if (this.#periodBytes < minBytes) return `less than ${minBytes} bytes within ${periodMs / 1_000} s`;
    this.#periodMs = 0;
    this.#periodBytes = 0;
    return undefined;
  }
}
