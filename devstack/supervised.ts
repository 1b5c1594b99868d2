/** Keeps a server running: one that ends although nobody stopped it is started again. */

import { setTimeout as pause } from 'node:timers/promises';
import { exitText } from '../src/runtime/process-exit.js';
import type { GuardedProcess } from './guarded-process.js';

type Server = Pick<GuardedProcess, 'pid' | 'exited' | 'stop' | 'wake'>;

export interface Supervised<T extends Server> {
  /** The server as it runs now. */
  readonly current: T;
  /** Lets it go on if somebody has frozen it. */
  wake(): void;
  /** Also gives up a start that is under way. */
  stop(): Promise<void>;
}

/** Before a server that has just been started is started again; one that has run for a while is back at once. */
const PAUSE_MS = 1_000;
const A_WHILE_MS = 10_000;

/**
 * @param start starts the server, each time the same way, so that its address stays; given up when its signal is
 *   aborted.
 * @param onNotice is told of each end that nobody asked for, and when the server is back.
 * @param stopping once aborted, nothing is started any more, though what runs is left running until `stop`.
 * @throws what the first start throws; later ones are tried again.
 */
export async function supervise<T extends Server>(
  name: string,
  start: (signal: AbortSignal) => Promise<T>,
  onNotice: (text: string) => void,
  stopping?: AbortSignal,
): Promise<Supervised<T>> {
  const stopped = new AbortController();
  const signal = stopping === undefined ? stopped.signal : AbortSignal.any([stopped.signal, stopping]);
  signal.throwIfAborted();
  let current = await start(signal);
  let startedAt = Date.now();
  const watching = (async () => {
    for (;;) {
      const exit = await current.exited;
      if (exit.stopped || signal.aborted) return;
      onNotice(`${name} stopped unexpectedly: ${exitText(exit)}; starting it again`);
      if (Date.now() - startedAt < A_WHILE_MS) await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      const next = await untilStarted(name, start, signal, onNotice);
      if (next === undefined) return;
      current = next;
      startedAt = Date.now();
      // It had come to run by the time of the stop.
      if (stopped.signal.aborted) return current.stop();
      onNotice(`${name} is running again (process ${current.pid})`);
    }
  })();
  return {
    get current() {
      return current;
    },
    wake: () => current.wake(),
    async stop() {
      stopped.abort();
      await current.stop();
      await watching;
      await current.stop();
    },
  };
}

/** @returns undefined once the signal is aborted. */
async function untilStarted<T>(
  name: string,
  start: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  onNotice: (text: string) => void,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await start(signal);
    } catch (error) {
      if (!signal.aborted) onNotice(`${name} could not be started: ${messageOf(error)}`);
    }
    await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
