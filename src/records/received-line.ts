/**
 * A stored record as a line of JSON that gives an equal document when it is read again. The inverse of `decodeText` and
 * `toDocument`: every key of the record, in its order, and every digit of its numbers. Keys that collide with the metadata
 * come last.
 */

import { Binary, Decimal128, Long } from 'mongodb';
import { vendorRecordOf } from './document.js';
import { isReceived, RECEIVED_KEY } from './received.js';
import { MASKED_TEXT_KEY } from './ruled-record.js';

/** White space of a row that came over several lines; within the strings of JSON there is none. */
const LINE_ENDS = /[\r\n]/g;
const [LF, CR, SPACE] = [0x0a, 0x0d, 0x20];

/** @returns without the end of the line. */
export function receivedLine(document: Readonly<Record<string, unknown>>): Buffer {
  const { [RECEIVED_KEY]: received, [MASKED_TEXT_KEY]: maskedText } = document;
  if (isReceived(received)) {
    if (received.bytes instanceof Binary) return onOneLine(received.bytes.buffer);
    if (received.text !== undefined) return Buffer.from(received.text.replace(LINE_ENDS, ' '));
  }
  // A Mask has broken its JSON, so that only as a text it can be a part of some.
  if (maskedText !== undefined) return Buffer.from(jsonText({ [MASKED_TEXT_KEY]: maskedText }));
  return Buffer.from(jsonText(vendorRecordOf(document)));
}

function onOneLine(bytes: Uint8Array): Buffer {
  const line = Buffer.from(bytes);
  for (const [at, byte] of line.entries()) if (byte === LF || byte === CR) line[at] = SPACE;
  return line;
}

function jsonText(value: unknown): string {
  if (value instanceof Long || value instanceof Decimal128) return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`);
  return `{${members.join(',')}}`;
}
