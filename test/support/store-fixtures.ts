import type { RecordDocument } from '../../src/domain/records/record.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { toDocument } from '../../src/records/document.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';

/** A document as the collector makes it of a record; equal records have equal identities. */
export function recordOf(
  record: Readonly<Record<string, unknown>>,
  sourceId = 1,
  stream: StreamName = 'receipt',
): RecordDocument {
  const metadata = { sourceId, source: 'mail', collector: 'cloud', fields: {}, siemForward: false };
  const id = identityOf(sourceId, stream, contentDigest(JSON.stringify(record)), 1);
  return toDocument(record, id, stream, metadata, new Date('2025-09-15T12:00:00Z'));
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
