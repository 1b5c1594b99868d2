/** Splits a stream of bytes into the lines of NDJSON, without ever holding more than one line. */

import { createHash, type Hash } from 'node:crypto';

const LF = 0x0a;
const CR = 0x0d;

/** Longest line that is read as a record, in bytes: MongoDB's own limit for a document. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  /** Bytes of the line without its end (LF or CRLF); of a line that is too long, its beginning. */
  readonly bytes: Uint8Array;
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Set when the line is longer than the limit. */
  readonly tooLong?: TooLong;
  /** Set for a last line without an end: it may be a part of one. */
  readonly isOpen?: true;
}

export interface TooLong {
  /** Of the whole line, a CR at its end included. */
  readonly bytes: number;
  /** SHA-256 of the same, 32 bytes as base64: lines that only begin alike are different lines. */
  readonly digest: string;
}

export interface LineOptions {
  /** Default `MAX_LINE_BYTES`. */
  readonly maxLineBytes?: number;
}

/** How much of a line that is too long is kept, in bytes. */
const KEPT_OF_TOO_LONG = 4_096;

/** Yields the lines that are not blank, in arrays of those that ended in the same chunk of bytes. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES }: LineOptions = {},
): AsyncGenerator<Line[]> {
  const pending = new PendingLine(maxLineBytes);
  let number = 0;
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      pending.add(chunk.subarray(start, end));
      start = end + 1;
      number += 1;
      const line = pending.take(number);
      if (line !== undefined) lines.push(line);
    }
    pending.add(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  const last = pending.take(number + 1);
  if (last !== undefined) yield [{ ...last, isOpen: true }];
}

/** The parts of the line that has begun; beyond the limit it is only counted and digested. */
export class PendingLine {
  private parts: Uint8Array[] = [];
  private length = 0;
  private digest: Hash | undefined;

  constructor(private readonly limit: number) {}

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.length += part.length;
    if (this.digest !== undefined) this.digest.update(part);
    else this.parts.push(part);
    if (this.length > this.limit && this.digest === undefined) this.cut();
  }

  take(number: number): Line | undefined {
    const { length, digest } = this;
    const bytes = this.joined();
    this.parts = [];
    this.length = 0;
    this.digest = undefined;
    if (digest !== undefined) return { bytes, number, tooLong: { bytes: length, digest: digest.digest('base64') } };
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    return isBlank(line) ? undefined : { bytes: line, number };
  }

  private cut(): void {
    const digest = createHash('sha256');
    for (const part of this.parts) digest.update(part);
    this.parts = [Buffer.concat(this.parts, KEPT_OF_TOO_LONG).subarray(0, this.length)];
    this.digest = digest;
  }

  private joined(): Uint8Array {
    const [only] = this.parts;
    return this.parts.length === 1 && only !== undefined ? only : Buffer.concat(this.parts);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === CR);
}
