/** The records that are detections, as they are stored. */

import type { Document } from 'mongodb';
import type { DetectionPart } from '../../domain/detections/rule.js';
import type { RecordDocument } from '../../domain/records/record.js';
import { definitionOf } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { type Followed, type FollowRequest, followInserts, type Inserted } from '../follow-inserts.js';
import { streamIn } from '../records.js';
import { alternativesOf, type DetectionRange, inRange } from './detection-conditions.js';
import type { FoundRecord } from './detection-records.js';

/** @throws PageTokenError, FollowTokenLostError, and what MongoDB throws */
export function followDetections(
  store: Store,
  parts: readonly DetectionPart[],
  { token, signal, ...range }: DetectionRange & FollowRequest,
): AsyncGenerator<Followed<FoundRecord>, void, undefined> {
  const wanted = parts.map((part) => ({
    'ns.coll': definitionOf(part.stream).collection,
    $or: alternativesOf(part).map(ofChange),
  }));
  // Without any part nothing is wanted, which an empty list cannot say.
  const which = { ...ofChange(inRange(range)), ...(wanted.length === 0 ? { 'ns.coll': '' } : { $or: wanted }) };
  return followInserts(store, which, foundIn, { token, signal });
}

function foundIn({ collection, document: record }: Inserted<RecordDocument>): FoundRecord {
  return { stream: streamIn(collection), record };
}

/** The same conditions, where a change holds the record. */
function ofChange(condition: Document): Document {
  return Object.fromEntries(
    Object.entries(condition).map(([key, value]) =>
      key.startsWith('$') ? [key, (value as Document[]).map(ofChange)] : [`fullDocument.${key}`, value],
    ),
  );
}
