import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { RawError } from '../domain/failures/failure.js';
import { plainCause } from './conceal.js';
import type { HttpRequest } from './http.js';
import { faultOf } from './network-error.js';

/**
 * The bytes of a response as they arrive. Leaving the loop early closes the connection.
 *
 * @throws {RawError} when the connection is lost, or closed before all of `Content-Length` came.
 * @throws the reason of the deadline's signal once that is aborted.
 */
export async function* bodyChunks(response: Response, http: HttpRequest): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return;
  const { origin, endpoint, deadline, conceal } = http;
  const body: ReadableStream = response.body;
  try {
    yield* Readable.fromWeb(body, { signal: deadline.signal });
  } catch (error) {
    deadline.signal.throwIfAborted();
    const cause = plainCause(error, conceal);
    throw new RawError({ origin, endpoint, ...faultOf(error, http) }, { cause });
  }
}

/** Largest body that is read into memory, in bytes: a page of 500 records is far below, and nothing larger is one. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * The whole body as text; a leading byte order mark is dropped, invalid UTF-8 replaced.
 *
 * @throws {RawError} as `readBytes` does.
 */
export async function readText(response: Response, http: HttpRequest, maxBytes?: number): Promise<string> {
  return textOf(await readBytes(response, http, maxBytes));
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** @throws {RawError} as `bodyChunks` does, and `unreadable` as soon as more than `maxBytes` have come. */
export async function readBytes(response: Response, http: HttpRequest, maxBytes = MAX_TEXT_BYTES): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(response, http)) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      const { origin, endpoint, url } = http;
      const message = `${url.host} answered with more than ${maxBytes} bytes`;
      throw new RawError({ origin, endpoint, cause: 'unreadable', message });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
