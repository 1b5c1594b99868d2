import { expect, test, vi } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { RateLimits } from '../../src/mimecast/rate-limits.js';

const refusal = (status: number, retryAfterMs?: number) =>
  new RawError({
    ...{ origin: 'mimecast', endpoint: 'DLP logs', status, code: 'TooManyRequests', message: 'too fast' },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

function waitOf(limits: RateLimits, endpoint: string): number | undefined {
  try {
    limits.check(endpoint);
    return undefined;
  } catch (error) {
    return (error as RawError).facts.retryAfterMs;
  }
}

test('the limit that one call met holds for the function, until its time is over', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  const limits = new RateLimits();
  limits.remember('DLP logs', refusal(429, 5_000));
  expect(waitOf(limits, 'DLP logs')).toBe(5_000);
  expect(waitOf(limits, 'audit events')).toBeUndefined();
  now.mockReturnValue(5_000);
  expect(waitOf(limits, 'DLP logs')).toBe(1_000);
  now.mockReturnValue(6_000);
  expect(waitOf(limits, 'DLP logs')).toBeUndefined();
  now.mockRestore();
});

test.each([
  ['without a time', refusal(429)],
  ['of another kind', refusal(503, 5_000)],
  ['of another library', new Error('429')],
])('a refusal %s is not remembered', (_, error) => {
  const limits = new RateLimits();
  limits.remember('DLP logs', error);
  expect(waitOf(limits, 'DLP logs')).toBeUndefined();
});

test('a wait of days is kept for a quarter of an hour only, and none after it was cleared', () => {
  const limits = new RateLimits();
  limits.remember('DLP logs', refusal(429, 3 * 86_400_000));
  expect(waitOf(limits, 'DLP logs')).toBeLessThanOrEqual(15 * 60_000);
  limits.clear();
  expect(waitOf(limits, 'DLP logs')).toBeUndefined();
});
