/** The indexes by which detections are found. */

import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import type { Indexes } from '../driver.js';
import { ORDER } from '../record-indexes.js';

const nameOf = (stream: StreamName) => definitionOf(stream).collection;

/** Of the records that one test selects only; servers before 5.0 need another key for each such index. */
const ofSome = (field: string, selected: unknown) =>
  [{ ...ORDER }, { _sourceId: 1, ...ORDER }].map((key) => ({
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
  [nameOf('url protect')]: [{ key: { action: 1, ...ORDER } }, { key: { _sourceId: 1, action: 1, ...ORDER } }],
  [nameOf('ttp url')]: [
    ...ofSome('scanResult', 'malicious'),
    { key: { action: 1, ...ORDER }, partialFilterExpression: { scanResult: 'malicious' } },
  ],
};
