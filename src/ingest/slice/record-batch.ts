/** Collects the records of a file until they are enough to be stored at once. */

import { type QuarantinedRecord, type ReceivedTime, type TimedDocument, timed } from '../../domain/records/record.js';
import { addRuleCounts, NO_RULE_COUNTS, type RuleCounts } from '../../domain/streams/rule-counts.js';
import type { MadeRecord } from '../../records/record-of-text.js';

/** What was read at once. */
export interface ReadBatch {
  readonly records: readonly TimedDocument[];
  /** Lines and entries that are no records. */
  readonly unreadable: readonly QuarantinedRecord[];
  /** What the processing rules did. */
  readonly ruled: RuleCounts;
}

/** What is stored at once. */
export interface TimedBatch extends ReadBatch {
  /** Of each record, those included that the processing rules keep out. */
  readonly times: readonly ReceivedTime[];
  /** Of the lines that they were made of. */
  readonly bytes: number;
}

/** A batch is handed out when it has so many records, or so many bytes of lines. */
export const BATCH_RECORDS = 1_000;
export const BATCH_BYTES = 1024 * 1024;

export class RecordBatch {
  private records: TimedDocument[] = [];
  private unreadable: QuarantinedRecord[] = [];
  private times: ReceivedTime[] = [];
  private ruled = NO_RULE_COUNTS;
  private bytes = 0;

  add(record: MadeRecord, bytes: number): void {
    if (record.kind === 'document') this.records.push(timed(record.document, record.time));
    if (record.kind === 'unreadable') this.unreadable.push(record.unreadable);
    else this.times.push(record.time);
    if (record.ruled !== NO_RULE_COUNTS) this.ruled = addRuleCounts(this.ruled, record.ruled);
    this.bytes += bytes;
  }

  get isFull(): boolean {
    return this.records.length + this.unreadable.length >= BATCH_RECORDS || this.bytes >= BATCH_BYTES;
  }

  take(): TimedBatch {
    const { records, unreadable, times, ruled, bytes } = this;
    this.ruled = NO_RULE_COUNTS;
    this.records = [];
    this.unreadable = [];
    this.times = [];
    this.bytes = 0;
    return { records, unreadable, times, ruled, bytes };
  }
}
