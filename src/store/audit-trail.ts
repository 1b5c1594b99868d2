/** Who changed what: written before the change and completed after it, so that no change is without a trace. */

import { type Collection, ObjectId } from 'mongodb';
import type { AuditDocument } from './collections.js';
import { type Page, type PageRequest, pageOf } from './paging.js';

export type AuditEntry = Omit<AuditDocument, '_id' | 'at' | 'outcome' | 'reason'>;
export type AuditMark = Partial<Omit<AuditDocument, '_id' | 'at' | 'actor' | 'action'>>;

/** Notes that a change is begun. @returns completes the note. */
export async function beginAudit(
  trail: Collection<AuditDocument>,
  entry: AuditEntry,
): Promise<(mark: AuditMark) => Promise<void>> {
  const _id = new ObjectId();
  await trail.insertOne({ _id, at: new Date(), ...entry, outcome: 'begun' });
  return async (mark) => {
    await trail.updateOne({ _id }, { $set: mark });
  };
}

export interface AuditFilter {
  readonly sourceId?: number | undefined;
  readonly collectorId?: number | undefined;
}

/** The newest first. @throws PageTokenError */
export function auditPage(
  trail: Collection<AuditDocument>,
  { sourceId, collectorId }: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditDocument>> {
  const filter = {
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(collectorId === undefined ? {} : { collectorId }),
  };
  return pageOf(trail, filter, 'at', request);
}
