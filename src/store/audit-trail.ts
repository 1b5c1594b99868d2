/**
 * Who changed what: written before the change and completed after it, so that no change is without a trace. Each entry is a part
 * of the chain.
 */

import { ObjectId } from 'mongodb';
import { present } from '../domain/present.js';
import type { AuditLink } from './audit-chain.js';
import { appendLink } from './audit-chain-end.js';
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
  /** Nothing was changed: somebody has searched, read or exported. */
  readonly isRead?: true;
  /** Its places in the chain: of its beginning, and of its completion. Absent in entries of earlier versions. */
  readonly links?: readonly AuditLink[];
}

const trail = collection<AuditDocument>('audit_trail');
export const AUDIT_INDEXES: Indexes = {
  audit_trail: [{ key: { at: -1 } }, { key: { sourceId: 1, at: -1 } }, { key: { collectorId: 1, at: -1 } }],
};

export type AuditEntry = Omit<AuditDocument, '_id' | 'at' | 'outcome' | 'reason' | 'isRead' | 'links'>;
export type AuditMark = Partial<Omit<AuditDocument, '_id' | 'at' | 'actor' | 'action' | 'links'>>;

/** Notes that a change is begun. @returns completes the note. */
export async function beginAudit(store: Store, entry: AuditEntry): Promise<(mark: AuditMark) => Promise<void>> {
  const begun = { at: new Date(), ...entry, outcome: 'begun' } as const;
  const { _id, link } = await insert(store, begun);
  return async (mark) => {
    const content = { ...begun, ...mark };
    await appendLink(store, {
      ...{ id: _id, content, before: link },
      write: (second) => trail(store).replaceOne({ _id }, { ...content, links: [link, second] }),
    });
  };
}

/** Notes what changes nothing, such as a search. */
export async function noteRead(store: Store, entry: AuditEntry): Promise<void> {
  await insert(store, { at: new Date(), ...entry, isRead: true, outcome: 'done' });
}

/** Notes what is done already. */
export async function noteDone(store: Store, entry: AuditEntry): Promise<void> {
  await insert(store, { at: new Date(), ...entry, outcome: 'done' });
}

async function insert(store: Store, content: Omit<AuditDocument, '_id' | 'links'>) {
  const _id = new ObjectId();
  const link = await appendLink(store, {
    ...{ id: _id, content },
    write: (first) => trail(store).insertOne({ _id, ...content, links: [first] }),
  });
  return { _id, link };
}

export interface AuditFilter {
  readonly sourceId?: number | undefined;
  readonly collectorId?: number | undefined;
  /** Leaves out who has searched for what. Default false. */
  readonly isWithoutReads?: boolean;
}

/** The deletion of a source is noted before it is carried out, and its number is never given again. */
export async function isDeletionRecorded(store: Store, sourceId: number): Promise<boolean> {
  const noted = { sourceId, action: 'source.delete', outcome: { $in: ['begun', 'done'] as const } };
  return (await trail(store).findOne(noted, { projection: { _id: true } })) !== null;
}

/** The newest first. @throws PageTokenError */
export function auditPage(
  store: Store,
  { sourceId, collectorId, isWithoutReads = false }: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditDocument>> {
  const filter = {
    ...present({ sourceId, collectorId }),
    ...(isWithoutReads ? { isRead: { $exists: false } } : {}),
  };
  return pageOf(trail(store), filter, 'at', request);
}
