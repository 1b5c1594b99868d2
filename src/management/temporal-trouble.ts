/** Whether an error says that Temporal is away, freed from the client's types. */

import { ServiceError } from '@temporalio/client';

/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE. */
const AWAY_CODES: ReadonlySet<unknown> = new Set([4, 8, 14]);

export function isTemporalAway(error: unknown): boolean {
  const { code } = ((error instanceof ServiceError ? error.cause : error) ?? {}) as { readonly code?: unknown };
  return AWAY_CODES.has(code);
}

/**
 * A step that a crash may skip as well, since the reconciler makes up for it: while Temporal is away it is skipped.
 *
 * @returns whether it was made.
 */
export async function unlessTemporalIsAway(step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!isTemporalAway(error)) throw error;
    return false;
  }
}
