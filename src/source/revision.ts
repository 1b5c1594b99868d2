/**
 * Which commands a run makes. A run is replayed by whatever version of the code is there, and has to make the commands
 * that stand in its history. Each run carries the revision that it was started with; one that is continued as new goes
 * on with the latest. That costs no event of the history, as a patch marker would.
 *
 * 1: each search attribute is written by itself; a run that continues another one polls at once.
 * 2: search attributes that change together are written together, and only if they differ from what Temporal has; a run
 *    that continues another one keeps to its plan: the next poll, and the next attempt of what fails.
 */

export const REVISION = 2;

export interface Revised {
  /** Default 1: from before there were revisions, or started by hand. */
  readonly revision?: number;
}

export function isCurrent({ revision = 1 }: Revised): boolean {
  return revision >= REVISION;
}
