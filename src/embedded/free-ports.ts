/** Servers on ports that are free: nothing reserves a port, so somebody may be quicker, and then it is another. */

const MOST_ATTEMPTS = 5;

/** What Node, Go, mongod and `choosePort` say of a port that another program has. */
const TAKEN = /EADDRINUSE|address already in use|in use by another program/i;

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
      if (attempt === MOST_ATTEMPTS || !TAKEN.test(String(error))) throw error;
    }
  }
}
