/** Stands before the simulator, learns the bearer tokens that pass, and can repeat to a caller what it has sent. */

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoingProxy {
  readonly url: string;
  /** Every bearer token so far. */
  readonly tokens: ReadonlySet<string>;
  /** Refuses token calls, or all others, with what they hold; default neither. */
  echoes: 'token' | 'calls' | 'nothing';
  close(): Promise<void>;
}

export async function echoingProxy(target: string): Promise<EchoingProxy> {
  const tokens = new Set<string>();
  const server = createServer(async (request, response) => {
    const { authorization = '' } = request.headers;
    if (authorization.startsWith('Bearer ')) tokens.add(authorization.slice('Bearer '.length));
    const isTokenCall = request.url === '/oauth/token';
    if (proxy.echoes === (isTokenCall ? 'token' : 'calls')) await repeat(request, response);
    else forward(target, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: EchoingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    echoes: 'nothing',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function repeat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { authorization = '' } = request.headers;
  response.writeHead(400, { 'content-type': 'text/plain' }).end(`${Buffer.concat(chunks)} ${authorization}`);
}

/** The `Host` stays, so that what is listed lies behind this proxy, too. */
function forward(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = '/' } = request;
  const passed = httpRequest(
    new URL(url, target),
    { ...(method === undefined ? {} : { method }), headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  passed.on('error', () => response.destroy());
  request.pipe(passed);
}
