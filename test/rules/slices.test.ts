import { describe, expect, test } from 'vitest';
import { cutToBytes, MULTI_LINE_BYTES, MULTI_LINE_LINES, SINGLE_LINE_BYTES, slicesOf } from '../../src/rules/slices.js';

describe('slices', () => {
  test.each<[string, string, number[]]>([
    ['an empty text', '', [0]],
    ['a short line', 'abc', [3]],
    ['a megabyte', 'a'.repeat(SINGLE_LINE_BYTES), [SINGLE_LINE_BYTES]],
    ['one byte more', 'a'.repeat(SINGLE_LINE_BYTES + 1), [SINGLE_LINE_BYTES, 1]],
    ['a newline at the end makes no second line', `${'a'.repeat(SINGLE_LINE_BYTES - 1)}\n`, [SINGLE_LINE_BYTES]],
    ['characters of four bytes', '😀'.repeat(SINGLE_LINE_BYTES / 4 + 1), [SINGLE_LINE_BYTES / 2, 2]],
    ['a character across the cut', `a${'é'.repeat(SINGLE_LINE_BYTES / 2)}`, [SINGLE_LINE_BYTES / 2, 1]],
    ['2,000 lines', 'a\n'.repeat(MULTI_LINE_LINES), [2 * MULTI_LINE_LINES]],
    ['2,001 lines', 'a\n'.repeat(MULTI_LINE_LINES + 1), [2 * MULTI_LINE_LINES, 2]],
    ['two lines of half a megabyte', `${'a'.repeat(MULTI_LINE_BYTES)}\nb`, [MULTI_LINE_BYTES, 2]],
  ])('%s', (_, text, lengths) => {
    const slices = slicesOf(text);
    expect(slices.map(({ length }) => length)).toEqual(lengths);
    expect(slices.join('') === text).toBe(true);
  });
});

test.each([
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab'],
  ['aé', 2, 'a'],
  ['😀😀', 7, '😀'],
  ['a', 0, ''],
])('%s cut to %i bytes', (text, most, cut) => {
  expect(cutToBytes(text, most)).toBe(cut);
});
