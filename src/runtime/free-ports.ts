/** Servers on ports that are free: nothing reserves a port, so somebody may be quicker, and then it is another. */

import { UnexpectedEnd } from './process-exit.js';

const MAX_ATTEMPTS = 5;

/**
 * @param choose picks ports that are free now: the usual ones if possible.
 * @param start starts the server on them.
 * @throws what the start throws, unless it lost a port, and that as well after five attempts.
 */
export async function onFreePorts<P, T>(choose: () => Promise<P>, start: (ports: P) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choose();
    try {
      return await start(ports);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !hasLostPort(error)) throw error;
    }
  }
}

function hasLostPort(error: unknown): boolean {
  if (error instanceof UnexpectedEnd) return error.lostPort;
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
