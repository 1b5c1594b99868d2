/** Answers requests that are malformed or never complete: their address is not known, so errors have the flat form. */

import type { Socket } from 'node:net';
import { newErrorId } from './error-form.js';

const TOO_LARGE = {
  status: 431,
  reason: 'Request Header Fields Too Large',
  message: 'Address and headers are too long.',
};
const TOO_SLOW = { status: 408, reason: 'Request Timeout', message: 'The request did not arrive in time.' };
const UNREADABLE = { status: 400, reason: 'Bad Request', message: 'Malformed HTTP request.' };

const ANSWERS: Readonly<Record<string, typeof UNREADABLE>> = {
  HPE_HEADER_OVERFLOW: TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};

/** How long somebody who was answered may keep the connection. */
const LINGER_MS = 2_000;

export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, reason, message } = ANSWERS[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify({ status, id: newErrorId(), code: 'request.invalid', message });
  const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
