/** A second count of what an object of a bucket holds. It shares no code with the reading that it is to prove. */

import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];
const GZIP = [0x1f, 0x8b];

/** How many JSON objects stand in content, plain or gzip, those inside of another one not counted. */
export async function countJsonObjects(content: AsyncIterable<Uint8Array>): Promise<number> {
  const counter = new Counter();
  const iterator = content[Symbol.asyncIterator]();
  const head = await headOf(iterator);
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  const count = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) counter.add(chunk);
  };
  if (GZIP.every((byte, at) => head[at] === byte)) await pipeline(whole(), createGunzip(), count);
  else await count(whole());
  return counter.objects;
}

/** Enough to tell gzip by. */
async function headOf(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < GZIP.length) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

class Counter {
  objects = 0;
  private depth = 0;
  private isText = false;
  private isEscaped = false;

  add(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.isEscaped) this.isEscaped = false;
      else if (this.isText && byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isText = !this.isText;
      else if (!this.isText && byte === OPEN) {
        if (this.depth === 0) this.objects += 1;
        this.depth += 1;
      } else if (!this.isText && byte === CLOSE) this.depth -= 1;
    }
  }
}
