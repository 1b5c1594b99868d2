import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each<[string, number | undefined]>([
  ['0', 0],
  ['1500', 1_500],
  ['0s', 0],
  ['250ms', 250],
  ['30s', 30 * SECOND],
  ['5m', 5 * MINUTE],
  ['24h', DAY],
  ['7d', 7 * DAY],
  ['1h30m', 90 * MINUTE],
  ['1h 30m', 90 * MINUTE],
  ['1d2h3m4s5ms', DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5],
  [' 5 m ', 5 * MINUTE],
  ['1.5h', 90 * MINUTE],
  ['1.001s', 1_001],
  ['0.4ms', 0],
  ['', undefined],
  ['   ', undefined],
  ['m', undefined],
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740993', undefined],
  ['999999999999d', undefined],
  [`${'9'.repeat(400)}s`, undefined],
  ['5x', undefined],
  ['5M', undefined],
  ['-5m', undefined],
  ['+5m', undefined],
  ['1.5', undefined],
  ['.5h', undefined],
  ['1.h', undefined],
  ['5m!', undefined],
  ['5m30', undefined],
  ['1e3s', undefined],
  ['five minutes', undefined],
  ['5m\n', 5 * MINUTE],
])('%j is read as %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test('a long text that is no duration is refused at once', () => {
  expect(parseDuration(`${'1h '.repeat(50_000)}x`)).toBeUndefined();
  expect(parseDuration(`${'1'.repeat(100_000)} `.repeat(3))).toBeUndefined();
});

test.each<[number, string]>([
  [-5_000, '0 s'],
  [0, '0 s'],
  [499, '0 s'],
  [500, '1 s'],
  [12 * SECOND, '12 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [MINUTE + SECOND, '1 min 1 s'],
  [HOUR - 1, '1 h'],
  [HOUR + 5 * MINUTE, '1 h 5 min'],
  [HOUR + 5 * SECOND, '1 h'],
  [DAY + 59 * MINUTE, '1 d'],
  [DAY + HOUR + MINUTE, '1 d 1 h'],
  [400 * DAY, '400 d'],
])('%i ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
