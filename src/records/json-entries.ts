/**
 * Splits content into the texts of its records: lines of NDJSON, or the entries of JSON lists and objects that are written
 * over several lines. Never holds more than one of them.
 */

import { type Line, type LineOptions, linesOf, MAX_LINE_BYTES, PendingLine } from './lines.js';

const [LF, CR, TAB, SPACE] = [0x0a, 0x0d, 0x09, 0x20];
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
/** As much of the beginning is looked at, in bytes. */
const LONGEST_HEAD = 4_096;

/**
 * Lines, unless the content begins with a list, or with a line that is nothing but the beginning of an object. In a list and
 * in objects over several lines, a damaged entry takes in what follows it; a damaged line does not.
 */
export async function* entriesOf(chunks: AsyncIterable<Uint8Array>, options: LineOptions = {}): AsyncGenerator<Line[]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let isLines: boolean | undefined;
  try {
    while (isLines === undefined) {
      const next = await iterator.next();
      if (next.done === true) break;
      head.push(next.value);
      isLines = areLines(Buffer.concat(head));
    }
    const whole = continued(head, iterator);
    yield* isLines === false ? valuesOf(whole, options) : linesOf(whole, options);
  } finally {
    await iterator.return?.();
  }
}

/** @returns undefined when more has to be seen. */
function areLines(head: Uint8Array): boolean | undefined {
  const first = head.findIndex((byte) => !isOutside(byte));
  if (first < 0) return head.length > LONGEST_HEAD ? true : undefined;
  if (head[first] === LIST) return false;
  if (head[first] !== OBJECT) return true;
  const next = head.findIndex((byte, at) => at > first && (byte === LF || !isBlank(byte)));
  if (next < 0) return head.length > LONGEST_HEAD ? true : undefined;
  return head[next] !== LF;
}

async function* continued(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* valuesOf(
  chunks: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES }: LineOptions,
): AsyncGenerator<Line[]> {
  const values = new Values(new PendingLine(maxLineBytes));
  for await (const chunk of chunks) {
    const found = values.add(chunk);
    if (found.length > 0) yield found;
  }
  const last = values.end();
  if (last !== undefined) yield [last];
}

/** Follows the signs that give JSON its structure; all of them are ASCII, which no other character takes in. */
class Values {
  private depth = 0;
  private isText = false;
  private isEscaped = false;
  /** Whether a value has begun. */
  private isOpen = false;
  private number = 0;

  constructor(private readonly pending: PendingLine) {}

  add(chunk: Uint8Array): Line[] {
    const found: Line[] = [];
    let begin = 0;
    const close = (end: number) => {
      this.pending.add(chunk.subarray(begin, end));
      this.isOpen = false;
      this.number += 1;
      const value = this.pending.take(this.number);
      if (value !== undefined) found.push(value);
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.isText) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.isText = false;
        continue;
      }
      const isEnd = byte === LIST_END || byte === OBJECT_END;
      if (this.depth === 0 && (byte === LIST || isEnd || byte === COMMA || isOutside(byte))) {
        // Between values: the list that holds them is no part of them.
        if (this.isOpen) close(at);
        continue;
      }
      if (!this.isOpen) {
        this.isOpen = true;
        begin = at;
      }
      if (byte === QUOTE) this.isText = true;
      else if (byte === LIST || byte === OBJECT) this.depth += 1;
      else if (isEnd) {
        this.depth -= 1;
        if (this.depth === 0) close(at + 1);
      }
    }
    if (this.isOpen) this.pending.add(chunk.subarray(begin));
    return found;
  }

  /** What has begun and not ended. */
  end(): Line | undefined {
    if (!this.isOpen) return undefined;
    const last = this.pending.take(this.number + 1);
    return last && { ...last, isOpen: true };
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === LF || byte === CR;
}

/** White space, and the byte order mark. */
function isOutside(byte = SPACE): boolean {
  return isBlank(byte) || byte === 0xef || byte === 0xbb || byte === 0xbf;
}
