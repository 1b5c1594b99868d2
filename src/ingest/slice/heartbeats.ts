import { heartbeat } from '@temporalio/activity';

/** Well within the heartbeat timeout; it is also how soon a cancellation reaches the activity. */
const HEARTBEAT_INTERVAL_MS = 1_000;

/**
 * Runs work while sending heartbeats, whose details are shown in the Web UI. Work that is over before the first one, as most
 * sweeps are, sends none: each costs a call of the server's.
 */
export async function withHeartbeats<T>(details: () => unknown, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(details()), HEARTBEAT_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
