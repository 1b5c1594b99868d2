/** Stands before a Temporal server and refuses some of its calls, as a server with an authorizer does. */

import { connect, constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

const { HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS, NGHTTP2_CANCEL } = constants;

export interface DenyingProxy {
  readonly address: string;
  /** Names of the calls that are refused, such as `ListWorkflowExecutions`; may be changed. */
  readonly denied: Set<string>;
  close(): Promise<void>;
}

/** @param target `host:port` of the server, without TLS. */
export async function denyingProxy(target: string): Promise<DenyingProxy> {
  const denied = new Set<string>();
  const behind = connect(`http://${target}`);
  behind.on('error', () => undefined);
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const name = String(headers[HTTP2_HEADER_PATH]).split('/').at(-1) ?? '';
    if (denied.has(name)) return refuse(stream);
    const onward = behind.request(headers);
    onward.on('error', () => stream.close(NGHTTP2_CANCEL));
    stream.on('aborted', () => onward.close(NGHTTP2_CANCEL));
    onward.on('response', (answer, flags) => {
      if (stream.destroyed) return;
      const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer, isWhole ? { endStream: true } : { waitForTrailers: true });
    });
    onward.on('trailers', (trailers) => {
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    });
    stream.pipe(onward);
    onward.pipe(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    denied,
    close: () =>
      new Promise((resolve) => {
        behind.destroy();
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

function refuse(stream: ServerHttp2Stream): void {
  const refusal = { 'grpc-status': '7', 'grpc-message': 'Request unauthorized.' };
  stream.respond({ [HTTP2_HEADER_STATUS]: 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true });
}
