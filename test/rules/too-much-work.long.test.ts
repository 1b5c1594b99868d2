/** What rules may cost: patterns and texts that would take too long, each near the limit of the work. */

import { describe, expect, test } from 'vitest';
import { kept, mask } from './rules-from.js';

describe('rules that are too much work', () => {
  const endless = mask('(a)(?:.*z)?', 'x');

  test.each([
    ['20 KB', 'a'.repeat(20_000)],
    ['1 MB', 'a'.repeat(1_000_000)],
    ['many slices', `${'a'.repeat(1_000)}\n`.repeat(3_000)],
  ])('hide the whole text: %s', (_, text) => {
    expect(kept([endless, mask('(b)')], text)).toMatchObject({
      text: '#',
      changes: [{ rule: { name: 'rule 0' }, occurrences: expect.any(Number) }],
    });
  });

  test('do so together', () => {
    const filters = Array.from({ length: 50 }, (_, at) => mask(`(a)(?:.*z${at})?`, 'a'));
    const text = 'a'.repeat(1_500);
    expect(kept(filters.slice(0, 1), text).text).toBe(text);
    expect(kept(filters, text).text).toBe('#');
  });

  test.each<[string, readonly ReturnType<typeof mask>[], string]>([
    [
      'a pattern that counts repetitions, and a long text',
      [mask('(?i)\\b([a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,255}\\.[a-z]{2,10})\\b')],
      `{"body":"${'lorem ipsum '.repeat(40_000)}","from":"x@y.example.com"}`,
    ],
    [
      'a hundred rules, and a long list of addresses',
      Array.from({ length: 100 }, (_, at) => mask(`"([^"@]+)@dom${at}\\.example\\.com"`)),
      `{"to":[${Array.from({ length: 3_500 }, (_, at) => `"user${at}@dom${at % 100}.example.com"`).join()}]}`,
    ],
  ])('hide nothing else of %s', (_, filters, text) => {
    expect(kept(filters, text).text).not.toBe('#');
  });

  test('hide a short text of a pattern that is large, and no text of one that is not', () => {
    const large = mask('(a)(?:[^b]{1000}.{1000}z)?', 'x');
    expect(kept([large], 'a'.repeat(100)).text).toBe('x'.repeat(100));
    expect(kept([large], 'a'.repeat(20_000)).text).toBe('#');
    expect(kept([mask('(a)', 'x')], 'ab'.repeat(500_000)).changes).toMatchObject([{ occurrences: 500_000 }]);
  });
});

test('masks that mask masks end in one mask', () => {
  const filters = Array.from({ length: 6 }, () => mask('(.)', 'ab'.repeat(50)));
  const { text, changes } = kept(filters, 'x'.repeat(10));
  expect(text).toBe('#');
  expect(changes.length).toBeGreaterThan(1);
});
