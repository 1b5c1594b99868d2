/** What becomes of documents that name a person, by the collection that they are in. */

import { withoutAddresses } from '../../domain/erasure/person.js';
import { definitionOf, STREAMS } from '../../domain/streams/streams.js';
import { contentOf, deleteDocuments, type StoredDocument } from '../../store/all-documents.js';
import { maskEntries } from '../../store/audit-masking.js';
import type { AuditDocument } from '../../store/audit-trail.js';
import type { Collections } from '../../store/collections.js';
import { type Erasable, eraseDocuments, QUARANTINE } from '../../store/erased-records.js';
import { type QuarantineDocument, takeLinesOut } from '../../store/quarantine.js';
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
      const erasables = documents.map((document): Erasable => {
        const { _id: id, _sourceId: sourceId } = contentOf(document);
        return { id, sourceId, stream };
      });
      await eraseDocuments(collections, name, erasure, erasables);
      return documents.length;
    }
    case 'quarantine': {
      const entries = documents.map((document) => contentOf(document) as QuarantineDocument);
      // What is left of a file may be of others.
      const files = entries.filter(({ text }) => text.trimEnd().includes('\n'));
      const lines = entries.filter((entry) => !files.includes(entry));
      const erasables = lines.map(({ _id: id, sourceId, stream }) => ({ id, sourceId, stream }));
      await eraseDocuments(collections, name, erasure, erasables);
      for (const file of files)
        await takeLinesOut(collections, file, (line) => withoutAddresses(line, forms, MASK) !== line);
      return documents.length;
    }
    case 'about records':
      await deleteDocuments(collections, name, documents);
      return documents.length;
    case 'masked': {
      const entries = documents.map((document) => contentOf(document) as AuditDocument);
      return maskEntries(collections, erasure, entries, (text) => withoutAddresses(text, forms, MASK));
    }
    case 'left':
      return 0;
  }
}
