/** Splits a stream of bytes into the lines of NDJSON, without ever holding more than one line. */

const LF = 0x0a;
const CR = 0x0d;

/** Longest line that is read as a record, in bytes: MongoDB's own limit for a document. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  /** Bytes of the line without its end (LF or CRLF); of a line that is too long, its beginning. */
  readonly bytes: Uint8Array;
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Set when the line is longer than the limit: its whole length in bytes. */
  readonly tooLong?: number;
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
  if (last !== undefined) yield [last];
}

/** The parts of the line that has begun; beyond the limit only its length is counted. */
class PendingLine {
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly limit: number) {}

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.length += part.length;
    if (this.length <= this.limit) this.parts.push(part);
    else this.parts = [Buffer.concat([...this.parts, part], Math.min(this.length, KEPT_OF_TOO_LONG))];
  }

  take(number: number): Line | undefined {
    const [only] = this.parts;
    const whole = this.parts.length === 1 && only !== undefined ? only : Buffer.concat(this.parts);
    const { length } = this;
    this.parts = [];
    this.length = 0;
    if (length > this.limit) return { bytes: whole, number, tooLong: length };
    const bytes = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    return isBlank(bytes) ? undefined : { bytes, number };
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === CR);
}
