/**
 * The stages of a record: as received, and then either as a document or quarantined. Defined here once, for those who read
 * records, those who store them and those who compare them.
 */

/** A record's identity: 16 bytes, the same whenever it is read. A `Binary` of MongoDB's driver, which the domain does not know. */
export interface RecordId {
  readonly buffer: Uint8Array;
  toString(encoding: 'hex'): string;
}

/** A record as received: its bytes, where they come from, and its identity. */
export interface ReceivedRecord {
  readonly id: RecordId;
  readonly text: string;
  /** What the text was read from, where that is not UTF-8. */
  readonly bytes?: Uint8Array;
  /** File and line, or window and page. */
  readonly place: string;
  /** Whole length in bytes. */
  readonly size: number;
}

/** A record as it is stored: every key as Mimecast sent it, and the metadata of its source. */
export interface RecordDocument {
  readonly _id: RecordId;
  readonly _sourceId: number;
  readonly _messageTime: Date;
  readonly _receiptTime: Date;
  readonly [key: string]: unknown;
}

/** What could not be read as a record. Its text, bytes and reason hold nothing that a rule hides. */
export interface QuarantinedRecord extends ReceivedRecord {
  readonly reason: string;
}

/**
 * The time that a record told when it was received; undefined when it told none that can be meant. It is for code that has to
 * know which records lie in a range, and stands beside the document, never in it: a rule may have hidden it there.
 */
export type ReceivedTime = Date | undefined;

/** A document with the time of its record as received. */
export interface TimedDocument {
  readonly document: RecordDocument;
  /** For comparing only, never to be stored with it. */
  readonly time: Date;
}

/** A record that told no time is taken for one of the time of its receipt. */
export function timed(document: RecordDocument, time: ReceivedTime): TimedDocument {
  return { document, time: time ?? document._receiptTime };
}
