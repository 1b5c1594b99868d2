import { describe, expect, test } from 'vitest';
import { MIN_PACE, Pace, totalWaitMs } from '../../src/http-client/pace.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The chunk, counted from 1, at which a download is given up; undefined when it is not. */
function endOf(chunks: number, waitedMs: number, bytes: number, totalMs = HOUR): number | undefined {
  const pace = new Pace({ ...MIN_PACE, totalMs });
  for (let chunk = 1; chunk <= chunks; chunk += 1) if (pace.add(waitedMs, bytes) !== undefined) return chunk;
  return undefined;
}

test.each<[string, number, number, number, number | undefined]>([
  ['a byte every 20 s', 1_000, 20_000, 1, 3],
  ['a byte every second', 1_000, 1_000, 1, 60],
  ['a byte every 29 s', 1_000, 29_000, 1, 3],
  ['3 kB in a minute, at once', 1_000, MINUTE, 3_000, 1],
  ['4 kB in a minute', 15, MINUTE, 4_096, undefined],
  ['1,000 bytes every 10 s', 90, 10_000, 1_000, undefined],
  ['a small file within its first minute', 59, 1_000, 1, undefined],
  ['chunks that are there already', 1_000_000, 0, 1, undefined],
])('%s', (_, chunks, waitedMs, bytes, end) => {
  expect(endOf(chunks, waitedMs, bytes)).toBe(end);
});

test('a start at full speed does not excuse a drip after it', () => {
  const pace = new Pace({ ...MIN_PACE, totalMs: HOUR });
  expect(pace.add(MINUTE, 1_000_000)).toBeUndefined();
  expect(pace.add(30_000, 1)).toBeUndefined();
  expect(pace.add(30_000, 1)).toBe('less than 4096 bytes within 60 s');
});

test('a drip just fast enough ends with the life of the address', () => {
  expect(endOf(1_000, 10_000, 1_000, 15 * MINUTE)).toBe(90);
});

describe('the life of an address', () => {
  const NOW = Date.UTC(2025, 8, 15, 12);

  test.each<[string, number | undefined, number]>([
    ['unknown', undefined, 15 * MINUTE],
    ['usual', NOW + 15 * MINUTE, 15 * MINUTE],
    ['long', NOW + 40 * MINUTE, 40 * MINUTE],
    ['longer than makes sense', NOW + 700 * HOUR, HOUR],
    ['nearly over: what has begun outlives it', NOW + 1_000, 15 * MINUTE],
    ['over, or an odd clock', NOW - HOUR, 15 * MINUTE],
  ])('%s', (_, expiresAt, ms) => {
    expect(totalWaitMs(expiresAt, NOW)).toBe(ms);
  });
});
