import type { Duration } from '@temporalio/common';
import { simulatedClock } from './simulated-clock.js';
import { type StartOptions, sourceRuns } from './source-runs.js';
import { timeSkippingEnvironment } from './time-skipping.js';

const MAX_HISTORY_EVENTS = 4_000;
/** A time limit that is up at the very moment at which this server stops skipping time may never be noticed. */
const BEYOND_MS = 1_000;

/**
 * `sourceRuns` on a server whose time is skipped. Call it outside of tests and hooks.
 *
 * Known of this server: its time stands still while a task waits for a worker, and it refuses to cancel an activity
 * that ends at the same moment, so tests of such races belong on the development server. After a run that was continued as
 * new while an activity paused between two attempts, its time stands still for good; so runs are long here by default.
 */
export function timeSkippingRuns() {
  const environment = timeSkippingEnvironment();
  const now = () => environment().currentTimeMs();
  const runs = sourceRuns({
    client: () => environment().client,
    nativeConnection: async () => environment().nativeConnection,
    interceptors: [simulatedClock(now)],
  });
  return {
    ...runs,
    /** @param options `maxHistoryEvents: undefined` for runs as short as they are in reality. */
    start: (options: StartOptions = {}) => runs.start({ maxHistoryEvents: MAX_HISTORY_EVENTS, ...options }),
    now,
    /** Lets simulated time pass. */
    pass: (duration: Duration) => environment().sleep(duration),
    /** Lets simulated time pass until so many milliseconds after an ISO time, and a little longer. */
    passUntil: async (iso: string, afterMs: number) =>
      environment().sleep(Math.max(0, Date.parse(iso) + afterMs + BEYOND_MS - (await now()))),
  };
}
