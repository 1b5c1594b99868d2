/**
 * Records that are written alike. Whoever reads an object can tell them apart only by their number in it, so an object that
 * holds one of them holds all that are stored.
 */

import type { RecordDocument, RecordId } from '../../domain/records/record.js';
import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import { contentDigest } from '../../records/identity.js';
import { receivedLine } from '../../records/received-line.js';
import type { Collections } from '../../store/collections.js';
import { recordsAtTimes } from '../../store/export-records.js';

/** Far more than there are at the times of one object, unless a rule hides the times of all. */
const MOST_LOOKED_AT = 50_000;

/** The ids of stored records that are written like one of these, and are not among them. */
export async function twinsOf(
  collections: Collections,
  sourceId: number,
  stream: StreamName,
  documents: ReadonlyMap<string, RecordDocument>,
): Promise<RecordId[]> {
  const definition = definitionOf(stream);
  if (definition.kind === 'windows' && definition.identity.by === 'id') return [];
  const times = new Map([...documents.values()].map(({ _messageTime }) => [_messageTime.getTime(), _messageTime]));
  const lines = new Set([...documents.values()].map((document) => contentDigest(receivedLine(document))));
  const twins: RecordId[] = [];
  const candidates = recordsAtTimes(collections, sourceId, stream, [...times.values()], MOST_LOOKED_AT);
  for await (const candidate of candidates) {
    if (documents.has(candidate._id.toString('hex'))) continue;
    if (lines.has(contentDigest(receivedLine(candidate)))) twins.push(candidate._id);
  }
  return twins;
}
