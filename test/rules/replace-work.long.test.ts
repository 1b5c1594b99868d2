/** The work that replacing takes grows with the text and no faster. */

import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { replaceGroups } from '../../src/rules/replace.js';
import { spelled } from '../../src/rules/spelling.js';
import { Work } from '../../src/rules/work.js';

/** The work that replacing takes, in characters looked at. */
function workFor(pattern: string, text: string): number {
  let spent = 0;
  const work = new Work();
  const spend = work.spend.bind(work);
  work.spend = (amount) => {
    spent += amount;
    spend(amount);
  };
  replaceGroups(RE2JS.compile(pattern), spelled(text), () => '#', { most: 100_000_000, work });
  return spent;
}

test.each([
  ['(\\d)', 'a1'],
  ['(\\w+)@', 'dan@demo.com '],
  ['"subject":"([^"]*)"', '"subject":"hello","action":"Acc",'],
])('work grows with the text and no faster: %s', (pattern, piece) => {
  // Both are longer than what the engine backtracks in.
  const [short, long] = [100_000, 800_000].map((length) => workFor(pattern, piece.repeat(length / piece.length)));
  expect((long ?? 0) / (short ?? 0)).toBeCloseTo(8, 0);
});

test('the same work is counted each time', () => {
  const text = 'a1 b22 '.repeat(500);
  expect(workFor('(\\d+)(?:.*z)?', text)).toBe(workFor('(\\d+)(?:.*z)?', text));
});

test.each([
  ['(a)(?:.*z)?', 'a'],
  ['(\\d)(?:.*END)?', '1 '],
  ['(\\w+?)(?:\\w*@)?', 'a'],
])('what would grow with the square of the text is given up: %s', (pattern, piece) => {
  const regexp = RE2JS.compile(pattern);
  const hide = (times: number) =>
    replaceGroups(regexp, spelled(piece.repeat(times)), () => '#', { most: 1_000_000, work: new Work() });
  expect(hide(100)?.occurrences).toBe(100);
  expect(hide(100_000)).toBeUndefined();
});
