/**
 * The end of the audit trail's chain, where all programs append. A link is stored with its entry, by one write, and a unique index
 * gives each place to one program: whoever dies on the way leaves nothing half done and nothing locked.
 */

import { ObjectId } from 'mongodb';
import { type AuditLink, type ChainHead, linkAfter, NO_HEAD } from './audit-chain.js';
import { collection, DB, isDuplicate, type Store } from './driver.js';
import { earlierEntries } from './earlier-entries.js';

interface Linked {
  readonly _id: ObjectId;
  readonly links?: readonly AuditLink[];
}

interface HeadDocument extends ChainHead {
  readonly _id: 'head';
}

/** Who begins the chain: the program by itself. */
const CHAIN_ACTOR = 'audit';

const trail = collection<Linked>('audit_trail');
const heads = collection<HeadDocument>('audit_chain');

/** Of entries with links alone: those of earlier versions have none. */
const LINK_INDEX = { 'links.seq': 1 } as const;
const INDEX_OPTIONS = {
  unique: true,
  partialFilterExpression: { 'links.seq': { $exists: true } },
  // A member of the replica set that is away holds nobody up.
  commitQuorum: 'majority',
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

interface KnownEnd {
  readonly end: ChainHead;
  readonly until: number;
}

/** Where the chain ended when this process last looked, by database. */
const knownEnds = new WeakMap<object, KnownEnd>();
/** Somebody may have put another state of the database in place meanwhile. In milliseconds. */
const KNOWN_FOR_MS = 60_000;
/** Databases whose chain has its index and its beginning. */
const prepared = new WeakSet<object>();
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
export async function appendLink(store: Store, appended: Appended): Promise<AuditLink> {
  const { [DB]: db } = store;
  if (!prepared.has(db)) {
    await prepare(store);
    prepared.add(db);
  }
  return append(store, appended);
}

async function append(store: Store, { id, content, before, write }: Appended): Promise<AuditLink> {
  let end = knownEnd(store) ?? (await newestLink(store));
  for (let attempt = 1; ; attempt += 1) {
    const link = linkAfter(laterOf(end, before ?? NO_HEAD), id, content);
    try {
      await write(link);
      remember(store, link);
      await noteHead(store, link);
      return link;
    } catch (error) {
      if (!isDuplicate(error) || attempt === MAX_ATTEMPTS) throw error;
      end = await newestLink(store);
    }
  }
}

const laterOf = (a: ChainHead, b: ChainHead) => (a.seq < b.seq ? b : a);

function knownEnd({ [DB]: db }: Store): ChainHead | undefined {
  const known = knownEnds.get(db);
  return known !== undefined && Date.now() < known.until ? known.end : undefined;
}

function remember(store: Store, link: ChainHead): void {
  const end = laterOf(knownEnd(store) ?? NO_HEAD, link);
  knownEnds.set(store[DB], { end, until: Date.now() + KNOWN_FOR_MS });
}

/** Before the first link of this process: without the index, two programs could take the same place. */
async function prepare(store: Store): Promise<void> {
  try {
    await trail(store).createIndex(LINK_INDEX, INDEX_OPTIONS);
  } catch (error) {
    // Two links have the same place already, as a verification tells. What is done is noted all the same.
    if (!isDuplicate(error)) throw error;
  }
  if ((await newestLink(store)).seq === NO_HEAD.seq) await beginChain(store);
}

/** Its first link tells of the entries that have none. */
async function beginChain(store: Store): Promise<void> {
  const to = await earlierEntries(store);
  const content = { at: new Date(), actor: CHAIN_ACTOR, action: 'audit.begin', to, outcome: 'done' } as const;
  const _id = new ObjectId();
  const link = linkAfter(NO_HEAD, _id, content);
  try {
    await trail(store).insertOne({ _id, ...content, links: [link] });
  } catch (error) {
    // Another program was quicker.
    if (!isDuplicate(error)) throw error;
    return;
  }
  await noteHead(store, link);
}

/** Somebody else may have noted a newer one. */
async function noteHead(store: Store, { seq, hash }: AuditLink): Promise<void> {
  try {
    await heads(store).updateOne({ _id: 'head', seq: { $lt: seq } }, { $set: { seq, hash } }, { upsert: true });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}
