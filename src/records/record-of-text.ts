/** From the text of a record to what is stored of it: rules first, then metadata. */

import type { QuarantinedRecord, ReceivedRecord, ReceivedTime, RecordDocument } from '../domain/records/record.js';
import { NO_RULE_COUNTS, type RuleCounts } from '../domain/streams/rule-counts.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Rule, Rules } from '../rules/compile.js';
import type { MatchCounts } from '../rules/match-counts.js';
import type { Decoded } from './decode.js';
import { type RecordMetadata, toDocument } from './document.js';
import { isTimeShown, meantTime } from './message-time.js';
import { RECEIVED_KEY, receivedOf } from './received.js';
import { MASKED_TEXT_KEY, type RuledRecord, ruledRecord } from './ruled-record.js';

/** What a source does to each of its records. */
export interface RecordMaker {
  readonly stream: StreamName;
  readonly metadata: RecordMetadata;
  readonly rules: Rules;
  /** To be told which rules match. */
  readonly matches?: MatchCounts | undefined;
  readonly receiptTime: Date;
}

/** A record as received, and what its text says. */
export interface DecodedRecord extends ReceivedRecord {
  readonly decoded: Decoded;
  /** Whether the text may be only the beginning of one. Default false. */
  readonly isPiece?: boolean;
}

export type MadeRecord = { readonly ruled: RuleCounts } & (
  | { readonly kind: 'document'; readonly document: RecordDocument; readonly time: ReceivedTime }
  | { readonly kind: 'unreadable'; readonly unreadable: QuarantinedRecord }
  | { readonly kind: 'excluded'; readonly time: ReceivedTime }
);

export function recordOfText(
  { stream, metadata, rules, matches, receiptTime }: RecordMaker,
  { id, text, decoded, bytes, place, size, isPiece = false }: DecodedRecord,
): MadeRecord {
  const isAskedFor = matches && ((rule: Rule) => !matches.has(rule));
  const record = ruledRecord(rules, text, decoded, { isPiece, isAskedFor });
  if (record.outcome !== 'unreadable') matches?.count(record.matched);
  const ruled = countsOf(record);
  const time = decoded.ok ? meantTime(stream, decoded.record, receiptTime) : undefined;
  if (record.outcome === 'excluded') return { kind: 'excluded', ruled, time };
  if (record.outcome === 'unreadable') {
    const { reason, text: masked } = record;
    const kept = bytes === undefined || rules.changes.length > 0 ? {} : { bytes };
    const shownReason = bytes === undefined ? reason : `${reason}; it has bytes that are not UTF-8`;
    return { kind: 'unreadable', ruled, unreadable: { id, reason: shownReason, place, text: masked, size, ...kept } };
  }
  const messageTime = time !== undefined && showsTime(stream, record, decoded, time, receiptTime) ? time : receiptTime;
  const document = toDocument(record.record, id, stream, metadata, receiptTime, messageTime);
  const { maskedText } = record;
  const masked = maskedText === undefined ? {} : { [MASKED_TEXT_KEY]: maskedText };
  const received = receivedOf(record, bytes, rules);
  if (received === undefined && maskedText === undefined) return { kind: 'document', ruled, time, document };
  const beside = received === undefined ? {} : { [RECEIVED_KEY]: received };
  return { kind: 'document', ruled, time, document: { ...document, ...masked, ...beside } };
}

/** Whether what is stored of a record still tells its time, so that `_messageTime` gives away nothing by telling it too. */
function showsTime(
  stream: StreamName,
  { record, maskedText }: Kept,
  decoded: Decoded,
  time: Date,
  receiptTime: Date,
): boolean {
  if (maskedText !== undefined) return isTimeShown(maskedText, time);
  if (decoded.ok && decoded.record === record) return true;
  return meantTime(stream, record, receiptTime)?.getTime() === time.getTime();
}

type Kept = Extract<RuledRecord, { outcome: 'kept' }>;

function countsOf(record: RuledRecord): RuleCounts {
  if (record.outcome === 'excluded') return { ...NO_RULE_COUNTS, excluded: 1 };
  if (record.outcome === 'unreadable') return NO_RULE_COUNTS;
  const { masked, hashed, maskedText } = record;
  if (masked + hashed === 0) return NO_RULE_COUNTS;
  return {
    excluded: 0,
    masked: Math.min(1, masked),
    hashed: Math.min(1, hashed),
    broken: maskedText === undefined ? 0 : 1,
  };
}
