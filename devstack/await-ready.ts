import { orAborted } from '../src/runtime/aborted.js';
import type { GuardedProcess } from './guarded-process.js';
import { untilListening } from './listener.js';

export interface Readiness {
  /** On which it has to listen itself: on a port that was lost, somebody else's server may answer. */
  readonly ports: readonly number[];
  /** Ends early when its signal is aborted. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** Gives up the start. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until the server listens and passes the check, or for its end, whichever is first; a server that did not get
 * ready is stopped.
 *
 * @throws Error of the check, or one with the end of the server's log
 */
export async function awaitReady(server: GuardedProcess, { ports, check, signal }: Readiness): Promise<void> {
  const over = new AbortController();
  const giveUp = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const ended = server.exited.then((exit) => {
    throw server.describeExit(exit);
  });
  const ready = async () => {
    for (const port of ports) await untilListening(server.group, port, giveUp);
    await check(giveUp);
  };
  try {
    await orAborted(Promise.race([ready(), ended]), giveUp);
  } catch (error) {
    over.abort();
    await server.stop();
    throw error;
  }
}
