/** Whether what a source says of itself is what the store shows. */

import { openProblems } from '../../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import type { SourceListing } from '../../../src/management/sources/source-listing.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';

export interface Evidence {
  readonly status: SourceStatus;
  /** The same source as the list shows it, from Temporal's index. */
  readonly listing: SourceListing | undefined;
  readonly openHealthEvents: number;
  /** Documents of the source in each stream's collection. */
  readonly stored: Readonly<Record<StreamName, number>>;
  /** Documents of the source in `quarantine`. */
  readonly quarantined: number;
  /** Documents of the source in `gaps`, and those among them that the run has made. */
  readonly gaps: number;
  readonly expectedGaps: number;
}

/** Collecting, with no error, nothing left to fetch, and no part at work or failing. */
export function isSettled({ state, health, snapshot }: SourceStatus): boolean {
  if (state !== 'Collecting' || health === 'Error' || snapshot === undefined || snapshot.problem !== undefined) {
    return false;
  }
  return snapshot.streams.every(({ phase, caughtUp, problem }) => phase === 'waiting' && caughtUp && !problem);
}

/** Sentences about what is not true; none when all is. */
export function untruths(evidence: Evidence): string[] {
  const { status, listing, stored, quarantined, gaps, expectedGaps, openHealthEvents } = evidence;
  const { snapshot } = status;
  if (snapshot === undefined) return [`there is no state: ${status.note}`];
  const wrong: string[] = [];
  const claim = (what: string, said: unknown, shown: unknown) => {
    if (said !== shown) wrong.push(`${what}: said ${said}, is ${shown}`);
  };
  for (const { stream, stored: said } of snapshot.streams) claim(`records of ${stream}`, said, stored[stream]);
  claim('records in all', snapshot.totals.stored, sum(Object.values(stored)));
  claim('quarantined', snapshot.totals.quarantined, quarantined);
  claim('gaps', sum(snapshot.streams.map((stream) => stream.gaps?.count ?? 0)), gaps);
  claim('gaps that nobody made', gaps - expectedGaps, 0);
  claim('state in the list', listing?.state, snapshot.state);
  claim('health in the list', listing?.health, snapshot.health);
  claim('open health events', openHealthEvents, openProblems(snapshot).length);
  claim('healthy', snapshot.health === 'Healthy', openProblems(snapshot).length === 0);
  return wrong;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}
