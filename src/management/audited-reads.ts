/** Notes who has searched, exported and followed what. */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { noteRead } from '../store/audit-trail.js';
import type { Collections } from '../store/collections.js';

/** What is asked for; of a longer one, its beginning is kept and its hash. In characters of JSON. */
const MAX_KEPT = 10_000;
/** The same question again within that time, such as for its next page, is no news. */
const REMEMBERED_MS = 60 * 60_000;
const MAX_REMEMBERED = 10_000;

export interface Read {
  /** Access ID of a key, or `cli`. */
  readonly actor: string;
  /** Such as `search`. */
  readonly action: string;
  /** Query, limits of time and the like, without what differs from page to page. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Of one source or collector. */
  readonly sourceId?: number;
  readonly collectorId?: number;
}

export class ReadAudit {
  /** By who asks and for what, since when. */
  private readonly noted = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  constructor(private readonly collections: Collections) {}

  /** Before anything is read. @throws what the store throws: nothing is read that cannot be noted */
  async note({ asked, ...read }: Read): Promise<void> {
    const text = JSON.stringify(asked);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const key = `${read.actor} ${read.action} ${sha256}`;
    if (this.noted.has(key)) return;
    const isShort = text.length <= MAX_KEPT;
    const to = isShort ? JSON.parse(text) : { begin: text.slice(0, MAX_KEPT), length: text.length, sha256 };
    await noteRead(this.collections, { ...read, to });
    this.noted.set(key, true);
  }
}
