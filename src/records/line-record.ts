/** From a line of a batch file to what is stored of it. */

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

/** The document that a line stands for; every reading of the file gives it the same identity. */
export function recordOfLine(line: Line, origin: LineOrigin): MadeRecord {
  const { stream, metadata, path, occurrences } = origin;
  const { bytes, number, tooLong, isOpen = false } = line;
  const content = tooLong?.digest ?? contentDigest(bytes);
  const id = identityOf(metadata.sourceId, stream, content, occurrences.next(content));
  const text = textOf(bytes);
  return recordOfText(origin, {
    id,
    text,
    decoded: tooLong === undefined ? decodeText(text) : unfit(tooLong.bytes),
    place: `${path} line ${number}`,
    size: tooLong?.bytes ?? bytes.length,
    isPiece: tooLong !== undefined || isOpen,
  });
}

function unfit(bytes: number): Decoded {
  return { ok: false, reason: `a line of ${bytes} bytes is longer than a document can be` };
}
