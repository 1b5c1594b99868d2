import { expect, test } from 'vitest';
import { rejectedEntry } from '../../../src/ingest/files/rejected-entry.js';

const entryOf = (value: unknown) => rejectedEntry(1, 'receipt', { value, reason: 'the entry has no usable url' });
const deep = (open: string, close: string): unknown => JSON.parse(`${open.repeat(50_000)}1${close.repeat(50_000)}`);

test.each<[string, unknown, string]>([
  ['a number', 5, '5'],
  ['an object', { size: 1 }, '{"size":1}'],
  ['a list nested too deep', deep('[', ']'), 'a list that is nested too deep to be shown'],
  ['an object nested too deep', deep('{"a":', '}'), 'an object that is nested too deep to be shown'],
])('%s is kept', (_, value, text) => {
  expect(entryOf(value)).toMatchObject({ text, size: text.length, reason: 'not a file: the entry has no usable url' });
});

test('the time of expiry does not make another entry of it', () => {
  expect(entryOf({ size: 1, expiry: 'a' }).id).toEqual(entryOf({ size: 1, expiry: 'b' }).id);
  expect(entryOf({ size: 1, expiry: 'a' }).id).not.toEqual(entryOf({ size: 2, expiry: 'a' }).id);
  expect(entryOf({ expiry: deep('[', ']') }).id).toEqual(entryOf({ expiry: 'b' }).id);
});
