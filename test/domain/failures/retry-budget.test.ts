import { describe, expect, test } from 'vitest';
import { nextPauseMs, type PauseInput } from '../../../src/domain/failures/retry-budget.js';
import { SeededRandom, seeds } from '../../support/random.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test.each<[string, PauseInput, number]>([
  ['the first pause', { attempt: 1, elapsedMs: 0 }, 5 * SECOND],
  ['each is twice as long', { attempt: 3, elapsedMs: 20 * SECOND }, 20 * SECOND],
  ['up to two minutes', { attempt: 6, elapsedMs: 5 * MINUTE }, 2 * MINUTE],
  ['however often', { attempt: 5_000, elapsedMs: 5 * MINUTE }, 2 * MINUTE],
  ['a longer wait that was asked for', { attempt: 1, elapsedMs: 0, retryAfterMs: 10 * MINUTE }, 10 * MINUTE],
  ['a shorter one', { attempt: 4, elapsedMs: 0, retryAfterMs: 1 * SECOND }, 40 * SECOND],
  ['a wait of nothing', { attempt: 1, elapsedMs: 0, retryAfterMs: 0 }, 5 * SECOND],
  ['a wait past the end leaves one more attempt', { attempt: 1, elapsedMs: 0, retryAfterMs: 2 * HOUR }, 89 * MINUTE],
  ['a wait to the very end, too', { attempt: 1, elapsedMs: 0, retryAfterMs: 90 * MINUTE }, 89 * MINUTE],
  ['a wait that just fits', { attempt: 1, elapsedMs: 0, retryAfterMs: 90 * MINUTE - 1 }, 90 * MINUTE - 1],
  ['six minutes before the end', { attempt: 9, elapsedMs: 84 * MINUTE, retryAfterMs: HOUR }, 5 * MINUTE],
  ['in the last five minutes it is passed on', { attempt: 9, elapsedMs: 85 * MINUTE, retryAfterMs: HOUR }, HOUR],
  ['the end of the own pauses', { attempt: 40, elapsedMs: 89 * MINUTE }, 2 * MINUTE],
  [
    'a part of the budget was used before',
    { attempt: 1, elapsedMs: 0, budgetMs: 30 * MINUTE, retryAfterMs: HOUR },
    29 * MINUTE,
  ],
  ['hardly any budget is left', { attempt: 1, elapsedMs: 0, budgetMs: SECOND }, 5 * SECOND],
  ['a clock that lags behind the server', { attempt: 1, elapsedMs: -10 * MINUTE, retryAfterMs: 2 * HOUR }, 89 * MINUTE],
])('%s', (_, input, pause) => {
  expect(nextPauseMs(input)).toBe(pause);
});

test.each([Number.POSITIVE_INFINITY, 1e20])('a wait of %d ms ends in a pause that is still a time', (retryAfterMs) => {
  for (const elapsedMs of [0, 84 * MINUTE, 86 * MINUTE, 95 * MINUTE]) {
    const pause = nextPauseMs({ attempt: 1, elapsedMs, retryAfterMs });
    expect(pause).toBeLessThanOrEqual(90 * MINUTE);
    if (elapsedMs >= 85 * MINUTE) expect(elapsedMs + pause).toBeGreaterThan(90 * MINUTE);
  }
});

interface Outage {
  readonly budgetMs: number;
  /** How long an attempt takes to fail. */
  readonly attemptMs: number;
  /** The wait asked for at an attempt that failed at this time. */
  readonly retryAfterMs: (elapsedMs: number) => number | undefined;
}

/** Temporal's rule: an attempt that would begin after the end of the budget is not made, and the step ends at once. */
function outlast({ budgetMs, attemptMs, retryAfterMs }: Outage) {
  const failures: number[] = [];
  for (let attempt = 1, now = attemptMs; ; attempt += 1) {
    failures.push(now);
    const wait = retryAfterMs(now);
    const asked = wait === undefined ? {} : { retryAfterMs: wait };
    const pause = nextPauseMs({ attempt, elapsedMs: now, budgetMs, ...asked });
    expect(pause).toBeGreaterThanOrEqual(5 * SECOND);
    if (now + pause > budgetMs) return { failures, gaveUpAtMs: now };
    now += pause + attemptMs;
  }
}

const CONSTANT_WAITS = [undefined, 0, SECOND, 30 * SECOND, 3 * MINUTE, 5 * MINUTE, 6 * MINUTE, 20 * MINUTE, 44 * MINUTE]
  .concat([45 * MINUTE, 89 * MINUTE, 90 * MINUTE, 2 * HOUR, 240 * HOUR])
  .map((wait) => ({ wait, text: wait === undefined ? 'no wait' : `a wait of ${wait / MINUTE} min` }));

describe('an outage is outlasted for 85 to 90 minutes', () => {
  test.each(CONSTANT_WAITS)('$text at each attempt', ({ wait }) => {
    for (const attemptMs of [0, 200, 10 * SECOND]) {
      const { failures, gaveUpAtMs } = outlast({ budgetMs: 90 * MINUTE, attemptMs, retryAfterMs: () => wait });
      expect(gaveUpAtMs).toBeGreaterThanOrEqual(85 * MINUTE);
      expect(gaveUpAtMs).toBeLessThanOrEqual(90 * MINUTE + attemptMs);
      expect(failures.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('without any wait the attempts are many, and not too many', () => {
    const { failures } = outlast({ budgetMs: 90 * MINUTE, attemptMs: 0, retryAfterMs: () => undefined });
    expect(failures.slice(0, 7)).toEqual([0, 5, 15, 35, 75, 155, 275].map((seconds) => seconds * SECOND));
    expect(failures.length).toBe(49);
  });

  test.each(CONSTANT_WAITS)('$text, after a part of the budget was used', ({ wait }) => {
    for (let used = 0; used < 90; used += 1) {
      const budgetMs = (90 - used) * MINUTE;
      const { gaveUpAtMs } = outlast({ budgetMs, attemptMs: 0, retryAfterMs: () => wait });
      expect(used * MINUTE + gaveUpAtMs).toBeGreaterThanOrEqual(Math.max(85, used) * MINUTE);
      expect(gaveUpAtMs).toBeLessThanOrEqual(budgetMs);
    }
  });

  test.each(seeds(200))('waits that change from attempt to attempt, seed %i', (seed) => {
    const random = new SeededRandom(seed);
    const wait = () => random.pick([undefined, 0, random.between(0, 10) * SECOND, random.between(0, 200) * MINUTE]);
    const usedMs = random.between(0, 84) * MINUTE;
    const budgetMs = 90 * MINUTE - usedMs;
    const { gaveUpAtMs } = outlast({ budgetMs, attemptMs: 0, retryAfterMs: wait });
    expect(usedMs + gaveUpAtMs).toBeGreaterThanOrEqual(85 * MINUTE);
    expect(usedMs + gaveUpAtMs).toBeLessThanOrEqual(90 * MINUTE);
  });
});
