import { RawError } from '../domain/failures/failure.js';
import type { Observer } from '../metrics/observer.js';

/** Counts a call by how it ended; one that was aborted is not counted. */
export async function observed<T>(
  endpoint: string,
  observer: Observer | undefined,
  call: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await call();
    observer?.count('mimecast_api_calls_total', { endpoint, status: '200' });
    return answer;
  } catch (error) {
    if (!(error instanceof RawError)) throw error;
    const { status, cause = 'other', retryAfterMs = 0 } = error.facts;
    observer?.count('mimecast_api_calls_total', { endpoint, status: String(status ?? cause) });
    if (status === 429) {
      observer?.count('mimecast_rate_limits_total', { endpoint });
      observer?.count('mimecast_rate_limit_wait_seconds_total', { endpoint }, retryAfterMs / 1_000);
    }
    throw error;
  }
}
