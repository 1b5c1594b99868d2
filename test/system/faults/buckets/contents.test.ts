import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { SeededRandom } from '../../../support/random.js';
import { recordsIn } from './contents.js';
import { announcement, bytesOf, FORMS, truncated } from './object-forms.js';

const LINES = ['{"a":1}', '{"a":1}', '{"event":"logon","b":[2]}'];

test.each(FORMS.map((form) => [form.suffix, form.isZipped, form] as const))(
  'what is written as %s (zipped: %s) is read as it was',
  (_suffix, _isZipped, form) => {
    expect(recordsIn(bytesOf(form, LINES))).toEqual(LINES);
  },
);

test('what is truncated cannot be read', () => {
  expect(() => recordsIn(truncated(LINES, 0.6))).toThrow();
  expect(() => recordsIn(gzipSync('{"a":'))).toThrow(SyntaxError);
});

test('messages come in all forms, with the key as each has it', () => {
  const random = new SeededRandom(1);
  const object = { bucket: 'logs', key: 'receipt/a b+Ü.json', etag: 'e' };
  const texts = new Set(Array.from({ length: 50 }, () => JSON.stringify(announcement(object, random))));
  expect(texts.size).toBe(3);
  const keys = [...texts].flatMap((text) => /receipt\/[^"\\]+/.exec(text) ?? []);
  expect(keys.toSorted()).toEqual(['receipt/a b+Ü.json', 'receipt/a+b%2B%C3%9C.json', 'receipt/a+b%2B%C3%9C.json']);
});
