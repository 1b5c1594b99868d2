/** The indexes by which detections are found. */

import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import type { Indexes } from '../driver.js';

/** Newest first, and ties by id. Every index ends in these two, so that pages come in order without sorting. */
export const NEWEST = { _messageTime: -1, _id: -1 } as const;

const nameOf = (stream: StreamName) => definitionOf(stream).collection;

/** Of the records that one test selects only; servers before 5.0 need another key for each such index. */
const ofSome = (field: string, selected: unknown) =>
  [{ ...NEWEST }, { _sourceId: 1, ...NEWEST }].map((key) => ({
    key: { ...key, [field]: 1 },
    partialFilterExpression: { [field]: selected },
  }));

/**
 * Where every record is a detection, the index by time that all records have will do. Where few are, one holds those only;
 * and one more for the kinds of a stream that are much rarer than its others.
 */
export const DETECTION_INDEXES: Indexes = {
  [nameOf('receipt')]: [...ofSome('virusFound', { $gt: '' }), ...ofSome('rejectionType', 'Virus Signature Detection')],
  [nameOf('impersonation protect')]: ofSome('taggedMalicious', 'true'),
  [nameOf('url protect')]: [{ key: { action: 1, ...NEWEST } }, { key: { _sourceId: 1, action: 1, ...NEWEST } }],
  [nameOf('ttp url')]: [
    ...ofSome('scanResult', 'malicious'),
    { key: { action: 1, ...NEWEST }, partialFilterExpression: { scanResult: 'malicious' } },
  ],
};
