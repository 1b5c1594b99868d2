/** Reads the text of a record: JSON in UTF-8, one object. */

import { mayLoseDigits, parseExactly } from './exact-json.js';

export type VendorRecord = Record<string, unknown>;

export type Decoded =
  | { readonly ok: true; readonly record: VendorRecord }
  /** `reason` says why it goes to quarantine; `value` is what was parsed, if it was JSON. */
  | { readonly ok: false; readonly reason: string; readonly value?: unknown };

const STRICT = new TextDecoder('utf-8', { fatal: true });
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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      ok: false,
      reason: `not a JSON object but ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`,
      value,
    };
  }
  const record = value as VendorRecord;
  const reason = unstorable(record, 1);
  if (reason !== undefined) return { ok: false, reason, value };
  return { ok: true, record: mayLoseDigits(text) ? parseExactly(text, record) : record };
}

export function textOf(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return LENIENT.decode(bytes);
  }
}

/** MongoDB refuses documents nested deeper than 100 levels; the metadata takes none of them. */
const MAX_DEPTH = 99;

/** Why MongoDB could not keep the value unchanged; `undefined` when it can. */
function unstorable(value: object, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
  for (const [key, member] of Object.entries(value)) {
    if (key.includes('\0')) return 'a key holds a null character, which MongoDB cannot store';
    if (key === '_bsontype') return 'a key is named _bsontype, which the driver takes for a type of its own';
    const reason = typeof member === 'object' && member !== null ? unstorable(member, depth + 1) : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}
