import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

export interface PortOptions {
  /** The port was asked for by name (a flag, a variable): another one will not do. Default false. */
  required?: boolean;
  /** Address that will be listened on. Default 127.0.0.1. */
  host?: string;
}

export type ChoosePort = typeof choosePort;

/**
 * `preferred` when it is free, else any free port. Nothing reserves it, so listen soon.
 *
 * @throws Error when `preferred` is busy and `required`
 */
export async function choosePort(preferred: number, options: PortOptions = {}): Promise<number> {
  const { required = false, host = LOOPBACK } = options;
  try {
    return await listenOnce(preferred, host);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!required && (code === 'EADDRINUSE' || code === 'EACCES')) return listenOnce(0, host);
    if (code === 'EADDRINUSE') throw new Error(`port ${preferred} on ${host} is in use by another program`, { cause });
    throw new Error(`port ${preferred} on ${host} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** Opens the port for a moment and tells its number, which the system chose when `port` is 0. */
function listenOnce(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
