import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { countJsonObjects } from '../../../src/ingest/reread/count-json-objects.js';

const CASES: readonly (readonly [string, string | Uint8Array, number])[] = [
  ['nothing', '', 0],
  ['one byte', '{', 1],
  ['lines', '{"a":1}\n{"a":2}\r\n\n{"a":3}', 3],
  ['a list', '[{"a":1},{"a":2}]', 2],
  ['objects in objects', '{"event":{"a":{}}}\n[{"b":[{},{}]}]', 2],
  ['braces in texts', '{"a":"}{"}\n{"\\"{":"\\\\"}\n{"a":1}', 3],
  ['gzip', gzipSync('{"a":1}\n{"a":2}'), 2],
  ['gzip of several members', Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}')]), 2],
];

test.each(CASES)('%s', async (_name, content, objects) => {
  const bytes = Buffer.from(content);
  for (const size of [1, 5, 1_000]) {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    expect(await countJsonObjects(chunks())).toBe(objects);
  }
});

test('content that breaks off is an error', async () => {
  async function* broken() {
    yield gzipSync('{"a":1}'.repeat(100)).subarray(0, 20);
  }
  await expect(countJsonObjects(broken())).rejects.toThrow('unexpected end of file');
});
