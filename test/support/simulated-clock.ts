import { afterAll, beforeAll, vi } from 'vitest';

/**
 * Activities run in this process, whose clock knows nothing of the time that the test server skips. This sets
 * `Date.now()` to the server's time at the start of each attempt. Call it outside of tests and hooks.
 *
 * @param serverTimeMs asks the server for its time.
 * @returns an interceptor to be put before all others.
 */
export function simulatedClock(serverTimeMs: () => Promise<number>) {
  const realNow = Date.now.bind(Date);
  let aheadMs = 0;
  beforeAll(() => {
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return () => ({
    inbound: {
      async execute<I, O>(input: I, next: (input: I) => Promise<O>): Promise<O> {
        const serverTime = await serverTimeMs();
        aheadMs = Math.max(aheadMs, serverTime - realNow());
        return next(input);
      },
    },
  });
}
