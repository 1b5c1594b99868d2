/**
 * Polls that have fallen on the same moment, as when an outage ends or a thousand sources are started at once, drift apart:
 * each interval is a little longer or shorter than the configured one, and as long on average.
 */

import type { SourceSnapshot } from './snapshot.js';

/** At most this share of the interval is added or taken away. */
const SHARE = 0.05;

/**
 * What is added to the interval until the next poll, in whole milliseconds. The same input gives the same answer, as a
 * replay needs it; a random number of the workflow's own would change those that come after it, the IDs of health events.
 *
 * @param parts what tells this poll from those of other sources, and from the source's other ones.
 */
export function pollSpreadMs(intervalMs: number, ...parts: readonly (string | number | undefined)[]): number {
  return Math.round(intervalMs * SHARE * (2 * fractionOf(parts.join('/')) - 1));
}

/** Of an interval, that passes between two polls, however long the first one took; the spread is added to it, or taken away. */
const LEAST_REST = 0.1;

export interface PolledFor {
  /** Epoch milliseconds. */
  readonly begunMs: number;
  readonly endedMs: number;
  readonly intervalMs: number;
}

/**
 * The plan after a poll: from the beginning of one to that of the next is the interval, give or take the spread.
 *
 * @param parts as `pollSpreadMs` has them.
 */
export function nextPoll(
  { begunMs, endedMs, intervalMs }: PolledFor,
  ...parts: readonly (string | number | undefined)[]
): { readonly at: string; readonly spreadMs: number } {
  const even = Math.max(begunMs + intervalMs, endedMs + Math.round(LEAST_REST * intervalMs));
  const at = even + pollSpreadMs(intervalMs, endedMs, ...parts);
  return { at: new Date(at).toISOString(), spreadMs: at - endedMs - intervalMs };
}

/**
 * When the next poll would be due a whole interval after the end of the one before; NaN when none is planned.
 *
 * What a run decides by its plan, it decides by this time: that was the plan of runs that began with earlier code, and the same
 * decisions have to come out when they are replayed. How long a timer is, a replay does not compare.
 */
export function evenPollAtMs({ nextPollAt, pollSpreadMs: spread = 0 }: SourceSnapshot): number {
  return Date.parse(nextPollAt ?? '') - spread;
}

/** From 0 to 1, evenly: FNV-1a, and the last step of MurmurHash3, without which texts that end alike stay close together. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
