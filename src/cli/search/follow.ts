/** `search --follow`: goes on behind its token when the connection is lost, until Ctrl-C. */

import { setTimeout as pause } from 'node:timers/promises';
import type { FollowLine, SearchCommands, SearchWish } from '../services/command-services.js';

export interface FollowOptions {
  /** From where; default: from now on. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Is awaited before the next one is asked for. */
  readonly onLine: (line: FollowLine) => Promise<void>;
  /** Tells about a break. */
  readonly onBreak: (reason: string) => void;
  /** Whether it is worth trying again. */
  readonly isPassing: (error: unknown) => boolean;
  /** Milliseconds until the first other try; each pause is twice as long as the one before. Default 1,000. */
  readonly pauseMs?: number;
}

const MAX_PAUSE_MS = 30_000;

/** @returns the token to resume from; `undefined` when not even the first was told. */
export async function follow(
  search: Pick<SearchCommands, 'follow'>,
  wish: SearchWish,
  { token: start, signal, onLine, onBreak, isPassing, pauseMs = 1_000 }: FollowOptions,
): Promise<string | undefined> {
  let token = start;
  for (let wait = pauseMs; !signal.aborted; wait = Math.min(MAX_PAUSE_MS, wait * 2)) {
    try {
      for await (const line of search.follow(wish, token, signal)) {
        if (signal.aborted) break;
        await onLine(line);
        token = line.token;
        wait = pauseMs;
      }
    } catch (error) {
      if (signal.aborted) break;
      // Without a token, nobody could say what was missed before the next try.
      if (!isPassing(error) || token === undefined) throw error;
      onBreak(error instanceof Error ? error.message : String(error));
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
  return token;
}
