/** What kinds of mail flow, how often, and which SIEM lines each kind leaves. */
import type { SiemStream } from '../../src/domain/streams/streams.js';

export type Route = 'inbound' | 'outbound' | 'internal';

interface Kind {
  readonly name: string;
  readonly route: Route;
  /** How often it is in one deck. */
  readonly count: number;
  /** Whether it waits in the queue of held messages. */
  readonly isHeld?: true;
  /** How many lines a message leaves in each SIEM stream; what it leaves elsewhere is up to `kinds/`. */
  readonly lines: Readonly<Partial<Record<SiemStream, number>>>;
}

const ARRIVED = { receipt: 1, process: 1 } as const;
const DELIVERED = { ...ARRIVED, delivery: 1 } as const;

export const MAIL_KINDS = [
  { name: 'plain inbound', route: 'inbound', count: 26, lines: DELIVERED },
  { name: 'plain outbound', route: 'outbound', count: 14, lines: { ...DELIVERED, journal: 1 } },
  { name: 'plain internal', route: 'internal', count: 8, lines: { ...DELIVERED, journal: 1 } },
  { name: 'to a list', route: 'inbound', count: 3, lines: { ...ARRIVED, delivery: 4 } },
  { name: 'rejected', route: 'inbound', count: 10, lines: { receipt: 1 } },
  { name: 'spam held', route: 'inbound', count: 4, isHeld: true, lines: { ...ARRIVED, spam: 1 } },
  { name: 'spam tagged', route: 'inbound', count: 3, lines: { ...DELIVERED, spam: 1 } },
  { name: 'virus', route: 'inbound', count: 4, lines: { receipt: 1, av: 1 } },
  { name: 'attachment', route: 'inbound', count: 6, lines: { ...DELIVERED, 'attachment protect': 1 } },
  { name: 'link', route: 'inbound', count: 6, lines: { ...DELIVERED, 'url protect': 2 } },
  {
    name: 'impersonation',
    route: 'inbound',
    count: 3,
    isHeld: true,
    lines: { ...ARRIVED, 'impersonation protect': 1 },
  },
  {
    name: 'internal threat',
    route: 'internal',
    count: 3,
    lines: { ...DELIVERED, journal: 1, 'internal email protect': 1 },
  },
  { name: 'leak noticed', route: 'outbound', count: 4, lines: DELIVERED },
  { name: 'leak held', route: 'outbound', count: 1, isHeld: true, lines: ARRIVED },
  { name: 'policy held', route: 'inbound', count: 2, isHeld: true, lines: ARRIVED },
  /** Two journal lines that are the same to the last byte: both happened, and both must be kept. */
  { name: 'journal twin', route: 'internal', count: 1, lines: { ...DELIVERED, journal: 2 } },
  { name: 'administration', route: 'internal', count: 5, lines: {} },
] as const satisfies readonly Kind[];

export type MailKindName = (typeof MAIL_KINDS)[number]['name'];
export type MailKind = Kind & { readonly name: MailKindName };

/** Messages in one deck. A prime, which makes every step through a deck visit each card exactly once. */
export const DECK_SIZE = MAIL_KINDS.reduce((sum, { count }) => sum + count, 0);
