/**
 * Masks words in the audit trail, such as the address of somebody who is to be forgotten. What an entry says afterwards is noted
 * in the chain before it is changed, so that a masked entry can be told from one that was tampered with.
 */

import { isObject } from '../domain/json.js';
import { digestOf, isLink } from './audit-chain.js';
import { type AuditDocument, noteDone } from './audit-trail.js';
import { collection, type Store } from './driver.js';

const ACTION = 'audit.mask';

interface MaskedEntry {
  /** Of the entry, hexadecimal. */
  readonly id: string;
  /** SHA-256 of what it says now, hexadecimal. */
  readonly digest: string;
}

const trail = collection<AuditDocument>('audit_trail');

/**
 * @param mask gives a text as it is to be from now on.
 * @returns how many were masked; entries of versions before there was a chain cannot be.
 */
export async function maskEntries(
  store: Store,
  erasure: number,
  entries: readonly AuditDocument[],
  mask: (text: string) => string,
): Promise<number> {
  const masked = entries.flatMap(({ _id, links, ...content }) => {
    if (links === undefined) return [];
    const now = { ...content, ...maskedIn(content, mask) };
    return [{ _id, links, content: now, digest: digestOf(now) }];
  });
  if (masked.length === 0) return 0;
  const noted: MaskedEntry[] = masked.map(({ _id, digest }) => ({ id: _id.toHexString(), digest }));
  await noteDone(store, { actor: 'erasure', action: ACTION, to: { erasure, entries: noted } });
  let count = 0;
  for (const { _id, links, content } of masked) {
    // One that is completed meanwhile is masked next time.
    const { modifiedCount } = await trail(store).replaceOne({ _id, links: [...links] }, { ...content, links });
    count += modifiedCount;
  }
  return count;
}

/** What people have written in an entry. */
function maskedIn(
  { name, from, to, reason }: Partial<AuditDocument>,
  mask: (text: string) => string,
): Partial<AuditDocument> {
  const given = Object.entries({ name, from, to, reason }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, maskedValue(value, mask)]));
}

function maskedValue(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((each) => maskedValue(each, mask));
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [mask(key), maskedValue(each, mask)]));
}

/** Of masked entries, the digests that they may have, by their ids in hexadecimal. */
export async function maskedDigests(store: Store): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const digests = new Map<string, Set<string>>();
  for await (const { links, _id, ...content } of trail(store).find({ action: ACTION })) {
    const newest = links?.at(-1);
    // Only what the chain vouches for.
    if (!isLink(newest) || newest.digest !== digestOf(content)) continue;
    for (const { id, digest } of entriesOf(content.to)) digests.set(id, (digests.get(id) ?? new Set()).add(digest));
  }
  return digests;
}

function entriesOf(to: unknown): MaskedEntry[] {
  const entries = isObject(to) && Array.isArray(to['entries']) ? to['entries'] : [];
  return entries.filter(
    (entry): entry is MaskedEntry =>
      isObject(entry) && [entry['id'], entry['digest']].every((text) => typeof text === 'string'),
  );
}
