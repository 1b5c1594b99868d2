/**
 * What kinds of mail flow, and which records each kind leaves. Messages are dealt from a deck of fixed composition
 * that is shuffled anew each time round, so every stream occurs in any world of some hundred records, and the number
 * of records in a bucket is known without making a single one.
 */
import { STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { hash32 } from './random.js';

export type Route = 'inbound' | 'outbound' | 'internal';

/** How many records a message leaves in each stream. */
export type RowCounts = Partial<Record<StreamName, number>>;

export interface Kind {
  readonly name: string;
  readonly route: Route;
  /** How often it is in one deck. */
  readonly count: number;
  readonly rows: RowCounts;
}

const DELIVERED = { receipt: 1, process: 1, delivery: 1 } as const;
const HELD = { receipt: 1, process: 1, hold: 1 } as const;

export const KINDS = [
  { name: 'plain inbound', route: 'inbound', count: 26, rows: DELIVERED },
  { name: 'plain outbound', route: 'outbound', count: 14, rows: { ...DELIVERED, journal: 1 } },
  { name: 'plain internal', route: 'internal', count: 8, rows: { ...DELIVERED, journal: 1 } },
  { name: 'to a list', route: 'inbound', count: 3, rows: { receipt: 1, process: 1, delivery: 4 } },
  { name: 'rejected', route: 'inbound', count: 10, rows: { receipt: 1 } },
  { name: 'spam held', route: 'inbound', count: 4, rows: { ...HELD, spam: 1 } },
  { name: 'spam tagged', route: 'inbound', count: 3, rows: { ...DELIVERED, spam: 1 } },
  { name: 'virus', route: 'inbound', count: 4, rows: { receipt: 1, av: 1 } },
  { name: 'attachment', route: 'inbound', count: 6, rows: { ...DELIVERED, 'attachment protect': 1 } },
  { name: 'link', route: 'inbound', count: 6, rows: { ...DELIVERED, 'url protect': 2 } },
  { name: 'impersonation', route: 'inbound', count: 3, rows: { ...HELD, 'impersonation protect': 1 } },
  {
    name: 'internal threat',
    route: 'internal',
    count: 3,
    rows: { ...DELIVERED, journal: 1, 'internal email protect': 1 },
  },
  { name: 'leak noticed', route: 'outbound', count: 4, rows: { ...DELIVERED, dlp: 2 } },
  { name: 'leak held', route: 'outbound', count: 1, rows: { ...HELD, dlp: 3 } },
  { name: 'policy held', route: 'inbound', count: 2, rows: HELD },
  /** Two journal lines that are the same to the last byte: both happened, and both must be kept. */
  { name: 'journal twin', route: 'internal', count: 1, rows: { ...DELIVERED, journal: 2 } },
  { name: 'administration', route: 'internal', count: 5, rows: { audit: 1 } },
] as const satisfies readonly Kind[];

export type KindName = (typeof KINDS)[number]['name'];
export type DealtKind = Kind & { readonly name: KindName };

const DECK: readonly DealtKind[] = KINDS.flatMap((kind) => Array<DealtKind>(kind.count).fill(kind));

/** A prime, which makes every step through the deck below visit each card exactly once. */
export const DECK_SIZE = DECK.length;

function rowsOf(kind: Kind): number {
  return STREAMS.reduce((sum, stream) => sum + (kind.rows[stream] ?? 0), 0);
}

/** Mean number of records that a message leaves; turns records per minute into messages per minute. */
export const RECORDS_PER_MESSAGE = DECK.reduce((sum, kind) => sum + rowsOf(kind), 0) / DECK_SIZE;

/** Deals the kinds of one tenant's messages: the same kind for the same index, for all of time. */
export class Dealer {
  readonly #seed: number;
  readonly #tenant: number;
  #round = -1;
  #shuffle = 0;

  constructor(seed: number, tenant: number) {
    this.#seed = seed;
    this.#tenant = tenant;
  }

  kindOf(index: number): DealtKind {
    const round = Math.floor(index / DECK_SIZE);
    if (round !== this.#round) {
      this.#round = round;
      this.#shuffle = hash32(this.#seed, this.#tenant, round, 'deck');
    }
    const step = 1 + (this.#shuffle % (DECK_SIZE - 1));
    const kind = DECK[((index % DECK_SIZE) * step + (this.#shuffle >>> 8)) % DECK_SIZE];
    if (!kind) throw new Error(`no card for message ${index}`);
    return kind;
  }
}
