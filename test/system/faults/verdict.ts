/** What the store should hold beside what it holds. */

import { STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import type { Multiset, Records } from '../../support/simulator-control.js';

export interface StreamVerdict {
  readonly stream: StreamName;
  /** Records that the simulator holds. */
  readonly truth: number;
  readonly stored: number;
  /** Records of the truth that are not stored, or less often than they occur. */
  readonly lost: number;
  /** Records of the truth that are stored more often than they occur. */
  readonly twice: number;
  /** Stored records that are none of the truth. */
  readonly foreign: number;
}

export function judge(truth: Records, stored: Records): StreamVerdict[] {
  return STREAMS.map((stream) => ({ stream, ...compare(truth[stream], stored[stream]) }));
}

export function totalOf(verdicts: readonly StreamVerdict[], what: Exclude<keyof StreamVerdict, 'stream'>): number {
  return verdicts.reduce((sum, verdict) => sum + verdict[what], 0);
}

function compare(truth: Multiset, stored: Multiset): Omit<StreamVerdict, 'stream'> {
  const counts = { truth: 0, stored: 0, lost: 0, twice: 0, foreign: 0 };
  for (const hash of new Set([...Object.keys(truth), ...Object.keys(stored)])) {
    const [held = 0, kept = 0] = [truth[hash], stored[hash]];
    counts.truth += held;
    counts.stored += kept;
    counts.lost += Math.max(0, held - kept);
    counts[held === 0 ? 'foreign' : 'twice'] += Math.max(0, kept - held);
  }
  return counts;
}
