/** The ways in which an answer goes out: as it is, cut, or drop by drop. */

import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './protocol/answer.js';
import type { FaultAction } from './protocol/fault.js';

export function send(response: ServerResponse, answer: Answer, requestId: string): void {
  const { status, headers, body, onServed } = answer;
  if (onServed) response.once('finish', onServed);
  response.writeHead(status, { ...headers, 'x-request-id': requestId, 'content-length': body.length });
  response.end(body);
}

/** Sends the head and a part of the body, then destroys the connection; nothing counts as served. */
export function sendCut(response: ServerResponse, answer: Answer, requestId: string, afterBytes: number): void {
  const { status, headers, body } = answer;
  response.writeHead(status, { ...headers, 'x-request-id': requestId, 'content-length': body.length });
  // Destroyed one byte short even of a small body, or the client would have all of it.
  const part = body.subarray(0, Math.min(afterBytes, Math.max(0, body.length - 1)));
  response.flushHeaders();
  response.write(part, () => response.destroy());
}

/** Sends a part of the body, and the rest byte by byte; counts as served once all of it was sent. */
export async function sendDripping(
  response: ServerResponse,
  { status, headers, body, onServed }: Answer,
  requestId: string,
  { afterBytes, everyMs, forMs = Number.POSITIVE_INFINITY }: NonNullable<FaultAction['drip']>,
): Promise<void> {
  if (onServed) response.once('finish', onServed);
  response.writeHead(status, { ...headers, 'x-request-id': requestId, 'content-length': body.length });
  response.flushHeaders();
  response.write(body.subarray(0, afterBytes));
  const end = performance.now() + forMs;
  for (let at = afterBytes; at < body.length; at += 1) {
    await delay(everyMs, undefined, { ref: false });
    if (response.destroyed) return;
    if (performance.now() >= end) {
      response.destroy();
      return;
    }
    response.write(body.subarray(at, at + 1));
  }
  response.end();
}
