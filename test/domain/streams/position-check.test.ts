import { expect, test } from 'vitest';
import { isLookDue } from '../../../src/domain/streams/position-check.js';

const HOUR = 3_600_000;
const NEWS = Date.parse('2026-11-20T00:00:00Z');
const at = (hours: number) => new Date(NEWS + hours * HOUR);

test.each([
  ['nothing known yet', undefined, undefined, 5, false],
  ['files have just come', 0, 0, 0.5, false],
  ['an hour without files', 0, 0, 1, true],
  ['looked after one hour', 0, 1, 1.9, false],
  ['and again after the second', 0, 1, 2, true],
  ['looked after eight', 0, 8, 15.9, false],
  ['and again after sixteen', 0, 8, 16, true],
  ['looked after a week: daily', 0, 168, 191.9, false],
  ['the next day', 0, 168, 192, true],
  ['after a restart', 0, undefined, 0.1, true],
])('%s', (_, news, proven, now, isDue) => {
  const known = {
    ...(news === undefined ? {} : { newsAt: at(news) }),
    ...(proven === undefined ? {} : { provenAt: at(proven) }),
  };
  expect(isLookDue(known, at(now))).toBe(isDue);
});
