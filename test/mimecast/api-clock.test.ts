import { afterEach, expect, test, vi } from 'vitest';
import { ApiClock } from '../../src/mimecast/api-clock.js';

const NOON = Date.parse('2025-09-15T12:00:00Z');
const HOUR = 3_600_000;
const header = (ms: number) => new Date(ms).toUTCString();

afterEach(() => {
  vi.restoreAllMocks();
});

/** The machine's monotonic clock, moved by hand. */
function monotonic() {
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return (ms: number) => {
    now += ms;
  };
}

test('before any answer it is our own clock', () => {
  vi.spyOn(Date, 'now').mockReturnValue(NOON);
  const clock = new ApiClock();
  expect([clock.isKnown, clock.now()]).toEqual([false, NOON]);
});

test('it runs on from the last answer, whatever our own clock does', () => {
  const pass = monotonic();
  const clock = new ApiClock();
  clock.setFrom(header(NOON));
  pass(250);
  vi.spyOn(Date, 'now').mockReturnValue(NOON + 5 * HOUR);
  expect([clock.isKnown, clock.now()]).toEqual([true, NOON + 250]);
});

test.each([
  ['agrees to the second', 10_700, 10_000, 10_700],
  ['a second on', 10_700, 11_000, 11_000],
  ['a second behind', 10_700, 9_000, 9_000],
  ['hours ahead', 10_700, 5 * HOUR, 5 * HOUR],
  ['hours back', 10_700, -5 * HOUR, -5 * HOUR],
])('an answer that %s', (_, passed, told, expected) => {
  const pass = monotonic();
  const clock = new ApiClock();
  clock.setFrom(header(NOON));
  pass(passed);
  clock.setFrom(header(NOON + told));
  expect(clock.now() - NOON).toBe(expected);
});

test.each([
  ...[
    null,
    '',
    'soon',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    'Sat, 13 Sep 275760 00:00:00 GMT',
  ],
])('%o tells no time', (date) => {
  const clock = new ApiClock();
  clock.setFrom(date);
  expect(clock.isKnown).toBe(false);
});
