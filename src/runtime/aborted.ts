/** Waiting for an abort signal, alone or together with work that knows nothing of it. */

import { once } from 'node:events';

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** @throws the signal's reason once it is aborted; what the work does after that is not waited for. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = untilAborted(signal).then(() => {
    throw signal.reason;
  });
  return Promise.race([work, aborted]);
}
