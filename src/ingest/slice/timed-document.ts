/** A document with the time of its record as received, which a rule may have hidden in the document itself. */

import type { StoredRecord } from '../../records/document.js';
import type { ReceivedTime } from '../../records/record-of-text.js';
import type { RecordDocument } from '../../store/records.js';

export interface TimedDocument {
  readonly document: RecordDocument;
  /** For comparing only, never to be stored with it. */
  readonly time: Date;
}

/** A record that told no time is taken for one of the time of its receipt. */
export function timed(document: StoredRecord, time: ReceivedTime): TimedDocument {
  return { document, time: time ?? document._receiptTime };
}
