/** What is kept beside a document that cannot hold its record as it was received: `_received`. */

import { Binary } from 'mongodb';
import type { Alteration } from '../domain/streams/alterations.js';
import type { Rules } from '../rules/compile.js';
import { spelled } from '../rules/spelling.js';
import type { RuledRecord } from './ruled-record.js';

export const RECEIVED_KEY = '_received';

export interface Received {
  /** What the document cannot hold. */
  readonly changes: readonly Alteration[];
  /** The text as received, with what rules did to it. */
  readonly text?: string;
  /** The bytes, where they are not UTF-8. Never where a Mask or Hash may have hidden something in them. */
  readonly bytes?: Binary;
}

/** Longer ones are not kept, in bytes: with them the document might become too large to be stored at all. */
const LONGEST = 1_048_576;

export function isReceived(value: unknown): value is Received {
  return typeof value === 'object' && value !== null && 'changes' in value;
}

/** @returns undefined when the document holds everything. */
export function receivedOf(
  { text, alterations = [], hidden }: Extract<RuledRecord, { outcome: 'kept' }>,
  bytes: Uint8Array | undefined,
  rules: Rules,
): Received | undefined {
  const changes = bytes === undefined ? alterations : ([...alterations, 'notUtf8'] as const);
  if (changes.length === 0) return undefined;
  // A rule may miss in damaged bytes what it would have hidden, and nobody can hide it there.
  if (bytes !== undefined && rules.changes.length === 0) {
    return { changes, ...(bytes.length > LONGEST ? {} : { bytes: new Binary(bytes) }) };
  }
  const isKept =
    alterations.length > 0 &&
    Buffer.byteLength(text) <= LONGEST &&
    showsNone(text, hidden, alterations.includes('repeatedKey'));
  return { changes, ...(isKept ? { text } : {}) };
}

/** A value that a later one of the same key has replaced may be what a rule has hidden there. */
function showsNone(text: string, hidden: ReadonlySet<string> | undefined, isRepeated: boolean): boolean {
  // And that value may be another one than the one that was hidden.
  if (hidden === undefined || (isRepeated && hidden.size > 0)) return false;
  const { received, plain } = spelled(text);
  return [...hidden].every((part) => !received.includes(part) && !plain.includes(part));
}
