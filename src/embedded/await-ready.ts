import type { GuardedProcess } from './guarded-process.js';

/**
 * Waits for `check`, or for the end of the server, whichever is first; a server that did not get ready is stopped.
 *
 * @param check ends early when its signal is aborted
 * @throws Error of the check, or one with the end of the server's log
 */
export async function awaitReady(server: GuardedProcess, check: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const giveUp = new AbortController();
  const ended = server.exited.then((exit) => {
    throw server.describeExit(exit);
  });
  try {
    await Promise.race([check(giveUp.signal), ended]);
  } catch (error) {
    giveUp.abort();
    await server.stop();
    throw error;
  }
}
