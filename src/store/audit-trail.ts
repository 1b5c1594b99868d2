/** Who changed what: written before the change and completed after it, so that no change is without a trace. */

import { ObjectId } from 'mongodb';
import { present } from '../domain/present.js';
import { collection, type Indexes, type Store } from './driver.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';

export interface AuditDocument {
  readonly _id: ObjectId;
  readonly at: Date;
  /** Access ID of a key, or `cli`. */
  readonly actor: string;
  /** Such as `source.update`. */
  readonly action: string;
  readonly collectorId?: number;
  readonly sourceId?: number;
  /** Name of what was changed. */
  readonly name?: string;
  /** What was configured before; secrets masked. */
  readonly from?: unknown;
  readonly to?: unknown;
  /** `begun` stays only when the program died in between: then the change may have been made or not. */
  readonly outcome: 'begun' | 'done' | 'failed';
  /** Why it failed. */
  readonly reason?: string;
}

const trail = collection<AuditDocument>('audit_trail');
export const AUDIT_INDEXES: Indexes = {
  audit_trail: [{ key: { at: -1 } }, { key: { sourceId: 1, at: -1 } }, { key: { collectorId: 1, at: -1 } }],
};

export type AuditEntry = Omit<AuditDocument, '_id' | 'at' | 'outcome' | 'reason'>;
export type AuditMark = Partial<Omit<AuditDocument, '_id' | 'at' | 'actor' | 'action'>>;

/** Notes that a change is begun. @returns completes the note. */
export async function beginAudit(store: Store, entry: AuditEntry): Promise<(mark: AuditMark) => Promise<void>> {
  const _id = new ObjectId();
  await trail(store).insertOne({ _id, at: new Date(), ...entry, outcome: 'begun' });
  return async (mark) => {
    await trail(store).updateOne({ _id }, { $set: mark });
  };
}

export interface AuditFilter {
  readonly sourceId?: number | undefined;
  readonly collectorId?: number | undefined;
}

/** The deletion of a source is noted before it is carried out, and its number is never given again. */
export async function isDeletionRecorded(store: Store, sourceId: number): Promise<boolean> {
  const noted = { sourceId, action: 'source.delete', outcome: { $in: ['begun', 'done'] as const } };
  return (await trail(store).findOne(noted, { projection: { _id: true } })) !== null;
}

/** The newest first. @throws PageTokenError */
export function auditPage(
  store: Store,
  { sourceId, collectorId }: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditDocument>> {
  const filter = {
    ...present({ sourceId, collectorId }),
  };
  return pageOf(trail(store), filter, 'at', request);
}
