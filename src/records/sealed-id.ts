/**
 * What stays the same in the ids that records carry themselves. An id is base64url(zlib(JSON)), and some of its
 * members are no part of what it names: `secureid` is encrypted, `tmnd` is the node that answered.
 */

import { constants, inflateSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
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
  const { version = VERSION, ...rest } = unsealed(id);
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

/** Of the rows of some pages: each is looked at for the listing and for its record, and again where windows overlap. */
const RECENT = new LRUCache<string, Members>({ max: 2_000 });
/** Of the contents that are remembered, in characters: in memory, a text of some lists takes ten times as much. */
const LONGEST_REMEMBERED = 600;

type Members = Readonly<Record<string, unknown>>;
/** No id has it: without its first naming member, an id is in no known form. */
const NONE: Members = {};

function unsealed(id: string): Members {
  // All zlib streams begin with the same six bits.
  if (!id.startsWith('e') || id.length > LONGEST_ID || !BASE64.test(id)) return NONE;
  const known = RECENT.get(id);
  if (known !== undefined) return known;
  const content = withoutStackTraces(() => contentOf(id));
  const members = content === undefined ? NONE : membersOf(content);
  if ((content?.length ?? 0) <= LONGEST_REMEMBERED) RECENT.set(id, members);
  return members;
}

/** @returns undefined for what only looks like a sealed id. */
function contentOf(id: string): string | undefined {
  try {
    const options = { maxOutputLength: LONGEST_CONTENT, finishFlush: constants.Z_FINISH };
    return inflateSync(Buffer.from(id, 'base64url'), options).toString();
  } catch {
    return undefined;
  }
}

function membersOf(content: string): Members {
  try {
    const value: unknown = JSON.parse(content);
    return isObject(value) ? value : NONE;
  } catch {
    return NONE;
  }
}

/** Where many errors are caught that nobody sees, their stack traces took a fifth of the worker's time. */
function withoutStackTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
