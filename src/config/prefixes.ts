/** Below which prefixes of a bucket the records of each stream lie. */

import type { StreamName } from '../domain/streams/streams.js';

/** Means the whole bucket, in place of a prefix that may not be empty. */
export const WHOLE_BUCKET = '/';

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

/** The same with what a configuration says: one prefix for all, or one for each. `WHOLE_BUCKET` is nothing then. */
export function readPrefixesOf(
  streams: readonly StreamName[],
  { prefix, prefixes }: { readonly prefix?: string; readonly prefixes?: Readonly<Record<string, unknown>> },
): ReadonlyMap<StreamName, string> {
  if (prefix === undefined) return prefixesOf(streams, prefixes);
  const whole = prefix === WHOLE_BUCKET ? '' : prefix;
  return new Map(streams.map((stream) => [stream, whole]));
}
