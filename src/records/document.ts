/** A record as it is stored: every key as Mimecast sent it, and the metadata of its source. */

import { METADATA_KEYS } from '../domain/records/metadata-keys.js';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import { definitionOf, type StreamName } from '../domain/streams/streams.js';
import type { VendorRecord } from './decode.js';
import { messageTime } from './message-time.js';

/** What a source puts on each of its records. */
export interface RecordMetadata {
  readonly sourceId: number;
  readonly source: string;
  readonly collector: string;
  readonly sourceCategory?: string;
  /** The source's fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** *Forward to SIEM*: adds the `_siem…` keys. */
  readonly siemForward: boolean;
}

/** @param time of the record; default what it says itself. */
export function toDocument(
  record: VendorRecord,
  id: RecordId,
  stream: StreamName,
  metadata: RecordMetadata,
  receiptTime: Date,
  time = messageTime(stream, record, receiptTime),
): RecordDocument {
  // A spread defines keys, so that even one named __proto__ stays an ordinary key. It keeps the shape of the object, which
  // `Object.fromEntries` does not: that took four times as long, and BSON was slower to walk what it made.
  return {
    _id: id,
    ...(hasReserved(record) ? withoutReserved(record) : record),
    _sourceId: metadata.sourceId,
    _source: metadata.source,
    _collector: metadata.collector,
    ...(metadata.sourceCategory === undefined ? {} : { _sourceCategory: metadata.sourceCategory }),
    _dataType: stream,
    _messageTime: time,
    _receiptTime: receiptTime,
    _fields: metadata.fields,
    ...(metadata.siemForward ? siemKeys(stream) : {}),
  };
}

function hasReserved(record: VendorRecord): boolean {
  for (const key in record) if (METADATA_KEYS.has(key)) return true;
  return false;
}

/** Keys of a record that would collide with the metadata are kept under `_vendor`. */
function withoutReserved(record: VendorRecord): VendorRecord {
  const entries = Object.entries(record);
  return Object.fromEntries([
    ...entries.filter(([key]) => !METADATA_KEYS.has(key)),
    ['_vendor', Object.fromEntries(entries.filter(([key]) => METADATA_KEYS.has(key)))],
  ]);
}

/** Inverse of `toDocument`: the record as Mimecast sent it. */
export function vendorRecordOf(document: Readonly<Record<string, unknown>>): VendorRecord {
  const own = Object.entries(document).filter(([key]) => !METADATA_KEYS.has(key));
  const { _vendor: colliding } = document;
  return Object.fromEntries([
    ...own,
    ...Object.entries(typeof colliding === 'object' && colliding !== null ? colliding : {}),
  ]);
}

/** The metadata that Sumo Logic sets for *Forward to SIEM*. */
function siemKeys(stream: StreamName): VendorRecord {
  return {
    _siemForward: true,
    _siemVendor: 'Mimecast',
    _siemProduct: 'Mimecast',
    _siemFormat: 'JSON',
    _siemEventID: definitionOf(stream).siemEventId,
  };
}
