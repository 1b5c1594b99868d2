import { describe, expect, test } from 'vitest';
import { RowNumbers } from '../../src/records/row-numbers.js';

/** Content and second of a row. */
type Row = readonly [string, number | undefined];

const feed = (numbers: RowNumbers, rows: readonly Row[]) =>
  rows.map(([content, second]) =>
    numbers.next(content, second === undefined ? undefined : new Date(second * 1_000 + 500)),
  );

const tailOf = (numbers: RowNumbers) => {
  const { tail } = numbers;
  if (tail === undefined || tail === 'none') throw new Error('no tail');
  return tail;
};

describe('rows in order are numbered over any cut as without one', () => {
  // Identical rows are of one second.
  const rising: Row[] = [...'aabcdddce'].map((content) => [
    content,
    'abc'.includes(content) ? 1 : content === 'd' ? 2 : 3,
  ]);
  const inOrder = rising.toSorted(([, a = 0], [, b = 0]) => a - b);
  test.each<[string, readonly Row[]]>([
    ['rising', inOrder],
    ['falling', inOrder.toReversed()],
    ['of one second', rising.map(([content]) => [content, 7])],
  ])('%s', (_, rows) => {
    const whole = feed(new RowNumbers(), rows);
    for (let cut = 1; cut < rows.length; cut += 1) {
      const first = new RowNumbers();
      const before = feed(first, rows.slice(0, cut));
      const second = new RowNumbers(structuredClone(tailOf(first)));
      expect([...before, ...feed(second, rows.slice(cut))]).toEqual(whole);
      expect(second.isLost).toBe(false);
    }
  });
});

test('only the rows of the last second are kept', () => {
  const numbers = new RowNumbers();
  feed(numbers, [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['c', 3],
  ]);
  expect(numbers.tail).toEqual({ second: 3, order: 'rising', counts: [['c', 2]] });
});

test('before the first row there is nothing to keep', () => {
  expect(new RowNumbers().tail).toBe('none');
});

test.each<[string, Row[]]>([
  [
    'out of order',
    [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ],
  ],
  [
    'out of the other order',
    [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ],
  ],
  [
    'a row without a time',
    [
      ['a', 1],
      ['b', undefined],
    ],
  ],
  [
    'more different rows in a second than are kept',
    Array.from({ length: 1_001 }, (_, at) => [`row ${at}`, 1] as const),
  ],
])('what is kept would not be enough: %s', (_, rows) => {
  const numbers = new RowNumbers();
  feed(numbers, rows);
  expect(numbers.tail).toBeUndefined();
  expect(numbers.isLost).toBe(false);
});

test('a row out of order behind a cut shows that it was one too many', () => {
  const first = new RowNumbers();
  feed(first, [
    ['a', 1],
    ['b', 2],
  ]);
  const second = new RowNumbers(tailOf(first));
  feed(second, [['a', 1]]);
  expect(second.isLost).toBe(true);
});

test('without any cut, rows in no order are numbered all the same', () => {
  expect(
    feed(new RowNumbers(), [
      ['a', 2],
      ['b', 1],
      ['a', 2],
      ['b', 3],
      ['b', 1],
      ['a', undefined],
    ]),
  ).toEqual([1, 1, 2, 2, 3, 3]);
});
