import { describe, expect, test } from 'vitest';
import { decodeParsed, decodeText, textOf } from '../../src/records/decode.js';

/** JSON of lists or objects within each other: so many levels, the outermost object included. */
const nested = (levels: number, open = '[', close = ']') =>
  `{"a":${open.repeat(levels - 1)}${open === '[' ? '' : '1'}${close.repeat(levels - 1)}}`;

describe('a record', () => {
  test.each<[string, string, unknown]>([
    ['plain', '{"a":1}', { a: 1 }],
    ['empty', '{}', {}],
    ['with space around', ' \t{"a":null} ', { a: null }],
    ['with a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    [
      'with all kinds of values',
      '{"t":true,"n":-0.5e3,"s":"ä😀","l":[1,{}],"o":{"x":null}}',
      { t: true, n: -500, s: 'ä😀', l: [1, {}], o: { x: null } },
    ],
    ['with odd keys', '{"":1,"$set":2,"a.b":3,"_id":4}', { '': 1, $set: 2, 'a.b': 3, _id: 4 }],
    ['with a null character in a value', '{"a":"\\u0000"}', { a: '\0' }],
  ])('%s', (_, text, record) => {
    expect(decodeText(textOf(Buffer.from(text)).text)).toEqual({ ok: true, record });
  });

  test('a key named __proto__ is a key like any other', () => {
    const decoded = decodeText('{"__proto__":{"polluted":true},"a":1}');
    expect(decoded.ok && Object.keys(decoded.record)).toEqual(['__proto__', 'a']);
    expect(decoded.ok && decoded.record.polluted).toBeUndefined();
  });

  test.each([
    ['99 levels', nested(99)],
    ['99 levels of objects', nested(99, '{"b":', '}')],
  ])('%s deep', (_, text) => {
    expect(decodeText(text).ok).toBe(true);
  });

  test('bytes that are no UTF-8 are replaced and lose nothing else', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.from([0xff, 0xc3]), Buffer.from('y"}')]);
    expect(decodeText(textOf(bytes).text)).toEqual({ ok: true, record: { a: 'x\ufffd\ufffdy' } });
  });
});

describe('what is none goes to quarantine with its reason', () => {
  test.each<[string, string, RegExp]>([
    ['half a record', '{"a":1', /^not JSON: ./],
    ['text', 'error 500', /^not JSON: ./],
    ['two records', '{}{}', /^not JSON: ./],
    ['nothing', '', /^not JSON: ./],
    ['a list', '[{}]', /^not a JSON object but a list$/],
    ['null', 'null', /^not a JSON object but null$/],
    ['a number', '5', /^not a JSON object but number$/],
    ['a text in JSON', '"{}"', /^not a JSON object but string$/],
    ['a null character in a key', '{"a\\u0000b":1}', /null character/],
    ['one deep within', '{"a":[{"b":{"\\u0000":1}}]}', /null character/],
    ['100 levels', nested(100), /deeper than 99 levels/],
    ['100 levels of objects', nested(100, '{"b":', '}'), /deeper than 99 levels/],
    ['100,000 levels', nested(100_000), /deeper than 99 levels|not JSON/],
    ['what the driver takes for a type of its own', '{"a":{"_bsontype":"ObjectId","id":"x"}}', /_bsontype/],
    ['that at the top', '{"_bsontype":"Long"}', /_bsontype/],
  ])('%s', (_, text, reason) => {
    expect(decodeText(text)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each([undefined, 5n, () => 1, Symbol('x')])('%s', (value) => {
    expect(decodeParsed(value, '').ok).toBe(false);
  });
});

test('text of bytes, whatever they are', () => {
  expect(textOf(Buffer.from('ä€😀\ufffd'))).toEqual({ text: 'ä€😀\ufffd', isUtf8: true });
  expect(textOf(Buffer.from([0x61, 0xe2, 0x82]))).toEqual({ text: 'a\ufffd', isUtf8: false });
});
