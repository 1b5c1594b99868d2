/** Whether an error says that Temporal is away, and the words for it. */

import { ServiceError } from '@temporalio/client';

/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE. */
const AWAY_CODES: ReadonlySet<unknown> = new Set([4, 8, 14]);

export function isTemporalAway(error: unknown): boolean {
  const { code } = ((error instanceof ServiceError ? error.cause : error) ?? {}) as { readonly code?: unknown };
  return AWAY_CODES.has(code);
}

/** One line for people; `undefined` for every other error. */
export function temporalAwayText(error: unknown): string | undefined {
  if (!isTemporalAway(error)) return undefined;
  const { cause } = error as Error;
  const { message } = cause instanceof Error ? cause : (error as Error);
  return `Temporal does not answer in time (${message.split('\n')[0]})`;
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
