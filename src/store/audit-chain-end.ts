/**
 * The end of the audit trail's chain, where all programs append. A link is stored with its entry, by one write, and a unique index
 * gives each place to one program: whoever dies on the way leaves nothing half done and nothing locked.
 */

import type { ObjectId } from 'mongodb';
import { type AuditLink, type ChainHead, linkAfter, NO_HEAD } from './audit-chain.js';
import { collection, DB, isDuplicate, type Store } from './driver.js';

interface Linked {
  readonly _id: ObjectId;
  readonly links?: readonly AuditLink[];
}

interface HeadDocument extends ChainHead {
  readonly _id: 'head';
}

const trail = collection<Linked>('audit_trail');
const heads = collection<HeadDocument>('audit_chain');

/** Of entries with links alone: those of earlier versions have none. */
export const LINK_INDEX = {
  key: { 'links.seq': 1 },
  unique: true,
  partialFilterExpression: { 'links.seq': { $exists: true } },
} as const;

/** The newest link that there is. */
export async function newestLink(store: Store): Promise<ChainHead> {
  const found = await trail(store).findOne(
    { 'links.seq': { $exists: true } },
    { sort: { 'links.seq': -1 }, projection: { links: 1 } },
  );
  const { seq, hash } = found?.links?.at(-1) ?? NO_HEAD;
  return { seq, hash };
}

/** The newest link that was noted: it may be older than the newest that there is, and is newer only if entries are gone. */
export async function notedHead(store: Store): Promise<ChainHead> {
  return (await heads(store).findOne<ChainHead>({ _id: 'head' }, { projection: { _id: 0 } })) ?? NO_HEAD;
}

/** Where the chain ended when this process last looked, by database. */
const knownEnds = new WeakMap<object, ChainHead>();
/** One of so many programs that append at the same time gets its turn before. */
const MAX_ATTEMPTS = 1_000;

export interface Appended {
  /** Of the entry. */
  readonly id: ObjectId;
  /** What the entry says with that link, without its `_id` and its links. */
  readonly content: object;
  /** The link that the entry has: the index allows an entry the same place twice. */
  readonly before?: AuditLink;
  /** Stores the entry with the link; called again with another one when the place was taken. */
  readonly write: (link: AuditLink) => Promise<unknown>;
}

/** Takes the next place in the chain. @throws what the store throws */
export async function appendLink(store: Store, { id, content, before, write }: Appended): Promise<AuditLink> {
  const { [DB]: db } = store;
  let end = knownEnds.get(db) ?? (await firstEnd(store));
  for (let attempt = 1; ; attempt += 1) {
    const link = linkAfter(laterOf(end, before ?? NO_HEAD), id, content);
    try {
      await write(link);
      knownEnds.set(db, laterOf(knownEnds.get(db) ?? NO_HEAD, link));
      await noteHead(store, link);
      return link;
    } catch (error) {
      if (!isDuplicate(error) || attempt === MAX_ATTEMPTS) throw error;
      end = await newestLink(store);
    }
  }
}

const laterOf = (a: ChainHead, b: ChainHead) => (a.seq < b.seq ? b : a);

/** Before the first link of this process: without the index, two programs could take the same place. */
async function firstEnd(store: Store): Promise<ChainHead> {
  const { key, ...options } = LINK_INDEX;
  await trail(store).createIndex(key, options);
  return newestLink(store);
}

/** Somebody else may have noted a newer one. */
async function noteHead(store: Store, { seq, hash }: AuditLink): Promise<void> {
  try {
    await heads(store).updateOne({ _id: 'head', seq: { $lt: seq } }, { $set: { seq, hash } }, { upsert: true });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}
