import { pipeline, Readable, type TransformOptions } from 'node:stream';
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib';
import { Damage, damageOf } from './file-damage.js';

/** What a file may unpack to; sizes in bytes. */
export interface UnpackLimits {
  /** Longest content of a file. */
  readonly maxBytes: number;
  /** How much longer the content may be than the file, once it is longer than `ratioFromBytes`. */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
}

const MIB = 1_024 * 1_024;

/**
 * Log lines shrink to a tenth or a thirtieth, and to a hundredth where they hardly differ; deflate itself ends at
 * 1,032:1. Beyond 250:1 nothing is a log. It is looked at only from 256 MiB on, since honest files of a few very long
 * lines can be of one letter and go up to deflate's own end; unpacking so much takes a second and no memory. 2 GiB are
 * ten times the largest file that the project promises to read.
 */
export const UNPACK_LIMITS: UnpackLimits = { maxBytes: 2_048 * MIB, maxRatio: 250, ratioFromBytes: 256 * MIB };

/**
 * How much of the unpacked content is held back, in bytes. A damaged gzip yields wrong bytes for a while before the
 * damage is noticed, at the latest at the checksum in its end; so files up to this size are passed on only when they
 * proved right, and of larger ones the part that may be wrong is not. One that ends too early may be damaged as well: wrong
 * bytes can lead past its end.
 */
export const HELD_BACK_BYTES = 4 * MIB;

/** Size of the pieces that unzipped content comes in, in bytes. */
const CHUNK_SIZE = 64 * 1_024;
/**
 * Sizes of the pieces that are unzipped at once, in bytes. What a damaged piece would have yielded before its damage is
 * lost, so to salvage a file they are small, which costs time.
 */
const PIECE_SIZE = 16 * 1_024;
const SALVAGED_PIECE_SIZE = 64;

/** With room for no more than one piece, an error cannot overtake content that was right. */
const UNZIP: ZlibOptions & TransformOptions = { chunkSize: CHUNK_SIZE, readableHighWaterMark: 1 };

export interface GunzipOptions {
  readonly limits?: UnpackLimits;
  /** Passes on also what may be wrong, before the error of a damaged file. Default false. */
  readonly salvage?: boolean;
  /** Default `HELD_BACK_BYTES`. */
  readonly heldBackBytes?: number;
}

/**
 * Unzips what begins like gzip, whatever its name or type say, and passes everything else through. Several gzip members
 * in a row are one content, and zero bytes after the last are padding. Nothing is read ahead of the loop but what is held
 * back and a few small buffers.
 *
 * @returns whether the content was gzip, and so is proven to be whole and right.
 * @throws Node's zlib error for damaged or incomplete gzip, `Damage` for more after its end or beyond the limits;
 * whatever `chunks` throws. What was passed on until then is right, unless it was salvaged.
 */
export async function* gunzipIfGzip(
  chunks: AsyncGenerator<Uint8Array>,
  options: GunzipOptions = {},
): AsyncGenerator<Uint8Array, boolean, undefined> {
  const { limits = UNPACK_LIMITS, salvage = false, heldBackBytes = HELD_BACK_BYTES } = options;
  const head = await readHead(chunks);
  const whole = prepend(head, chunks);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* limited(whole, limits.maxBytes);
    return false;
  }
  const isPassedOn = (error: unknown) => salvage && damageOf(error) !== undefined;
  yield* heldBack(gunzip(whole, limits, salvage ? SALVAGED_PIECE_SIZE : PIECE_SIZE), heldBackBytes, isPassedOn);
  return true;
}

async function* gunzip(
  chunks: AsyncGenerator<Uint8Array>,
  limits: UnpackLimits,
  pieceSize: number,
): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip(UNZIP);
  const input: Input = { bytes: 0, lastUsed: 0 };
  const pieces = inPieces(watched(chunks, input, limits.maxBytes), pieceSize);
  try {
    // An error of either stream reaches the loop over the last one; the callback is only there because it has to be.
    pipeline(Readable.from(lent(pieces)), unzip, () => undefined);
    yield* limited(unzip, limits.maxBytes, (bytes) => refuseBomb(bytes, unzip, limits));
    for await (const _ of pieces) if (input.lastUsed > unzip.bytesWritten) break;
    if (input.lastUsed > unzip.bytesWritten) throw new Damage('cut', 'more follows after its end and some padding');
  } finally {
    // Not waited for: a piece that is still to come may never come.
    pieces.return(undefined).catch(() => undefined);
  }
}

interface Input {
  /** Read so far. */
  bytes: number;
  /** Place of the last byte that is no zero, counted from 1; Node's gunzip ends at zeros and drops what follows. */
  lastUsed: number;
}

async function* watched(chunks: AsyncIterable<Uint8Array>, input: Input, maxBytes: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end -= 1;
    if (end > 0) input.lastUsed = input.bytes + end;
    input.bytes += chunk.length;
    if (input.bytes > maxBytes) throw new Damage('oversized', `it is longer than ${maxBytes} bytes`);
    yield chunk;
  }
}

async function* inPieces(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }
}

/** The same, to one who may leave early without an end for all others. */
async function* lent(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  check?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Damage('oversized', `its content is longer than ${maxBytes} bytes`);
    check?.(bytes);
    yield chunk;
  }
}

function refuseBomb(bytes: number, { bytesWritten }: Gunzip, { maxRatio, ratioFromBytes }: UnpackLimits): void {
  if (bytes <= ratioFromBytes || bytes <= maxRatio * bytesWritten) return;
  throw new Damage('oversized', `it unpacks to more than ${maxRatio} times its size`);
}

/** @param isPassedOn whether what is held when an error comes is handed out before it. */
async function* heldBack(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
  isPassedOn: (error: unknown) => boolean,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let size = 0;
  let end: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      held.push(chunk);
      size += chunk.length;
      for (let first = held[0]; first !== undefined && size > bytes; first = held[0]) {
        held.shift();
        size -= first.length;
        yield first;
      }
    }
  } catch (error) {
    if (!isPassedOn(error)) throw error;
    end = { error };
  }
  yield* held;
  if (end !== undefined) throw end.error;
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
