/** From a line of a batch file to what is stored of it. */

import { notARecord } from '../domain/streams/record-shape.js';
import { maskForKeeping, maskPieceForKeeping } from '../rules/apply.js';
import { type Decoded, decodeText, textOf } from './decode.js';
import { contentDigest, identityOf } from './identity.js';
import type { Line } from './lines.js';
import type { Occurrences } from './occurrences.js';
import { type MadeRecord, type RecordMaker, recordOfText } from './record-of-text.js';

/** What all lines of one reading of a file have in common. */
export interface LineOrigin extends RecordMaker {
  /** Path of the file. */
  readonly path: string;
  /** Of this file, to be given its lines in their order. */
  readonly occurrences: Occurrences;
}

export type LineRecord = MadeRecord & {
  /** Why the line does not look like a record of the stream; absent when it does, and when it is too long to say. */
  readonly stranger?: string;
};

/** The document that a line stands for; every reading of the file gives it the same identity. */
export function recordOfLine(line: Line, origin: LineOrigin): LineRecord {
  const { stream, metadata, path, occurrences } = origin;
  const { bytes, number, tooLong, isOpen = false } = line;
  const content = tooLong?.digest ?? contentDigest(bytes);
  const id = identityOf(metadata.sourceId, stream, content, occurrences.next(content));
  const { text, isUtf8 } = textOf(bytes);
  const decoded = tooLong === undefined ? decodeText(text) : unfit(tooLong.bytes);
  const made = recordOfText(origin, {
    id,
    text,
    decoded,
    ...(isUtf8 || tooLong !== undefined ? {} : { bytes }),
    place: `${path} line ${number}`,
    size: tooLong?.bytes ?? bytes.length,
    isPiece: tooLong !== undefined || isOpen,
  });
  const stranger = tooLong === undefined ? strangerReason(origin, decoded, made) : undefined;
  return stranger === undefined ? made : { ...made, stranger };
}

function strangerReason({ stream }: LineOrigin, decoded: Decoded, made: MadeRecord): string | undefined {
  if (decoded.ok) return notARecord(stream, decoded.record);
  const reason = notARecord(stream, decoded.value);
  if (reason === undefined) return undefined;
  // The words of the JSON parser quote the line; those of `made` hide what a rule hides.
  return made.kind === 'unreadable' ? made.unreadable.reason : reason;
}

/** The text of a line that is kept although it is not a record, without what a rule hides. */
export function keptText({ bytes }: Line, { rules }: LineOrigin): string {
  const { text } = textOf(bytes);
  const decoded = decodeText(text);
  const isJson = decoded.ok || decoded.value !== undefined;
  return isJson ? maskForKeeping(rules, text) : maskPieceForKeeping(rules, text);
}

function unfit(bytes: number): Decoded {
  return { ok: false, reason: `a line of ${bytes} bytes is longer than a document can be` };
}
