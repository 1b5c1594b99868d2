/** From the text of a record to what is stored of it: rules first, then metadata. */

import type { Binary } from 'mongodb';
import { NO_RULE_COUNTS, type RuleCounts } from '../source/rule-counts.js';
import type { StreamName } from '../source/streams.js';
import type { Decoded } from './decode.js';
import { type RecordMetadata, type StoredRecord, toDocument } from './document.js';
import { isTimeShown, meantTime } from './message-time.js';
import type { Rules } from './rules/compile.js';
import { MASKED_TEXT_KEY, type RuledRecord, ruledRecord } from './rules/ruled-record.js';

/** What a source does to each of its records. */
export interface RecordMaker {
  readonly stream: StreamName;
  readonly metadata: RecordMetadata;
  readonly rules: Rules;
  readonly receiptTime: Date;
}

export interface ReceivedText {
  readonly id: Binary;
  readonly text: string;
  readonly decoded: Decoded;
  /** File and line, or window and page. */
  readonly place: string;
  /** Whole length in bytes. */
  readonly size: number;
  /** Whether the text may be only the beginning of one. Default false. */
  readonly isPiece?: boolean;
}

/** What is no record, for quarantine; its text and reason hold nothing that a rule hides. */
export interface UnreadableText {
  readonly id: Binary;
  readonly reason: string;
  readonly place: string;
  readonly text: string;
  readonly size: number;
}

export type MadeRecord = { readonly ruled: RuleCounts } & (
  | { readonly kind: 'document'; readonly document: StoredRecord; readonly time: ReceivedTime }
  | { readonly kind: 'unreadable'; readonly unreadable: UnreadableText }
  | { readonly kind: 'excluded'; readonly time: ReceivedTime }
);

/**
 * The time that a record told when it was received; undefined when it told none that can be meant. It is for whoever has to
 * know which records lie in a range, and stands beside the document, never in it: a rule may have hidden it there.
 */
export type ReceivedTime = Date | undefined;

export function recordOfText(
  { stream, metadata, rules, receiptTime }: RecordMaker,
  { id, text, decoded, place, size, isPiece = false }: ReceivedText,
): MadeRecord {
  const record = ruledRecord(rules, text, decoded, isPiece);
  const ruled = countsOf(record);
  const time = decoded.ok ? meantTime(decoded.record, receiptTime) : undefined;
  if (record.outcome === 'excluded') return { kind: 'excluded', ruled, time };
  if (record.outcome === 'unreadable') {
    return { kind: 'unreadable', ruled, unreadable: { id, reason: record.reason, place, text: record.text, size } };
  }
  const messageTime = time !== undefined && showsTime(record, decoded, time, receiptTime) ? time : receiptTime;
  const document = toDocument(record.record, id, stream, metadata, receiptTime, messageTime);
  const { maskedText } = record;
  if (maskedText === undefined) return { kind: 'document', ruled, time, document };
  return { kind: 'document', ruled, time, document: { ...document, [MASKED_TEXT_KEY]: maskedText } };
}

/** Whether what is stored of a record still tells its time, so that `_messageTime` gives away nothing by telling it too. */
function showsTime({ record, maskedText }: Kept, decoded: Decoded, time: Date, receiptTime: Date): boolean {
  if (maskedText !== undefined) return isTimeShown(maskedText, time);
  if (decoded.ok && decoded.record === record) return true;
  return meantTime(record, receiptTime)?.getTime() === time.getTime();
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
