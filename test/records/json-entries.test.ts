/** Content in entries, however it is written and however it arrives. */

import { expect, test } from 'vitest';
import { entriesOf } from '../../src/records/json-entries.js';

async function* pieces(content: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function entriesIn(content: string, size = 1_000, maxLineBytes?: number) {
  const found: string[] = [];
  const options = maxLineBytes === undefined ? {} : { maxLineBytes };
  for await (const entries of entriesOf(pieces(content, size), options)) {
    for (const { bytes, number, isOpen, tooLong } of entries) {
      const flags = `${isOpen ? ' open' : ''}${tooLong ? ` ${tooLong.bytes} bytes` : ''}`;
      found.push(`${number}:${Buffer.from(bytes)}${flags}`);
    }
  }
  return found;
}

test.each<[string, string, string[]]>([
  ['lines', '{"a":1}\n\n{"a":2}\r\n', ['1:{"a":1}', '3:{"a":2}']],
  ['a damaged line does not take in what follows', '{"a":\n{"a":2}\n', ['1:{"a":', '2:{"a":2}']],
  ['a list', '[{"a":1},{"a":[2,3]}]', ['1:{"a":1}', '2:{"a":[2,3]}']],
  ['lists in lines', '[{"a":1},\n{"a":2}]\n[{"a":3}]\n', ['1:{"a":1}', '2:{"a":2}', '3:{"a":3}']],
  ['signs within texts', '[{"a":"]}\\",[{"},{"b":"\\\\"}]', ['1:{"a":"]}\\",[{"}', '2:{"b":"\\\\"}']],
  ['entries that are no objects', '[1, "x,y" ,null,{}]', ['1:1', '2:"x,y"', '3:null', '4:{}']],
  ['an object over lines', ' {\n "a": {\n "b": 1 }\n}\n', ['1:{\n "a": {\n "b": 1 }\n}']],
  ['objects over lines', '{\n"a":1\n}\n{\n"a":2\n}', ['1:{\n"a":1\n}', '2:{\n"a":2\n}']],
  ['a list that breaks off', '[{"a":1},{"a":', ['1:{"a":1}', '2:{"a": open']],
  ['a byte order mark', '\ufeff[{"a":1}]', ['1:{"a":1}']],
  ['an empty list', '[]', []],
  ['blanks', ' \n \n', []],
  ['nothing', '', []],
  ['characters of several bytes', '[{"ü":"日本"},{"é":1}]', ['1:{"ü":"日本"}', '2:{"é":1}']],
])('%s', async (_, content, entries) => {
  for (const size of [1, 2, 3, 7, 1_000]) expect(await entriesIn(content, size)).toEqual(entries);
});

test('an entry that is too long is cut, and those after it are not', async () => {
  const long = `{"a":"${'x'.repeat(9_000)}"}`;
  const [first, second] = await entriesIn(`[${long},{"b":1}]`, 500, 8_000);
  expect(first?.length).toBeLessThan(5_000);
  expect(first).toContain(`${long.length} bytes`);
  expect(second).toBe('2:{"b":1}');
});
