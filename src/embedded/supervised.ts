/** Keeps a server running: one that ends although nobody stopped it is started again. */

import { setTimeout as pause } from 'node:timers/promises';
import type { GuardedProcess } from './guarded-process.js';

type Server = Pick<GuardedProcess, 'pid' | 'exited' | 'stop'>;

export interface Supervised<T extends Server> {
  /** The server as it runs now. */
  readonly current: T;
  stop(): Promise<void>;
}

const PAUSE_MS = 1_000;

/**
 * @param start starts the server; each time the same way, so that its address stays.
 * @throws what the first start throws; later ones are tried again.
 */
export async function supervise<T extends Server>(
  name: string,
  start: () => Promise<T>,
  onNotice: (text: string) => void,
): Promise<Supervised<T>> {
  let current = await start();
  let stopping = false;
  const watching = (async () => {
    while (!stopping) {
      const { code, stopped } = await current.exited;
      if (stopped || stopping) return;
      onNotice(`${name} ended (exit code ${code}); starting it again`);
      current = await untilStarted(name, start, () => stopping, onNotice, current);
    }
  })();
  return {
    get current() {
      return current;
    },
    async stop() {
      stopping = true;
      await current.stop();
      await watching;
      await current.stop();
    },
  };
}

async function untilStarted<T>(
  name: string,
  start: () => Promise<T>,
  given: () => boolean,
  onNotice: (text: string) => void,
  before: T,
): Promise<T> {
  while (!given()) {
    await pause(PAUSE_MS);
    try {
      if (!given()) return await start();
    } catch (error) {
      onNotice(`${name} could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return before;
}
