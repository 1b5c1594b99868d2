import { expect, test } from 'vitest';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import type { Multiset, Records } from '../../support/simulator-control.js';
import { judge, totalOf } from './verdict.js';

const only = (receipt: Multiset): Records =>
  Object.fromEntries(STREAMS.map((stream) => [stream, stream === 'receipt' ? receipt : {}])) as Records;

test.each([
  ['the same', { a: 1, b: 2 }, { a: 1, b: 2 }, { truth: 3, stored: 3, lost: 0, twice: 0, foreign: 0 }],
  ['one missing', { a: 1, b: 2 }, { b: 2 }, { truth: 3, stored: 2, lost: 1, twice: 0, foreign: 0 }],
  ['one of two equal ones missing', { b: 2 }, { b: 1 }, { truth: 2, stored: 1, lost: 1, twice: 0, foreign: 0 }],
  ['one twice', { a: 1 }, { a: 2 }, { truth: 1, stored: 2, lost: 0, twice: 1, foreign: 0 }],
  ['one that nobody sent', { a: 1 }, { a: 1, x: 3 }, { truth: 1, stored: 4, lost: 0, twice: 0, foreign: 3 }],
  ['one lost and another twice', { a: 1, b: 1 }, { b: 2 }, { truth: 2, stored: 2, lost: 1, twice: 1, foreign: 0 }],
])('%s', (_, truth, stored, expected) => {
  const verdicts = judge(only(truth), only(stored));
  expect(verdicts.find(({ stream }) => stream === 'receipt')).toEqual({ stream: 'receipt', ...expected });
  for (const [what, count] of Object.entries(expected)) {
    expect(totalOf(verdicts, what as keyof typeof expected)).toBe(count);
  }
});

test('a record that may be there is neither lost nor foreign, unless it is there too often', () => {
  const verdictOn = (stored: Multiset) => judge(only({ a: 1 }), only(stored), only({ a: 1, gone: 1 }))[0];
  const right = { truth: 1, lost: 0, twice: 0, foreign: 0 };
  expect(verdictOn({ a: 1 })).toMatchObject(right);
  expect(verdictOn({ a: 1, gone: 1 })).toMatchObject(right);
  expect(verdictOn({ a: 1, gone: 2 })).toMatchObject({ ...right, twice: 1 });
  expect(verdictOn({ a: 1, x: 1 })).toMatchObject({ ...right, foreign: 1 });
});
