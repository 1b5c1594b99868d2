/** Where a program is watched: `/metrics`, `/healthz` and `/readyz`, on a port of their own. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { MetricsPlace } from '../config/environment.js';
import type { Readiness } from '../metrics/readiness.js';
import { TEXT_TYPE } from '../metrics/text.js';
import { onFreePorts } from './free-ports.js';
import { onceInAWhile } from './once-in-a-while.js';
import { choosePort } from './ports.js';
import { messageOf } from './program.js';

export interface Watched {
  /** The metrics, in Prometheus's text format. */
  readonly scrape: () => Promise<string>;
  readonly readiness: () => Promise<Readiness>;
}

export interface MetricsListener {
  /** `http://127.0.0.1:9464` */
  readonly address: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Whoever watches has few connections, and short requests. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000 } as const;
const MAX_CONNECTIONS = 50;

/** @throws Error naming the port, when another program has it or it cannot be used. */
export async function openMetricsListener(
  { host, port }: MetricsPlace,
  watched: Watched,
  logger: Logger,
): Promise<MetricsListener> {
  const warn = onceInAWhile((text) => logger.warn(`the metrics cannot be read: ${text}`));
  const server = createServer(LIMITS, (request, response) => {
    answerTo(request, watched)
      .catch((error: unknown): Answer => {
        warn(messageOf(error));
        return text(500, 'The metrics cannot be read; the log says why.');
      })
      .then((answer) => send(request, response, answer))
      // The other side is gone.
      .catch(() => response.destroy());
  });
  server.maxConnections = MAX_CONNECTIONS;
  const choose = () => choosePort(port, { required: port !== 0, host });
  const chosen = await onFreePorts(choose, (free) => listen(server, free, host));
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve(port);
    });
  });
}

async function answerTo({ method, url = '/' }: IncomingMessage, { scrape, readiness }: Watched): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'This method is not supported.');
  const [path] = url.split('?');
  if (path === '/metrics') return { status: 200, type: TEXT_TYPE, body: await scrape() };
  if (path === '/healthz') return json(200, { status: 'alive' });
  if (path === '/readyz') {
    const { isReady, body } = await readiness();
    return json(isReady ? 200 : 503, body);
  }
  return text(404, 'Here are /metrics, /healthz and /readyz.');
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function json(status: number, body: Readiness['body']): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}
