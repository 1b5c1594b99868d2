/** From the rows of a page to what is stored of them. */

import { isObject, type JsonObject, jsonOf } from '../../domain/json.js';
import {
  type QuarantinedRecord,
  type ReceivedTime,
  type RecordId,
  type TimedDocument,
  timed,
} from '../../domain/records/record.js';
import { notARecord } from '../../domain/streams/record-shape.js';
import { addRuleCounts, NO_RULE_COUNTS } from '../../domain/streams/rule-counts.js';
import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import type { JsonPart } from '../../mimecast/json-part.js';
import { type Decoded, decodeParsed } from '../../records/decode.js';
import { contentDigest, identityOf, identityOfId, identityOfStableId } from '../../records/identity.js';
import { meantTime, ownTime } from '../../records/message-time.js';
import { recordOfText } from '../../records/record-of-text.js';
import type { RowNumbers } from '../../records/row-numbers.js';
import { stableIdOf } from '../../records/sealed-id.js';
import type { ReadBatch } from '../slice/record-batch.js';
import type { LoadedSource } from '../source/source-reader.js';

export interface ReadRows extends ReadBatch {
  /** Of all entries, those included that the processing rules keep out. */
  readonly listed: readonly RecordId[];
  /** Of the entries whose identity an earlier version derived otherwise. */
  readonly renamed: readonly RenamedRow[];
}

/** A row that earlier versions named by its whole id. */
export interface RenamedRow {
  readonly id: RecordId;
  readonly formerId: RecordId;
  readonly stableId: string;
  /** Of the record, as far as it tells one. */
  readonly time: ReceivedTime;
}

/** What of a source decides what becomes of its rows. */
export interface RowsSource extends Pick<LoadedSource, 'metadata' | 'rules' | 'matches'> {
  readonly settings: Pick<LoadedSource['settings'], 'sourceId'>;
}

export interface RowOrigin {
  /** For people. */
  readonly place: string;
  /** Of this window, to be given its rows in their order. */
  readonly numbers: RowNumbers;
  /** Rows up to this time were counted by `ruled` before; undefined: none was. */
  readonly countRulesAfter: Date | undefined;
}

/** Rules and documents go by the text of each row as received; its identity does not, see `identityOfRow`. */
export function readRows(
  { settings, metadata, rules, matches }: RowsSource,
  stream: RecordStream,
  rows: readonly JsonPart[],
  { place, numbers, countRulesAfter }: RowOrigin,
): ReadRows {
  const maker = { stream, metadata, rules, matches, receiptTime: new Date() };
  const records: TimedDocument[] = [];
  const unreadable: QuarantinedRecord[] = [];
  const listed: RecordId[] = [];
  const renamed: RenamedRow[] = [];
  let ruled = NO_RULE_COUNTS;
  for (const row of rows) {
    const { value, text, bytes } = row;
    const decoded = decodeParsed(value, text);
    const parsed = decoded.ok && isObject(value) ? value : {};
    const identity = identityOfRow(settings.sourceId, stream, row, parsed, numbers);
    const { id } = identity;
    listed.push(id);
    const received = { text, place, size: bytes?.length ?? Buffer.byteLength(text), ...(bytes && { bytes }) };
    const made = recordOfText(maker, { id, decoded: recordOrNone(stream, value, decoded), ...received });
    if (identity.stableId !== undefined)
      renamed.push({ ...identity, time: meantTime(stream, parsed, maker.receiptTime) });
    if (made.kind === 'document') records.push(timed(made.document, made.time));
    if (made.kind === 'unreadable') unreadable.push(made.unreadable);
    if (made.ruled !== NO_RULE_COUNTS && isNew(stream, parsed, countRulesAfter))
      ruled = addRuleCounts(ruled, made.ruled);
  }
  return { records, unreadable, listed, renamed, ruled };
}

/** An entry beside real records that has no field of theirs is kept, but not as one of them. */
function recordOrNone(stream: RecordStream, value: unknown, decoded: Decoded): Decoded {
  const stranger = decoded.ok ? notARecord(stream, value) : undefined;
  return stranger === undefined ? decoded : { ok: false, reason: `not a record of ${stream}: ${stranger}` };
}

/** Windows reach back into the one before; what was counted there is not counted again. */
function isNew(stream: RecordStream, record: JsonObject, after: Date | undefined): boolean {
  const time = ownTime(stream, record);
  return after === undefined || time === undefined || time > after;
}

type RowIdentity =
  | { readonly id: RecordId; readonly stableId?: never }
  | Pick<RenamedRow, 'id' | 'formerId' | 'stableId'>;

/**
 * By the row's own id, of which the parts count that stay the same, or by its content, whatever white space and escapes it
 * comes with: see `IdentityRule`.
 *
 * @param parsed the row as `JSON.parse` has it, its numbers included; empty for what is no record.
 */
function identityOfRow(
  sourceId: number,
  stream: RecordStream,
  row: JsonPart,
  parsed: JsonObject,
  numbers: RowNumbers,
): RowIdentity {
  const { id } = parsed;
  const { identity } = definitionOf(stream);
  const time = ownTime(stream, parsed);
  if (identity.by === 'id' && typeof id === 'string' && id !== '') {
    const formerId = identityOfId(sourceId, stream, id);
    const stableId = stableIdOf(identity, id, time);
    if (stableId === undefined) return { id: formerId };
    return { id: identityOfStableId(sourceId, stream, stableId), formerId, stableId };
  }
  const content = contentDigest(compact(row));
  return { id: identityOf(sourceId, stream, content, numbers.next(content, time)) };
}

/** As received where the row is nested too deep for `JSON.stringify`. */
function compact({ value, text }: JsonPart): string {
  return jsonOf(value) ?? text;
}
