/** A row of the failure table. */

import type { ErrorFacts, ErrorOrigin, FailureType } from './failure.js';

export interface FailureRow {
  /** What came back, for the documentation. */
  readonly what: string;
  readonly when: (facts: ErrorFacts) => boolean;
  readonly type: FailureType;
  readonly retry: boolean;
  /** See `Failure`. */
  readonly againEveryMs?: number;
  readonly severity?: 'warning';
  /** Sentence for people; default the other side's own message with its place and status. */
  readonly say?: (facts: ErrorFacts) => string;
  readonly advice: string;
}

/** Facts of an origin, with one of the statuses where there are any. */
export const of = (origin: ErrorOrigin, ...statuses: readonly number[]) => {
  return (t: ErrorFacts) => t.origin === origin && (statuses.length === 0 || statuses.includes(t.status ?? 0));
};
