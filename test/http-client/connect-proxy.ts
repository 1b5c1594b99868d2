import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ConnectProxy {
  /** Host and port. */
  readonly name: string;
  readonly asked: { readonly target: string; readonly headers: IncomingHttpHeaders }[];
}

export interface ConnectProxyOptions {
  /** Where every connection is led to, whatever host it is for. */
  readonly to?: string;
  /** Refuses with this status. */
  readonly refuse?: number;
  /** Never answers. */
  readonly hangs?: boolean;
  /** What `Proxy-Authorization` has to be; anything else is refused with 407. */
  readonly authorization?: string;
}

/** A proxy on loopback for one test, which opens tunnels (CONNECT) and does nothing else. */
export async function connectProxy({ to, refuse, hangs, authorization }: ConnectProxyOptions): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((_, response) => void response.writeHead(405).end());
  server.on('connection', keep);
  server.on('connect', ({ url = '', headers }, socket: Socket) => {
    asked.push({ target: url, headers });
    if (hangs) return;
    const isKnown = authorization === undefined || headers['proxy-authorization'] === authorization;
    const status = isKnown ? refuse : 407;
    if (status !== undefined || to === undefined) {
      socket.end(`HTTP/1.1 ${status ?? 502} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(to);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    keep(onward);
    onward.once('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { name: `127.0.0.1:${port}`, asked };
}
