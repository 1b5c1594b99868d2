/** Checks that nothing was changed in the audit trail, taken out of it, or put into it, since it was written. */

import type { ObjectId } from 'mongodb';
import { type AuditLink, type ChainHead, digestOf, hashOf, isLink, NO_HEAD } from './audit-chain.js';
import { newestLink, notedHead } from './audit-chain-end.js';
import { maskedDigests } from './audit-masking.js';
import type { AuditDocument } from './audit-trail.js';
import { collection, type Store } from './driver.js';
import { type EarlierEntries, earlierEntries, NONE_EARLIER } from './earlier-entries.js';

export interface AuditVerification {
  readonly isIntact: boolean;
  /** Entries that were checked. */
  readonly entries: number;
  /** Entries that are older than the chain, of earlier versions: they are as they were when it began. */
  readonly earlier: number;
  /** The newest link. To be kept elsewhere: who can write to the database could also write a whole new chain. */
  readonly head: ChainHead;
  /** What is wrong, one sentence each; the first hundred. */
  readonly breaks: readonly string[];
}

export interface VerifyOptions {
  /** A head that was told earlier: the chain must go through it. */
  readonly since?: ChainHead | undefined;
  /** What came up to this head is not looked at, such as a break that is explained. Default: all is looked at. */
  readonly after?: ChainHead | undefined;
}

const MAX_BREAKS = 100;

const trail = collection<AuditDocument>('audit_trail');

/** Reads the trail. What is written meanwhile is left out. */
export async function verifyTrail(store: Store, options: VerifyOptions = {}): Promise<AuditVerification> {
  const { since, after = NO_HEAD } = options;
  const breaks: string[] = [];
  // In this order, so that the chain has come at least as far as was noted.
  const noted = await notedHead(store);
  const head = await newestLink(store);
  const anchors = [since, options.after].flatMap((anchor) => (anchor && anchor.seq >= after.seq ? [anchor] : []));
  await walk(store, { after, head, noted, anchors }, breaks);
  if (head.seq < noted.seq)
    breaks.push(`The chain ends with link ${head.seq}, but link ${noted.seq} was written: entries are gone.`);
  const { entries, begun } = await compare(store, { after, head }, breaks);
  const earlier = await earlierEntries(store);
  if (after.seq === NO_HEAD.seq) compareEarlier(earlier, begun, breaks);
  return { isIntact: breaks.length === 0, entries, earlier: earlier.count, head, breaks: breaks.slice(0, MAX_BREAKS) };
}

interface Stretch {
  readonly after: ChainHead;
  readonly head: ChainHead;
  readonly noted: ChainHead;
  readonly anchors: readonly ChainHead[];
}

/** Goes along the chain, from where it is to be checked to where it ended. */
async function walk(store: Store, { after, head, noted, anchors }: Stretch, breaks: string[]): Promise<void> {
  const links = trail(store).aggregate<{ readonly _id: ObjectId; readonly links: AuditLink }>(
    [
      { $match: { links: { $exists: true } } },
      { $project: { links: 1 } },
      { $unwind: '$links' },
      { $match: { 'links.seq': { $gte: after.seq, $lte: head.seq } } },
      { $sort: { 'links.seq': 1, _id: 1 } },
    ],
    { allowDiskUse: true },
  );
  const missed = new Set(anchors.filter(({ seq }) => seq !== NO_HEAD.seq));
  let last = after;
  for await (const { _id, links: link } of links) {
    const at = `Link ${link.seq} (entry ${_id})`;
    if (link.hash !== hashOf(_id, link)) breaks.push(`${at} was changed.`);
    if (link.seq === noted.seq && link.hash !== noted.hash) breaks.push(`${at} is not the one that was written.`);
    for (const anchor of missed) if (anchor.seq === link.seq && anchor.hash === link.hash) missed.delete(anchor);
    if (link.seq === after.seq) continue;
    if (link.seq !== last.seq + 1) breaks.push(`${at} follows link ${last.seq}, not the one before it.`);
    else if (link.prev !== last.hash) breaks.push(`${at} does not carry the hash of the link before it.`);
    last = link;
  }
  for (const { seq, hash } of missed) breaks.push(`The chain does not go through link ${seq} with the hash ${hash}.`);
}

/** Compares what each entry says with what its newest link was made of. @returns what the chain began with, too */
async function compare(store: Store, { after, head }: Pick<Stretch, 'after' | 'head'>, breaks: string[]) {
  let entries = 0;
  let begun = NONE_EARLIER;
  let masked = await maskedDigests(store);
  /** An erasure may be under way. */
  const isMasked = async (id: string, digest: string) => {
    if (masked.get(id)?.has(digest) !== true) masked = await maskedDigests(store);
    return masked.get(id)?.has(digest) === true;
  };
  for await (const { _id, links, ...content } of trail(store).find({ links: { $exists: true } })) {
    const entry = `Entry ${_id} (${content.action})`;
    const newest = newestOf(links);
    if (newest === undefined) breaks.push(`${entry} has links that were not written by this program.`);
    else if (newest.seq > after.seq && newest.seq <= head.seq) {
      entries += 1;
      const digest = digestOf(content);
      if (newest.digest !== digest && !(await isMasked(String(_id), digest))) breaks.push(`${entry} was changed.`);
    }
    if (newest?.seq === 1 && isEarlier(content.to)) begun = content.to;
  }
  return { entries, begun };
}

/** @returns nothing when they cannot have been written by this program: one or two, each behind the one before. */
function newestOf(links: unknown): AuditLink | undefined {
  if (!Array.isArray(links) || links.length < 1 || links.length > 2 || !links.every(isLink)) return undefined;
  const [first, second] = links;
  return first !== undefined && second !== undefined && second.seq <= first.seq ? undefined : links.at(-1);
}

function compareEarlier(now: EarlierEntries, begun: EarlierEntries, breaks: string[]): void {
  if (now.count === begun.count && now.digest === begun.digest) return;
  breaks.push(
    `There are ${now.count} entries without a link, and not the same ${begun.count} as when the chain began: ` +
      'some were changed, taken out or put in, or a program of an earlier version wrote them.',
  );
}

function isEarlier(value: unknown): value is EarlierEntries {
  return typeof value === 'object' && value !== null && 'count' in value && 'digest' in value;
}
