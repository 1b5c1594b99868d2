/** What reads whole answers from the network: the bytes of each are made up, status line and headers included. */

import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { RawError } from '../../../src/domain/failures/failure.js';
import { openFile } from '../../../src/mimecast/file.js';
import { TokenSource } from '../../../src/mimecast/token.js';
import { type FuzzTarget, holds } from '../target.js';

const SECRET = 'hush/hush+hush:42';
const FORM = new URLSearchParams({ s: SECRET }).toString().slice(2);
const TIMES = { deadlineMs: 2_000, idleMs: 2_000, blipWaitsMs: [] };

/** Answers each request with the same bytes, and closes. */
class Answering {
  answer: Uint8Array = new Uint8Array();
  private server: Server | undefined;

  async url(): Promise<string> {
    this.server ??= await this.listening();
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }

  private listening(): Promise<Server> {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(this.answer));
    });
    server.unref();
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
  }
}

const host = new Answering();

const answer = (head: string, body: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${head}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ]);

/** What may be told of an error: nothing of the secret, and numbers that can be counted. */
function checkError(error: unknown): void {
  holds(error instanceof RawError, `an error of another kind: ${String(error)}`);
  const { facts, cause } = error;
  const told = JSON.stringify([facts, error.message, String(cause)]);
  holds(![SECRET, FORM].some((form) => told.includes(form)), 'an error repeats the secret');
  const { retryAfterMs: ms = 0 } = facts;
  holds(Number.isSafeInteger(ms) && ms >= 0, `it says to wait ${ms} ms`);
}

const token: FuzzTarget = {
  name: 'token-answer',
  seeds: [
    answer('200 OK\r\nContent-Type: application/json', '{"access_token":"t1","token_type":"Bearer","expires_in":1799}'),
    answer('401 Unauthorized\r\nx-request-id: r', '{"fail":[{"code":"InvalidClientIdentifier","message":"no"}]}'),
    answer('429 Too Many Requests\r\nRetry-After: 120\r\nX-RateLimit-Reset: 1777629600', '{"message":"slow down"}'),
    answer('302 Found\r\nLocation: https://example.com/?secret=1', ''),
    answer(
      `400 Bad Request\r\nx-request-id: ${FORM}`,
      `{"error":"invalid_client","error_description":"client_secret=${FORM}"}`,
    ),
    answer('200 OK\r\nTransfer-Encoding: chunked', '5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'),
    answer('200 OK\r\nContent-Encoding: gzip', gzipSync('{"access_token":"t","expires_in":"5"}')),
  ],
  words: [
    ...[SECRET, FORM, '\r\n', 'HTTP/1.1 ', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Retry-After: '],
    ...[
      'Content-Encoding: br\r\n',
      'Content-Encoding: deflate\r\n',
      '"access_token":"',
      '"expires_in":',
      '"fail":[',
      'Date: ',
    ],
  ],
  run: async (input) => {
    host.answer = input;
    const baseUrl = new URL(await host.url());
    try {
      const value = await new TokenSource({ ...TIMES, baseUrl, clientId: 'id', clientSecret: SECRET }).get();
      holds(/^[\x21-\x7e]+$/.test(value), 'a token cannot stand in a header');
    } catch (error) {
      checkError(error);
    }
  },
};

const file: FuzzTarget = {
  name: 'file-answer',
  seeds: [
    answer('200 OK\r\nContent-Type: application/octet-stream', gzipSync('{"a":1}\n'.repeat(50))),
    answer('200 OK', '{"a":1}\n'),
    answer('200 OK\r\nContent-Type: text/html', '<html></html>'),
    answer('404 Not Found', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no</Message></Error>'),
    answer('307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest/', ''),
    answer('200 OK\r\nContent-Encoding: gzip', gzipSync(gzipSync('{"a":1}\n'))),
  ],
  words: [
    '\r\n',
    'HTTP/1.1 ',
    'Content-Length: 5\r\n',
    'Location: ',
    'http://',
    'Content-Encoding: gzip\r\n',
    '<Code>',
    '206 ',
    '304 ',
  ],
  run: async (input) => {
    host.answer = input;
    try {
      const { bytes } = await openFile(await host.url(), { ...TIMES, allowInsecure: true });
      for await (const chunk of bytes) holds(chunk.length > 0, 'an empty chunk is handed out');
    } catch (error) {
      checkError(error);
    }
  },
};

export const NETWORK_TARGETS = [token, file];
