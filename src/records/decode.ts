/** Reads the text of a record: JSON in UTF-8, one object. */

import { isUtf8 } from 'node:buffer';
import { isObject } from '../domain/json.js';
import type { Alteration } from '../domain/streams/alterations.js';
import { mayLoseDigits, parseExactly } from './exact-json.js';
import { countKeys } from './key-count.js';

export type VendorRecord = Record<string, unknown>;

export type Decoded =
  | {
      readonly ok: true;
      readonly record: VendorRecord;
      /** What a document cannot hold of the text; absent when it holds everything. */
      readonly alterations?: readonly Alteration[];
    }
  /** `reason` says why it goes to quarantine; `value` is what was parsed, if it was JSON. */
  | { readonly ok: false; readonly reason: string; readonly value?: unknown };

/** Public collectors read these files with bad bytes replaced, so they do occur. */
const LENIENT = new TextDecoder('utf-8');

export function decodeText(text: string): Decoded {
  try {
    return decodeParsed(JSON.parse(text), text);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The same of a text that was parsed already. @param value what `JSON.parse` makes of the text. */
export function decodeParsed(value: unknown, text: string): Decoded {
  if (!isObject(value)) {
    return {
      ok: false,
      reason: `not a JSON object but ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`,
      value,
    };
  }
  const record = value as VendorRecord;
  const found = { keys: 0 };
  const reason = unstorable(record, 1, found);
  if (reason !== undefined) return { ok: false, reason, value };
  const alterations = alterationsOf(record, text, found.keys);
  const exact = mayLoseDigits(text) ? parseExactly(text, record) : record;
  return alterations.length === 0 ? { ok: true, record: exact } : { ok: true, record: exact, alterations };
}

/** A text of bytes; those that are not UTF-8 are replaced. */
export function textOf(bytes: Uint8Array): { readonly text: string; readonly isUtf8: boolean } {
  return { text: LENIENT.decode(bytes), isUtf8: isUtf8(bytes) };
}

const ESCAPE = '\\u';
const SURROGATE = /\\u[dD][89a-fA-F]/;
const NONE: readonly Alteration[] = [];

/** @param keys of the record and all that is in it. */
function alterationsOf(record: VendorRecord, text: string, keys: number): readonly Alteration[] {
  const isHalved = text.includes(ESCAPE) && SURROGATE.test(text) && hasLoneSurrogate(record);
  const isRepeated = countKeys(text) > keys;
  if (!isHalved && !isRepeated) return NONE;
  return [...(isHalved ? (['loneSurrogate'] as const) : []), ...(isRepeated ? (['repeatedKey'] as const) : [])];
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return !isWellFormed(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => !isWellFormed(key) || hasLoneSurrogate(member));
}

const LONE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE.test(text);
}

/** MongoDB refuses documents nested deeper than 100 levels; the metadata takes none of them. */
const MAX_DEPTH = 99;

/** Why MongoDB could not keep the value at all; `undefined` when it can. Counts its keys on the way. */
function unstorable(value: object, depth: number, found: { keys: number }): string | undefined {
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
  if (Array.isArray(value)) {
    for (const member of value) {
      const reason = unstorableMember(member, depth, found);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
  // Every record passes here, and pairs of keys and values take twice as long.
  const keys = Object.keys(value);
  found.keys += keys.length;
  for (const key of keys) {
    if (key.includes('\0')) return 'a key contains a null character, which MongoDB cannot store';
    if (key === '_bsontype') return 'a key is named _bsontype, which the driver takes for one of its own types';
    const reason = unstorableMember((value as VendorRecord)[key], depth, found);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function unstorableMember(member: unknown, depth: number, found: { keys: number }): string | undefined {
  return typeof member === 'object' && member !== null ? unstorable(member, depth + 1, found) : undefined;
}
