/** What the store should hold beside what it holds. */

import { STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import type { Multiset, Records } from '../../support/simulator-control.js';

export interface StreamVerdict {
  /** Which store or bucket was judged, where a run has several. */
  readonly of?: string;
  readonly stream: StreamName;
  /** Records that have to be there. */
  readonly truth: number;
  readonly stored: number;
  /** Records of the truth that are not stored, or less often than they occur. */
  readonly lost: number;
  /** Records of the truth that are stored more often than they occur. */
  readonly twice: number;
  /** Stored records that are none of the truth. */
  readonly foreign: number;
}

/** @param allowed how often each record may be there at most. Default: as often as it has to. */
export function judge(truth: Records, stored: Records, allowed = truth): StreamVerdict[] {
  return STREAMS.map((stream) => ({ stream, ...compare(truth[stream], stored[stream], allowed[stream]) }));
}

export function totalOf(
  verdicts: readonly StreamVerdict[],
  what: Exclude<keyof StreamVerdict, 'stream' | 'of'>,
): number {
  return verdicts.reduce((sum, verdict) => sum + verdict[what], 0);
}

function compare(truth: Multiset, stored: Multiset, allowed: Multiset): Omit<StreamVerdict, 'stream'> {
  const counts = { truth: 0, stored: 0, lost: 0, twice: 0, foreign: 0 };
  for (const hash of new Set([...Object.keys(truth), ...Object.keys(stored)])) {
    const [held = 0, kept = 0, most = 0] = [truth[hash], stored[hash], allowed[hash]];
    counts.truth += held;
    counts.stored += kept;
    counts.lost += Math.max(0, held - kept);
    counts[most === 0 ? 'foreign' : 'twice'] += Math.max(0, kept - most);
  }
  return counts;
}
