/** Checks that nothing was changed in the audit trail, taken out of it, or put into it, since it was written. */

import type { ObjectId } from 'mongodb';
import { type AuditLink, type ChainHead, digestOf, hashOf, NO_HEAD } from './audit-chain.js';
import { newestLink, notedHead } from './audit-chain-end.js';
import type { AuditDocument } from './audit-trail.js';
import { collection, type Store } from './driver.js';

export interface AuditVerification {
  readonly isIntact: boolean;
  /** Entries that were checked. */
  readonly entries: number;
  /** Entries that are older than the chain, of earlier versions: nothing can be said of them. */
  readonly earlier: number;
  /** The newest link. To be kept elsewhere: who can write to the database could also write a whole new chain. */
  readonly head: ChainHead;
  /** What is wrong, one sentence each; the first hundred. */
  readonly breaks: readonly string[];
}

const MAX_BREAKS = 100;

const trail = collection<AuditDocument>('audit_trail');

/**
 * Reads the trail. What is written meanwhile is left out.
 *
 * @param since a head that was told earlier: the chain must go through it, and what came before is not looked at. Default: the
 * beginning.
 */
export async function verifyTrail(store: Store, since: ChainHead = NO_HEAD): Promise<AuditVerification> {
  const breaks: string[] = [];
  // In this order, so that the chain has come at least as far as was noted.
  const noted = await notedHead(store);
  const head = await newestLink(store);
  await walk(store, { since, noted, head }, breaks);
  if (head.seq < noted.seq)
    breaks.push(`The chain ends with link ${head.seq}, but link ${noted.seq} was written: entries are gone.`);
  const { entries, earlier } = await compare(store, since, head, breaks);
  return { isIntact: breaks.length === 0, entries, earlier, head, breaks: breaks.slice(0, MAX_BREAKS) };
}

/** Goes along the chain, from where it is to be checked to where it ended. */
async function walk(
  store: Store,
  { since, noted, head }: Readonly<Record<'since' | 'noted' | 'head', ChainHead>>,
  breaks: string[],
): Promise<void> {
  const links = trail(store).aggregate<{ readonly _id: ObjectId; readonly links: AuditLink }>(
    [
      { $match: { links: { $exists: true } } },
      { $project: { links: 1 } },
      { $unwind: '$links' },
      { $match: { 'links.seq': { $gte: since.seq, $lte: head.seq } } },
      { $sort: { 'links.seq': 1, _id: 1 } },
    ],
    { allowDiskUse: true },
  );
  let last = since;
  let isFound = since.seq === NO_HEAD.seq;
  for await (const { _id, links: link } of links) {
    const at = `Link ${link.seq} (entry ${_id})`;
    if (link.hash !== hashOf(_id, link)) breaks.push(`${at} was changed.`);
    if (link.seq === noted.seq && link.hash !== noted.hash) breaks.push(`${at} is not the one that was written.`);
    if (link.seq === since.seq) isFound = link.hash === since.hash;
    else if (link.seq !== last.seq + 1) breaks.push(`${at} follows link ${last.seq}, not the one before it.`);
    else if (link.prev !== last.hash) breaks.push(`${at} does not carry the hash of the link before it.`);
    last = link;
  }
  if (!isFound) breaks.push(`The chain does not go through link ${since.seq} with the hash ${since.hash}.`);
}

/** Compares what each entry says with what its newest link was made of. */
async function compare(store: Store, since: ChainHead, head: ChainHead, breaks: string[]) {
  let [entries, earlier] = [0, 0];
  let hasBegun = false;
  for await (const { _id, links, ...content } of trail(store).find().sort({ at: 1, _id: 1 })) {
    const newest = links?.at(-1);
    if (newest === undefined) {
      if (!hasBegun) earlier += 1;
      else breaks.push(`Entry ${_id} (${content.action}) has no link: it was put in, or an earlier version wrote it.`);
      continue;
    }
    if (newest.seq >= since.seq) hasBegun = true;
    if (newest.seq <= since.seq || newest.seq > head.seq) continue;
    entries += 1;
    if (newest.digest !== digestOf(content)) breaks.push(`Entry ${_id} (${content.action}) was changed.`);
  }
  return { entries, earlier };
}
