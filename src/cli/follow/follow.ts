/** `--follow`: goes on behind its token when the connection is lost, until Ctrl-C. */

import { setTimeout as pause } from 'node:timers/promises';
import { LostConnectionError } from '../services/api-client.js';
import type { FollowLine } from '../services/command-services.js';

/**
 * What is stored from now on, or from a token on.
 *
 * @throws when the connection ends
 */
export type Feed<T> = (token: string | undefined, signal: AbortSignal) => AsyncIterable<FollowLine<T>>;

export interface Breaks {
  readonly signal: AbortSignal;
  /** Tells about a break. */
  readonly onBreak: (reason: string) => void;
  /** Whether it is worth trying again. */
  readonly isPassing: (error: unknown) => boolean;
  /** Milliseconds until the first other try; each pause is twice as long as the one before. Default 1,000. */
  readonly pauseMs?: number;
}

export interface FollowOptions<T> extends Breaks {
  /** From where; default: from now on. */
  readonly token: string | undefined;
  /** Is awaited before the next one is asked for. */
  readonly onLine: (line: FollowLine<T>) => Promise<void>;
}

const MAX_PAUSE_MS = 30_000;

/** @returns the token to resume from; `undefined` when not even the first was told. */
export async function follow<T>(
  feed: Feed<T>,
  { token: start, signal, onLine, onBreak, isPassing, pauseMs = 1_000 }: FollowOptions<T>,
): Promise<string | undefined> {
  let token = start;
  for (let wait = pauseMs; !signal.aborted; wait = Math.min(MAX_PAUSE_MS, wait * 2)) {
    try {
      for await (const line of feed(token, signal)) {
        if (signal.aborted) break;
        await onLine(line);
        token = line.token;
        wait = pauseMs;
      }
    } catch (error) {
      if (signal.aborted) break;
      // Without a token, nobody could say what was missed before the next try.
      if (!isPassing(error) || token === undefined) throw error;
      await rest(error, wait, { signal, onBreak });
    }
  }
  return token;
}

/** Where a follow begins that misses nothing of what is not stored yet. @returns `undefined` when it was stopped */
export function beginning<T>(feed: Feed<T>, breaks: Breaks): Promise<string | undefined> {
  return throughBreaks(async () => {
    for await (const { token } of feed(undefined, breaks.signal)) return token;
    return undefined;
  }, breaks);
}

/** Does some work again until it succeeds. @returns `undefined` when it was stopped */
export async function throughBreaks<T>(work: () => Promise<T>, breaks: Breaks): Promise<T | undefined> {
  const { signal, isPassing, pauseMs = 1_000 } = breaks;
  for (let wait = pauseMs; !signal.aborted; wait = Math.min(MAX_PAUSE_MS, wait * 2)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) break;
      if (!isPassing(error)) throw error;
      await rest(error, wait, breaks);
    }
  }
  return undefined;
}

async function rest(error: unknown, waitMs: number, { signal, onBreak }: Pick<Breaks, 'signal' | 'onBreak'>) {
  onBreak(error instanceof Error ? error.message : String(error));
  const ms = error instanceof LostConnectionError ? Math.max(waitMs, error.retryAfterMs) : waitMs;
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
