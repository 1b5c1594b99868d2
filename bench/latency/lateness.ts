import { quantile } from '../quantile.js';
import type { Appeared } from './appearing.js';

/** From the moment that the API has a record until it can be read in MongoDB. */
export interface Lateness {
  readonly watched: number;
  readonly halfMs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** @param publishedAt when the API had a record of a time; both in epoch milliseconds */
export function latenessOf(appeared: readonly Appeared[], publishedAt: (time: number) => number): Lateness {
  const late = appeared.map(({ messageTime, seenAt }) => seenAt - publishedAt(messageTime)).sort((a, b) => a - b);
  const [halfMs, p99Ms, mostMs] = [quantile(late, 0.5), quantile(late, 0.99), quantile(late, 1)];
  return { watched: late.length, halfMs, p99Ms, mostMs };
}
