/** Answers what is no HTTP that can be read: nobody knows its address, so it has the flat form of errors. */

import type { Socket } from 'node:net';
import { newErrorId } from './error-body.js';

const TOO_LARGE = {
  status: 431,
  reason: 'Request Header Fields Too Large',
  message: 'Address and headers are too long.',
};
const UNREADABLE = { status: 400, reason: 'Bad Request', message: 'The request is no HTTP that can be read.' };

export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, reason, message } = error.code === 'HPE_HEADER_OVERFLOW' ? TOO_LARGE : UNREADABLE;
  const body = JSON.stringify({ status, id: newErrorId(), code: 'request.invalid', message });
  const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close`;
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
