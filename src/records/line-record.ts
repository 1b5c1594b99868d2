/** From a line of a batch file to what is stored of it. */

import type { Binary } from 'mongodb';
import type { StreamName } from '../source/streams.js';
import { type Decoded, decodeLine, textOf } from './decode.js';
import { type RecordMetadata, type StoredRecord, toDocument } from './document.js';
import { contentDigest, identityOf } from './identity.js';
import type { Line } from './lines.js';
import type { Occurrences } from './occurrences.js';

/** What all lines of one reading of a file have in common. */
export interface LineOrigin {
  readonly stream: StreamName;
  readonly metadata: RecordMetadata;
  /** Path of the file. */
  readonly path: string;
  readonly receiptTime: Date;
  /** Of this file, to be given its lines in their order. */
  readonly occurrences: Occurrences;
}

/** A line that is no record, for quarantine. */
export interface UnreadableLine {
  readonly id: Binary;
  readonly reason: string;
  readonly place: string;
  readonly text: string;
  /** Whole length in bytes. */
  readonly size: number;
}

export type LineRecord =
  | { readonly document: StoredRecord; readonly unreadable?: never }
  | { readonly document?: never; readonly unreadable: UnreadableLine };

/** The document that a line stands for; every reading of the file gives it the same identity. */
export function recordOfLine(line: Line, origin: LineOrigin): LineRecord {
  const { stream, metadata, path, receiptTime, occurrences } = origin;
  const content = line.tooLong?.digest ?? contentDigest(line.bytes);
  const id = identityOf(metadata.sourceId, stream, content, occurrences.next(content));
  const decoded = line.tooLong === undefined ? decodeLine(line.bytes) : tooLong(line.tooLong.bytes);
  if (decoded.ok) return { document: toDocument(decoded.record, id, stream, metadata, receiptTime) };
  const size = line.tooLong?.bytes ?? line.bytes.length;
  const text = textOf(line.bytes);
  return { unreadable: { id, reason: decoded.reason, place: `${path} line ${line.number}`, text, size } };
}

function tooLong(bytes: number): Decoded {
  return { ok: false, reason: `a line of ${bytes} bytes is longer than a document can be` };
}
