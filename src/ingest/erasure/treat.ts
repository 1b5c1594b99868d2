/** What becomes of documents that name a person, by the collection that they are in. */

import { withoutAddresses } from '../../domain/erasure/person.js';
import type { RecordDocument } from '../../domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../../domain/streams/streams.js';
import { identityOfStableId } from '../../records/identity.js';
import { stableIdOf } from '../../records/sealed-id.js';
import { deleteDocuments, type StoredDocument } from '../../store/all-documents.js';
import { maskEntries } from '../../store/audit-masking.js';
import type { AuditDocument } from '../../store/audit-trail.js';
import type { Collections } from '../../store/collections.js';
import { type Erasable, eraseRecords, QUARANTINE } from '../../store/erased-records.js';
import { maskQuarantined, type QuarantineDocument } from '../../store/quarantine.js';
import { streamIn } from '../../store/records.js';

/** Of a whole collection. */
export type Treatment = 'records' | 'quarantine' | 'about records' | 'masked' | 'left';

/** Words in place of an address. */
const MASK = '[erased]';

const RECORDS: ReadonlySet<string> = new Set(STREAMS.map((stream) => definitionOf(stream).collection));

export function treatmentOf(name: string): Treatment {
  if (RECORDS.has(name)) return 'records';
  if (name === QUARANTINE) return 'quarantine';
  if (name === 'watchlist_hits' || name === 'missing_records') return 'about records';
  return name === 'audit_trail' ? 'masked' : 'left';
}

function erasableOf(stream: StreamName, document: Readonly<Record<string, unknown>>): Erasable {
  const { _id, _sourceId: sourceId, _messageTime: time, id } = document as RecordDocument;
  const erasable = { id: _id, sourceId: Number(sourceId), stream };
  const definition = definitionOf(stream);
  if (definition.kind !== 'windows' || definition.identity.by === 'content' || typeof id !== 'string') return erasable;
  // One that an earlier version stored comes back under the identity that it has today.
  const stableId = stableIdOf(definition.identity, id, time);
  return stableId === undefined
    ? erasable
    : { ...erasable, today: identityOfStableId(erasable.sourceId, stream, stableId) };
}

/** When a document came, by the collection that it is in; what people do is meant whenever they do it. */
const CAME: Readonly<Partial<Record<Treatment, string>>> = {
  records: '_receiptTime',
  quarantine: 'at',
  'about records': 'foundAt',
};

/** Whether a document came after a time: people go on writing to each other. */
export function isLater(name: string, content: Readonly<Record<string, unknown>>, until: Date | undefined): boolean {
  const came = content[CAME[treatmentOf(name)] ?? ''];
  return until !== undefined && came instanceof Date && came > until;
}

export interface Person {
  readonly erasure: number;
  readonly forms: readonly string[];
  /** When the erasure was confirmed. */
  readonly until: Date | undefined;
}

/** @returns how many were erased, or masked. */
export async function treat(
  collections: Collections,
  { erasure, forms }: Person,
  name: string,
  documents: readonly StoredDocument[],
): Promise<number> {
  if (documents.length === 0) return 0;
  switch (treatmentOf(name)) {
    case 'records': {
      const stream = streamIn(name);
      const erasables = documents.map(({ content }) => erasableOf(stream, content));
      await eraseRecords(collections, name, erasure, erasables);
      return documents.length;
    }
    case 'quarantine': {
      const mask = (text: string) => withoutAddresses(text, forms, MASK);
      for (const { content } of documents) await maskQuarantined(collections, content as QuarantineDocument, mask);
      return documents.length;
    }
    case 'about records':
      await deleteDocuments(collections, name, documents);
      return documents.length;
    case 'masked': {
      const entries = documents.map(({ content }) => content as AuditDocument);
      return maskEntries(collections, erasure, entries, (text) => withoutAddresses(text, forms, MASK));
    }
    case 'left':
      return 0;
  }
}
