/** Gathers the records of one object of an export of the past, in order of time. */

import type { RecordDocument } from '../../domain/records/record.js';

/** An object has so many records, or so many bytes, and those of the same time as its last one. */
const ENOUGH_RECORDS = 5_000;
const ENOUGH_BYTES = 16 * 1024 * 1024;
/** So many times as many are written at once, whatever their times are: they are held in memory. */
const FULL_FACTOR = 4;

export class GatheredPart {
  readonly documents: RecordDocument[] = [];
  private bytes = 0;

  /** @param mayHaveTwins whether a record of the same times is in another object, which may be written alike. */
  constructor(public mayHaveTwins = false) {}

  add(document: RecordDocument, bytes: number): void {
    this.documents.push(document);
    this.bytes += bytes;
  }

  get isEmpty(): boolean {
    return this.documents.length === 0;
  }

  get first(): Date | undefined {
    return this.documents[0]?._messageTime;
  }

  get last(): Date | undefined {
    return this.documents.at(-1)?._messageTime;
  }

  /** Whether it is complete without a record that comes next: identical records have the same time, and stay together. */
  isCompleteBefore({ _messageTime: next }: Pick<RecordDocument, '_messageTime'>): boolean {
    const { last } = this;
    if (last === undefined) return false;
    if (last.getTime() === next.getTime()) return this.isBeyond(FULL_FACTOR);
    return this.isBeyond(1) || dayOf(last) !== dayOf(next);
  }

  private isBeyond(factor: number): boolean {
    return this.documents.length >= factor * ENOUGH_RECORDS || this.bytes >= factor * ENOUGH_BYTES;
  }
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
