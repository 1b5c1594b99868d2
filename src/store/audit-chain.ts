/**
 * The chain of the audit trail: each note carries the hash of the one before, so that none can be changed, taken out or put in
 * later without a break. An entry has a link for its beginning, and one for its completion.
 */

import { createHash } from 'node:crypto';
import { BSON, type ObjectId } from 'mongodb';
import { canonicalJson } from '../domain/json.js';

export interface AuditLink {
  /** Counted from 1 over the whole trail. */
  readonly seq: number;
  /** The hash of the link before; zeros for the first. */
  readonly prev: string;
  /** SHA-256 of what the entry said then, hexadecimal. */
  readonly digest: string;
  /** SHA-256 of all that, and of which entry it is, hexadecimal. */
  readonly hash: string;
}

const HASH = /^[0-9a-f]{64}$/;

/** Whether it has the form of one. */
export function isLink(value: unknown): value is AuditLink {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, prev, digest, hash }: Partial<Record<keyof AuditLink, unknown>> = value;
  const isPlace = Number.isSafeInteger(seq) && Number(seq) >= 1;
  return isPlace && [prev, digest, hash].every((text) => typeof text === 'string' && HASH.test(text));
}

/** The newest link. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export const NO_HEAD: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/** As it is shown and given: `<seq>:<hash>`. */
export const HEAD_FORM = /^(\d{1,15}):([0-9a-f]{64})$/;

export function headText({ seq, hash }: ChainHead): string {
  return `${seq}:${hash}`;
}

/** @returns nothing for what is no head. */
export function headOf(text: string): ChainHead | undefined {
  const [, seq, hash] = HEAD_FORM.exec(text) ?? [];
  return hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** @param content of the entry, without its `_id` and its links. */
export function linkAfter({ seq, hash: prev }: ChainHead, id: ObjectId, content: object): AuditLink {
  const link = { seq: seq + 1, prev, digest: digestOf(content) };
  return { ...link, hash: hashOf(id, link) };
}

export function hashOf(id: ObjectId, { seq, prev, digest }: Omit<AuditLink, 'hash'>): string {
  return sha256([seq, prev, id.toHexString(), digest].join('\n'));
}

/** The same for what is to be stored and for what was read, whatever the order of the keys. */
export function digestOf(content: object): string {
  const stored = BSON.deserialize(BSON.serialize(content, { ignoreUndefined: true }));
  return sha256(canonicalJson(BSON.EJSON.serialize(stored, { relaxed: false })));
}

/** Hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
