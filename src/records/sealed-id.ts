/**
 * What stays the same in the ids that records carry themselves. An id is base64url(zlib(JSON)), and some of its
 * members are no part of what it names: `secureid` is encrypted, `tmnd` is the node that answered.
 */

import { constants, inflateSync } from 'node:zlib';
import { isObject } from '../domain/json.js';
import type { SealedForm } from '../domain/streams/definitions/definition.js';

/** In characters; public samples have up to 300. */
const LONGEST_ID = 4_096;
/** In bytes, unpacked. */
const LONGEST_CONTENT = 4_096;
const BASE64 = /^[\w+/-]+={0,2}$/;
const VERSION = 1;

/**
 * @param form of the ids of a stream, as public samples have them: an id with any other member is taken as it is, since the
 * member may be what tells two records apart.
 * @param time of the record, which is part of the name: nobody says that two nodes never count to the same number.
 * @returns undefined for an id in a form that is not known: then it names its record as it is.
 */
export function stableIdOf({ naming, changing }: SealedForm, id: string, time: Date | undefined): string | undefined {
  const members = unsealed(id);
  if (members === undefined) return undefined;
  const { version = VERSION, ...rest } = members;
  const isKnown = Object.entries(rest).every(
    ([key, value]) => changing.includes(key) || (naming.includes(key) && isName(value)),
  );
  if (version !== VERSION || !isKnown || rest[naming[0]] === undefined) return undefined;
  return JSON.stringify([...naming.map((key) => rest[key] ?? null), time?.getTime() ?? null]);
}

/** A number beyond 2^53 has lost digits, and would be the name of several records. */
function isName(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Number.isSafeInteger(value);
}

function unsealed(id: string): Readonly<Record<string, unknown>> | undefined {
  // All zlib streams begin with the same six bits.
  if (!id.startsWith('e') || id.length > LONGEST_ID || !BASE64.test(id)) return undefined;
  try {
    const options = { maxOutputLength: LONGEST_CONTENT, finishFlush: constants.Z_FINISH };
    const value: unknown = JSON.parse(inflateSync(Buffer.from(id, 'base64url'), options).toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
