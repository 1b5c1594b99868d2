import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Real milliseconds until it counts as failed. Default 200,000. */
  readonly limitMs?: number;
  /** Milliseconds between two looks. Default 20 at first, and more the longer it takes. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until what it sees is as wanted.
 *
 * @throws Error with what was last seen when the limit has passed.
 */
export async function until<T>(
  look: () => Promise<T> | T,
  wanted: (seen: T) => boolean,
  { limitMs = 200_000, everyMs }: UntilOptions = {},
): Promise<T> {
  const started = performance.now();
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (performance.now() - started > limitMs) {
      throw new Error(`still not as wanted after ${limitMs} ms: ${wanted.toString()}\nseen: ${show(seen)}`);
    }
    await pause(everyMs ?? Math.min(200, Math.max(20, (performance.now() - started) / 20)));
  }
}

function show(seen: unknown): string {
  return (JSON.stringify(seen, null, 1) ?? String(seen)).slice(0, 4_000);
}
