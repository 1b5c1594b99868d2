/** Entries of the audit trail that have no place in its chain: versions before there was one wrote them. */

import { digestOf, sha256 } from './audit-chain.js';
import { collection, type Store } from './driver.js';

/** What the chain says of them where it begins. */
export interface EarlierEntries {
  readonly count: number;
  /** SHA-256 of all that they say, hexadecimal. */
  readonly digest: string;
}

const trail = collection('audit_trail');

const digestOfAll = (digests: readonly string[]) => sha256(digests.toSorted().join('\n'));

export const NONE_EARLIER: EarlierEntries = { count: 0, digest: digestOfAll([]) };

export async function earlierEntries(store: Store): Promise<EarlierEntries> {
  const digests: string[] = [];
  for await (const entry of trail(store).find({ links: { $exists: false } })) digests.push(digestOf(entry));
  return { count: digests.length, digest: digestOfAll(digests) };
}
