/** Notes who does what, around each change. */

import { type AuditEntry, type AuditMark, beginAudit } from '../store/audit-trail.js';
import type { Collections } from '../store/collections.js';
import { storeTroubleOf } from '../store/mongo-trouble.js';

/** Who acts when nobody says so. */
export const CLI_ACTOR = 'cli';

export interface Audited<T> {
  readonly result: T;
  /** What is known only after the change, such as the id of what was made. */
  readonly mark?: AuditMark;
}

/**
 * Makes a change with a note before and after it.
 *
 * @throws what the change throws, and what the store throws when it cannot take the note: then nothing is changed.
 */
export async function audited<T>(
  { auditTrail }: Collections,
  entry: AuditEntry,
  change: () => Promise<Audited<T>>,
): Promise<T> {
  const complete = await beginAudit(auditTrail, entry);
  try {
    const { result, mark } = await change();
    await complete({ ...mark, outcome: 'done' });
    return result;
  } catch (error) {
    await complete({ outcome: 'failed', reason: messageOf(error) }).catch(() => undefined);
    throw error;
  }
}

/** The same for a signal, which can do without the store: while that is away there is no note. */
export async function auditedIfPossible<T>(
  collections: Collections,
  entry: AuditEntry,
  change: () => Promise<T>,
): Promise<T> {
  const trail = collections.auditTrail;
  const complete = await beginAudit(trail, entry).catch((error: unknown) => {
    if (storeTroubleOf(error) === undefined) throw error;
    return undefined;
  });
  try {
    const result = await change();
    await complete?.({ outcome: 'done' }).catch(() => undefined);
    return result;
  } catch (error) {
    await complete?.({ outcome: 'failed', reason: messageOf(error) }).catch(() => undefined);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
