import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Size of the pieces that unzipped content comes in, in bytes. */
const CHUNK_SIZE = 64 * 1_024;

/**
 * Unzips what begins like gzip, whatever its name or type say, and passes everything else through. Several gzip members
 * in a row are one content, and zero bytes after the last are padding.
 *
 * @throws Node's zlib error for damaged or incomplete gzip; whatever `chunks` throws.
 */
export async function* gunzipIfGzip(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const head = await readHead(chunks);
  const whole = prepend(head, chunks);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_SIZE });
  // An error of either stream reaches the loop over the last one; the callback is only there because it has to be.
  pipeline(Readable.from(whole), gunzip, () => undefined);
  yield* gunzip;
}

/** At least two bytes, unless there are no more: a connection may deliver them one by one. */
async function readHead(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* prepend(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}
