/** Formats that records may be exported in and that are not read here, told by the first bytes of their content. */

import { Damage } from '../../http-client/file-damage.js';

const MAGIC: readonly (readonly [string, string])[] = [
  ['Parquet', '50415231'],
  ['Avro', '4f626a01'],
  ['ORC', '4f5243'],
  ['a ZIP archive', '504b0304'],
  ['compressed with zstd', '28b52ffd'],
  ['compressed with bzip2', '425a68'],
];

const LONGEST = 4;

/** @throws {Damage} in place of content in another format. */
export async function* refusingOtherFormats(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (head !== undefined) {
      head = Buffer.concat([head, chunk.subarray(0, LONGEST)]);
      refuse(Buffer.from(head).toString('hex'));
      if (head.length >= LONGEST) head = undefined;
    }
    yield chunk;
  }
}

function refuse(head: string): void {
  const [name] = MAGIC.find(([, magic]) => head.startsWith(magic)) ?? [];
  if (name === undefined) return;
  throw new Damage('foreign', `it is ${name}; what can be read is JSON or NDJSON, plain or gzip`);
}
