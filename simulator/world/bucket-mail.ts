/** The messages of a time bucket: made when first asked for, and kept while all streams are asked for theirs. */

import { LRUCache } from 'lru-cache';
import type { SiemStream, StreamName } from '../../src/domain/streams/streams.js';
import { type Message, type MessageSlot, makeMessage } from '../mail/message.js';
import { rowsOf } from './deck.js';

export class BucketMail {
  readonly #messages: (Message | undefined)[];

  /** @param slots in order of time. */
  constructor(private readonly slots: readonly MessageSlot[]) {
    this.#messages = slots.map(() => undefined);
  }

  get length(): number {
    return this.slots.length;
  }

  /** Those that leave records in a stream. */
  *slotsIn(stream: StreamName): Iterable<MessageSlot> {
    for (const slot of this.slots) if (rowsOf(slot.kind)[stream] > 0) yield slot;
  }

  *messagesIn(stream: SiemStream): Iterable<Message> {
    for (const [at, slot] of this.slots.entries()) {
      if (rowsOf(slot.kind)[stream] === 0) continue;
      const message = this.#messages[at] ?? makeMessage(slot);
      this.#messages[at] = message;
      yield message;
    }
  }
}

/** The buckets that were asked for last, of all tenants together; each key begins with the tenant's account. */
export type RecentMail = LRUCache<string, BucketMail>;

/** Messages that are kept, of one or two thousand bytes each. */
const MOST_MESSAGES = 50_000;

export function recentMail(): RecentMail {
  return new LRUCache({ maxSize: MOST_MESSAGES, sizeCalculation: ({ length }) => Math.max(1, length) });
}
