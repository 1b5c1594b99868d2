/** Batches of several small files, to be stored together: each write waits for a majority, however few records it has. */

import type { QuarantinedRecord, TimedDocument } from '../../domain/records/record.js';
import { addRuleCounts, NO_RULE_COUNTS } from '../../domain/streams/rule-counts.js';
import { BATCH_BYTES, BATCH_RECORDS, type ReadBatch, type TimedBatch } from './record-batch.js';

/** Nothing waits longer for others, in milliseconds. */
const LONGEST_WAIT_MS = 1_000;

export class Gathered {
  /** Files that end in it. */
  files = 0;
  private records: TimedDocument[] = [];
  private unreadable: QuarantinedRecord[] = [];
  private ruled = NO_RULE_COUNTS;
  private bytes = 0;
  private since = 0;

  get isEmpty(): boolean {
    return this.records.length + this.unreadable.length === 0;
  }

  /** Whether it stays a batch like those of a large file. */
  hasRoomFor({ records, unreadable, bytes }: TimedBatch): boolean {
    return this.size + records.length + unreadable.length <= BATCH_RECORDS && this.bytes + bytes <= BATCH_BYTES;
  }

  add({ records, unreadable, ruled, bytes }: TimedBatch): void {
    if (this.isEmpty) this.since = performance.now();
    this.records.push(...records);
    this.unreadable.push(...unreadable);
    this.ruled = addRuleCounts(this.ruled, ruled);
    this.bytes += bytes;
  }

  /** Whether it is to be stored now. */
  get isDue(): boolean {
    if (this.size >= BATCH_RECORDS || this.bytes >= BATCH_BYTES) return true;
    return !this.isEmpty && performance.now() - this.since >= LONGEST_WAIT_MS;
  }

  get content(): ReadBatch {
    const { records, unreadable, ruled } = this;
    return { records, unreadable, ruled };
  }

  /** Once its content is stored. */
  clear(): void {
    this.files = 0;
    this.records = [];
    this.unreadable = [];
    this.ruled = NO_RULE_COUNTS;
    this.bytes = 0;
  }

  private get size(): number {
    return this.records.length + this.unreadable.length;
  }
}
