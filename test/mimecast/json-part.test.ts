import { describe, expect, test } from 'vitest';
import { isObject } from '../../src/domain/json.js';
import { JsonPart } from '../../src/mimecast/json-part.js';
import { SeededRandom, seeds } from '../support/random.js';

const partOf = (text: string, levels = 3) => JsonPart.of(JSON.parse(text), text, levels);
const textsOf = (text: string, levels?: number) =>
  partOf(text, levels)
    .elements()
    .map((part) => part.text);

describe('the entries of a list', () => {
  test.each<[string, string, string[]]>([
    ['none', '[]', []],
    ['none but white space', ' [ \r\n\t] ', []],
    ['of no list', '{"a":[1]}', []],
    ['of a text that looks like one', '"[1,2]"', []],
    ['of all kinds', '[null,true,false,"x",1,{},[]]', ['null', 'true', 'false', '"x"', '1', '{}', '[]']],
    ['with white space', '[ { "a" :\n1 } ,\r\n\t7\t, "x" ]', ['{ "a" :\n1 }', '7', '"x"']],
    [
      'with escapes',
      String.raw`["\/\u0064\"\\",{"\u0061":"\\"}]`,
      [String.raw`"\/\u0064\"\\"`, String.raw`{"\u0061":"\\"}`],
    ],
    [
      'with signs in texts',
      '["]}","[{",{"a,b":"],[:"},"//","/* x"]',
      ['"]}"', '"[{"', '{"a,b":"],[:"}', '"//"', '"/* x"'],
    ],
    [
      'with large numbers',
      '[12345678901234567890,-1E400,1e-400,1.50,-0]',
      ['12345678901234567890', '-1E400', '1e-400', '1.50', '-0'],
    ],
    ['nested', '[[[1],[2,[3]]],{"a":[{"b":[]}]}]', ['[[1],[2,[3]]]', '{"a":[{"b":[]}]}']],
    ['beyond the Basic Latin', '["ä😀\u2028\u2029\u007f\ufeff",{"é":1}]', ['"ä😀\u2028\u2029\u007f\ufeff"', '{"é":1}']],
  ])('%s', (_, text, expected) => {
    expect(textsOf(text)).toEqual(expected);
    expect(textsOf(text, 1)).toEqual(expected);
  });

  test('nested deeper than any stack', () => {
    const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
    expect(textsOf(`[0, ${deep} ,1]`)).toEqual(['0', deep, '1']);
  });
});

describe('what an object holds under a key', () => {
  test.each<[string, string, string | undefined]>([
    ['nothing', '{}', undefined],
    ['nothing in a list', '[{"a":1}]', undefined],
    ['nothing in an object further within', '{"b":{"a":1},"c":[{"a":2}]}', undefined],
    ['nothing where a text is that name', '{"b":"a","c":["a",1]}', undefined],
    ['a value', ' { "b" : [ 1 ] , "a" : { "x" : 2 } } ', '{ "x" : 2 }'],
    ['the last of several', '{"a":[1],"b":0,"a":[2,3]}', '[2,3]'],
    ['a key with escapes', String.raw`{"\u0061":1.0}`, '1.0'],
    ['one of both', String.raw`{"a":1.0,"\u0061":2.0}`, '2.0'],
  ])('%s', (_, text, expected) => {
    const member = partOf(text).member('a');
    expect(member?.text).toBe(expected);
    if (expected !== undefined) expect(member?.value).toEqual(JSON.parse(expected));
  });

  test('odd keys', () => {
    const part = partOf('{"__proto__":[1],"":[2],"toString":[3]}');
    for (const key of ['__proto__', '', 'toString'])
      expect(part.member(key)?.text).toBe(JSON.stringify(part.member(key)?.value));
    expect(partOf('{}').member('toString')).toBeUndefined();
  });
});

test.each(seeds(200))('any JSON: each part is the text of its value (seed %i)', (seed) => {
  const random = new SeededRandom(seed);
  const text = someJson(random, 5);
  const look = (part: JsonPart | undefined, levels: number): void => {
    const { value } = part ?? {};
    expect(JSON.parse(part?.text ?? '')).toEqual(value);
    if (levels === 0) return;
    if (isObject(value)) for (const key of Object.keys(value)) look(part?.member(key), levels - 1);
    const elements = part?.elements() ?? [];
    expect(elements).toHaveLength(Array.isArray(value) ? value.length : 0);
    for (const each of elements) look(each, levels - 1);
  };
  look(partOf(text, 4), 4);
});

function someJson(random: SeededRandom, depth: number): string {
  const space = () => random.pick(['', '', ' ', '\n\t', '\r\n']);
  const list = (make: () => string) =>
    Array.from({ length: random.between(0, 4) }, () => space() + make() + space()).join(',');
  const kind = random.between(0, depth === 0 ? 1 : 4);
  if (kind === 0) return random.pick(SCALARS);
  if (kind === 1) return random.pick(STRINGS);
  if (kind === 2) return `[${list(() => someJson(random, depth - 1)) || space()}]`;
  return `{${list(() => `${random.pick(STRINGS)}${space()}:${space()}${someJson(random, depth - 1)}`) || space()}}`;
}

const SCALARS = ['null', 'true', 'false', '0', '-0.0', '1e400', '12345678901234567890', '1.5E-7'];
const STRINGS = [
  '""',
  '"a"',
  '"b"',
  String.raw`"\u0061"`,
  String.raw`"\"\\"`,
  String.raw`"\\\\"`,
  '"[]{},:"',
  String.raw`"]\"}"`,
  '"😀"',
];
