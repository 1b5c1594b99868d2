import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/records/decode.js';
import { countKeys } from '../../src/records/key-count.js';

describe('keys of a JSON text', () => {
  test.each<[string, number]>([
    ['{}', 0],
    ['{"a":1}', 1],
    ['{"a":1,"a":2}', 2],
    ['{"a" :1,"b"\t\r\n:2}', 2],
    ['{"a":{"b":[{"c":1},{"c":1}]}}', 4],
    [String.raw`{"a\"b":"c\":","\\":"\\\\","\\\"":":"}`, 3],
    ['{"a":"\\"x\\":1","":"b"}', 2],
    ['{"a":"b:c","d":["e",":"]}', 2],
    [' {"é😀":"ü"} ', 1],
  ])('%s', (text, keys) => {
    expect(countKeys(text)).toBe(keys);
  });

  test.each(['{"a', '{"a\\', '"', '\\"'])('of what is no JSON it only has to end: %s', (text) => {
    expect(countKeys(text)).toBeGreaterThanOrEqual(0);
  });
});

describe('what a document cannot hold is found', () => {
  test.each<[string, string, string[] | undefined]>([
    ['nothing', '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', undefined],
    ['a pair of surrogates', String.raw`{"a":"\ud83d\ude00"}`, undefined],
    ['a backslash before what looks like half a pair', String.raw`{"a":"\\ud83d"}`, undefined],
    ['a high half', String.raw`{"a":"\ud83d"}`, ['loneSurrogate']],
    ['a low half in upper case', String.raw`{"a":"\uDE00x"}`, ['loneSurrogate']],
    ['one deep within', String.raw`{"a":[{"b":["\ud800"]}]}`, ['loneSurrogate']],
    ['one in a key', String.raw`{"\ud800":1}`, ['loneSurrogate']],
    ['a key twice', '{"a":1,"a":1}', ['repeatedKey']],
    ['a key twice, written otherwise', String.raw`{"a":1,"\u0061":2}`, ['repeatedKey']],
    ['one deep within', '{"a":[{"b":1 , "b" :2}]}', ['repeatedKey']],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', ['repeatedKey']],
    [
      'a key twice beside numbers of many digits',
      '{"n":12345678901234567890,"n":12345678901234567891}',
      ['repeatedKey'],
    ],
    ['both', String.raw`{"a":"\ud800","b":1,"b":2}`, ['loneSurrogate', 'repeatedKey']],
  ])('%s', (_, text, alterations) => {
    const decoded = decodeText(text);
    expect(decoded.ok && decoded.alterations).toEqual(alterations);
  });
});
