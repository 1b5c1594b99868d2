import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ErrorFacts, RawError } from '../../src/domain/failures/failure.js';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (received: Received, response: ServerResponse) => void | Promise<void>;

export interface LocalServer {
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly received: Received[];
  /** Settles once one connection has closed. */
  readonly closed: Promise<void>;
}

/** A server on loopback for one test; it ends with the test. */
export async function serve(handler: Handler): Promise<LocalServer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const { happen: onClosed, happened: closed } = happening();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://local');
    const seen: Received = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(seen);
    await handler(seen, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', onClosed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received, closed };
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Takes the request and never answers. */
export const hang: Handler = () => undefined;

/** The trouble that a promise is expected to end in. */
export async function errorFactsOf(promise: Promise<unknown>): Promise<ErrorFacts> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RawError) return error.facts;
    throw error;
  }
  throw new Error('no trouble came');
}

/** Something that happens in a handler and that a test waits for. */
export function happening(): { happen: () => void; happened: Promise<void> } {
  const emitter = new EventEmitter();
  const happened = once(emitter, 'it').then(() => undefined);
  return { happen: () => emitter.emit('it'), happened };
}
