import { BSON, Decimal128, Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/records/decode.js';
import { mayLoseDigits, parseExactly } from '../../src/records/exact-json.js';

const exactly = (text: string): unknown => parseExactly(text, JSON.parse(text));
const long = (digits: string) => Long.fromString(digits);
const decimal = (digits: string) => Decimal128.fromString(digits);

describe('a number that a double would change keeps every digit', () => {
  test.each<[string, unknown]>([
    ['9007199254740993', long('9007199254740993')],
    ['-9007199254740993', long('-9007199254740993')],
    ['9223372036854775807', long('9223372036854775807')],
    ['-9223372036854775808', long('-9223372036854775808')],
    ['9223372036854775808', decimal('9223372036854775808')],
    ['1234567890123456789012345678901234', decimal('1234567890123456789012345678901234')],
    ['12345678901234567890123456789012345', '12345678901234567890123456789012345'],
    ['12345678901234567.25', decimal('12345678901234567.25')],
    ['0.12345678901234567890', decimal('0.12345678901234567890')],
    ['1e400', decimal('1e400')],
    ['-1.5E-400', decimal('-1.5E-400')],
    ['1e99999', '1e99999'],
    ['4e-6177', '4e-6177'],
    ['-1e-99999', '-1e-99999'],
  ])('%s', (digits, expected) => {
    for (const text of [`{"n":${digits}}`, `{"n": ${digits} }`, `{"a":"x","n":[${digits}]}`, `{"n":[0 ,${digits}]}`]) {
      const decoded = decodeText(text);
      const n = decoded.ok ? decoded.record.n : decoded.reason;
      expect(Array.isArray(n) ? n.at(-1) : n).toEqual(expected);
    }
  });

  test('and is still there after it was stored', () => {
    const decoded = decodeText('{"n":9007199254740993,"d":0.12345678901234567890123}');
    const stored = BSON.deserialize(BSON.serialize(decoded.ok ? decoded.record : {}));
    expect(String(stored.n)).toBe('9007199254740993');
    expect(String(stored.d)).toBe('0.12345678901234567890123');
  });
});

describe('every other number is as JSON.parse reads it', () => {
  test.each([
    '0',
    '-0',
    '1',
    '-17',
    '1757930000000',
    '9007199254740991',
    '-9007199254740991',
    '9007199254740992',
    '1757930000000000000',
    '0.1',
    '1.5',
    '3.141592653589793',
    '0.000000000000000001',
    '1000000000000000000000',
    '1e3',
    '1E+21',
    '5e-324',
    '1.7976931348623157e308',
    '1.0000000000000000',
    '100000000000000000.000',
  ])('%s', (digits) => {
    expect(exactly(`{"n":${digits}}`)).toEqual({ n: Number(digits) });
    expect(decodeText(`{"n":${digits}}`)).toEqual({ ok: true, record: { n: Number(digits) } });
  });
});

test('texts are not touched, whatever they hold', () => {
  const texts = [
    'n:9007199254740993',
    ': 9007199254740993',
    '\\',
    '\\\\',
    '"',
    '\\":9007199254740993,',
    '[1e400]',
    'é😀\u2028',
  ];
  const text = JSON.stringify({
    texts,
    ':9007199254740993': 1,
    inner: Object.fromEntries(texts.map((key) => [key, 2])),
  });
  expect(exactly(text)).toEqual(JSON.parse(text));
  expect(JSON.stringify(exactly(text))).toBe(text);
  expect(exactly(text.replace('"inner"', '"n":9007199254740993,"inner"'))).toEqual({
    ...JSON.parse(text),
    n: long('9007199254740993'),
  });
});

test('keys keep their order, and __proto__ stays a key', () => {
  const read = exactly('{"b":1,"__proto__":{"n":9007199254740993},"a":9007199254740993}') as object;
  expect(Object.keys(read)).toEqual(['b', '__proto__', 'a']);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.entries(read)[1]?.[1]).toEqual({ n: long('9007199254740993') });
});

test('an ordinary record is not looked at twice', () => {
  const record = {
    type: 'receipt',
    timestamp: 1757930000000,
    aggregateId: 'aFZ3_1757930000',
    messageId: '<20250915.1234567890123456@x>',
    score: 12.5,
    size: 123456789,
    ids: [1, 2, 3],
    text: '1234567890123456789',
  };
  expect(mayLoseDigits(JSON.stringify(record))).toBe(false);
});
