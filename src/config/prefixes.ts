/** Below which prefixes of a bucket the records of each stream lie. */

import type { StreamName } from '../domain/streams/streams.js';

/** @param given those that are not called after their stream. */
export function prefixesOf(
  streams: readonly StreamName[],
  given: Readonly<Record<string, unknown>> = {},
): ReadonlyMap<StreamName, string> {
  return new Map(
    streams.map((stream) => {
      const own = given[stream];
      return [stream, typeof own === 'string' && own !== '' ? own : `${stream.replaceAll(' ', '_')}/`];
    }),
  );
}
