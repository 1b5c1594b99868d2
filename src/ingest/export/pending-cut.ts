/** Gathers the records of the next cut. */

import type { RecordId } from '../../domain/records/record.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';

/** A cut has so many records, or so many bytes of documents: it is written from memory. */
const MOST_RECORDS = 5_000;
const MOST_BYTES = 16 * 1024 * 1024;

export class PendingCut {
  private readonly ids = new Map<StreamName, Map<string, RecordId>>();
  private records = 0;
  private bytes = 0;

  add(stream: StreamName, id: RecordId, size: number): void {
    const known = this.ids.get(stream) ?? new Map<string, RecordId>();
    this.ids.set(stream, known.set(id.toString('hex'), id));
    this.records += 1;
    this.bytes += size;
  }

  get isEmpty(): boolean {
    return this.records === 0;
  }

  get isFull(): boolean {
    return this.records >= MOST_RECORDS || this.bytes >= MOST_BYTES;
  }

  byStream(): readonly { readonly stream: StreamName; readonly ids: readonly RecordId[] }[] {
    return STREAMS.flatMap((stream) => {
      const ids = this.ids.get(stream);
      return ids === undefined ? [] : [{ stream, ids: [...ids.values()] }];
    });
  }
}
