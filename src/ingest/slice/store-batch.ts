/** Stores a batch: the records, and in `quarantine` what could not be read as one or what MongoDB refuses to take. */

import type { QuarantinedRecord, RecordDocument } from '../../domain/records/record.js';
import {
  type AlterationCounts,
  addAlterations,
  countAlterations,
  NO_ALTERATIONS,
} from '../../domain/streams/alterations.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { isReceived, RECEIVED_KEY } from '../../records/received.js';
import { quarantine } from '../../store/quarantine.js';
import type { Inserted } from '../../store/records.js';
import { type Destination, insertWithIndicators } from './insert-with-indicators.js';

export interface StoredBatch {
  readonly inserted: Inserted;
  /** Of the records that are new, those that could not be stored exactly as received. */
  readonly altered: AlterationCounts;
  /** How many entries are new in `quarantine`. */
  readonly quarantined: number;
  /** The last of what went there, with its place; absent when nothing did. */
  readonly lastUnreadable?: QuarantinedRecord;
}

export async function storeBatch(
  to: Destination,
  sourceId: number,
  stream: StreamName,
  documents: readonly RecordDocument[],
  unreadable: readonly QuarantinedRecord[],
): Promise<StoredBatch> {
  const inserted = await insertWithIndicators(to, stream, documents);
  const refused = inserted.refused.flatMap(({ index, reason }) => refusedEntry(documents[index], reason));
  const entries = [...unreadable, ...refused];
  const quarantined = await quarantine(to.writer, sourceId, stream, entries);
  const last = entries.at(-1);
  const altered = alteredIn(documents, inserted);
  return {
    inserted,
    altered,
    quarantined,
    ...(last === undefined || quarantined === 0 ? {} : { lastUnreadable: last }),
  };
}

function alteredIn(documents: readonly RecordDocument[], { known, refused }: Inserted): AlterationCounts {
  const isRefused = (index: number) => refused.some((each) => each.index === index);
  return documents
    .flatMap(({ [RECEIVED_KEY]: received }, index) =>
      isReceived(received) && !known.has(index) && !isRefused(index) ? [countAlterations(received.changes)] : [],
    )
    .reduce(addAlterations, NO_ALTERATIONS);
}

function refusedEntry(document: RecordDocument | undefined, reason: string): QuarantinedRecord[] {
  if (document === undefined) return [];
  const text = JSON.stringify(document);
  return [{ id: document._id, reason, place: 'insert', text, size: Buffer.byteLength(text) }];
}
