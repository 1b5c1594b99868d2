/** Notes who does what, around each change. */

import { type AuditEntry, type AuditMark, beginAudit } from '../store/audit-trail.js';
import type { Collections } from '../store/collections.js';
import { storeErrorFactsOf } from '../store/mongo-error.js';

/** Who acts when nobody says so. */
export const CLI_ACTOR = 'cli';
/** Who finishes what others have left. */
export const RECONCILER_ACTOR = 'reconciler';

export interface Audited<T> {
  readonly result: T;
  /** What is known only after the change, such as the id of what was made, or that nothing was changed. */
  readonly mark?: AuditMark;
}

/**
 * Makes a change with a note before and after it.
 *
 * @throws what the change throws, and what the store throws when it cannot take the note: then nothing is changed.
 */
export async function audited<T>(
  collections: Collections,
  entry: AuditEntry,
  change: () => Promise<Audited<T>>,
): Promise<T> {
  const complete = await beginAudit(collections, entry);
  const close = (mark: AuditMark) => complete(mark).catch(ignored);
  try {
    const { result, mark } = await change();
    await close({ outcome: 'done', ...mark });
    return result;
  } catch (error) {
    await close({ outcome: 'failed', reason: messageOf(error) });
    throw error;
  }
}

/** What a deletion is noted with when another one was first. */
export const DONE_BY_ANOTHER: AuditMark = {
  outcome: 'failed',
  reason: 'It had already been deleted by a simultaneous request',
};

/** A change that is made must not look as if it was not, only because its note cannot be completed: that stays `begun`. */
function ignored(): undefined {
  return undefined;
}

/** The same for a signal, which can do without the store: while that is away there is no note. */
export async function auditedIfPossible<T>(
  collections: Collections,
  entry: AuditEntry,
  change: () => Promise<T>,
): Promise<T> {
  const complete = await beginAudit(collections, entry).catch((error: unknown) => {
    if (storeErrorFactsOf(error) === undefined) throw error;
    return undefined;
  });
  try {
    const result = await change();
    await complete?.({ outcome: 'done' }).catch(ignored);
    return result;
  } catch (error) {
    await complete?.({ outcome: 'failed', reason: messageOf(error) }).catch(ignored);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
