/**
 * A record's identity, derived from the record itself, so that whatever is read again falls on the same `_id` and is
 * stored once.
 */

import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import type { StreamName } from '../source/streams.js';

/**
 * Numbers the occurrences of identical records within one file, or one window of pages: two truly identical lines get
 * two identities, and each re-read of them gets the same two again.
 */
export class Occurrences {
  private readonly counts = new Map<string, number>();

  /** 1 for the first record with this content, 2 for the second, … */
  next(content: string): number {
    const occurrence = (this.counts.get(content) ?? 0) + 1;
    this.counts.set(content, occurrence);
    return occurrence;
  }
}

/** Digest of a record's bytes as received, 32 bytes as base64: the content's name in `Occurrences`. */
export function contentDigest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/** Identity of a record without an id of its own. */
export function identityOf(sourceId: number, stream: StreamName, content: string, occurrence: number): Binary {
  return toIdentity(`${sourceId}\n${stream}\ncontent\n${content}\n${occurrence}`);
}

/** Identity of a record by the id that Mimecast gives it (audit events, held messages). */
export function identityOfId(sourceId: number, stream: StreamName, id: string): Binary {
  return toIdentity(`${sourceId}\n${stream}\nid\n${id}`);
}

/** 16 bytes: measured to insert about 1.5 times as fast as a 22-character string, with a 40 % smaller index. */
function toIdentity(text: string): Binary {
  return new Binary(createHash('sha256').update(text).digest().subarray(0, 16));
}
