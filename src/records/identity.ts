/**
 * A record's identity, derived from the record itself, so that whatever is read again falls on the same `_id` and is
 * stored once.
 */

import { hash } from 'node:crypto';
import { Binary } from 'mongodb';
import type { StreamName } from '../domain/streams/streams.js';

/** Digest of a line's bytes as received, or of a row's compact JSON, 32 bytes as base64: its name in `Occurrences`. */
export function contentDigest(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'base64');
}

/** Identity of a record without an id of its own. */
export function identityOf(sourceId: number, stream: StreamName, content: string, occurrence: number): Binary {
  return toIdentity(`${sourceId}\n${stream}\ncontent\n${content}\n${occurrence}`);
}

/** Identity of a record by the id that Mimecast gives it, as it is (audit events, held messages). */
export function identityOfId(sourceId: number, stream: StreamName, id: string): Binary {
  return toIdentity(`${sourceId}\n${stream}\nid\n${id}`);
}

/** Identity of a record by what stays the same in its id, see `stableIdOf`. */
export function identityOfStableId(sourceId: number, stream: StreamName, stableId: string): Binary {
  return toIdentity(`${sourceId}\n${stream}\nstable id\n${stableId}`);
}

/**
 * Identity of a whole batch file, by what stays the same in every listing of it.
 *
 * @param name host and path; entries of earlier versions have the path alone.
 */
export function identityOfFile(sourceId: number, stream: StreamName, name: string): Binary {
  return toIdentity(`${sourceId}\n${stream}\nfile\n${name}`);
}

/** 16 bytes: measured to insert about 1.5 times as fast as a 22-character string, with a 40 % smaller index. */
function toIdentity(text: string): Binary {
  return new Binary(hash('sha256', text, 'buffer').subarray(0, 16));
}
