/**
 * Messages are dealt from a deck of fixed composition that is shuffled again each time round, so every stream occurs in
 * any world of some hundred records, and the number of records in a bucket is known without making a single one.
 */
import { isSiemStream, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { KINDS, kindOf } from '../kinds/list.js';
import { DECK_SIZE, MAIL_KINDS, type MailKind, type MailKindName } from '../mail/mail-kinds.js';
import { hash32 } from '../mail/random.js';

/** How many records a message leaves in each stream. */
export type RowCounts = Readonly<Record<StreamName, number>>;

const ROWS: ReadonlyMap<MailKindName, RowCounts> = new Map(
  MAIL_KINDS.map((mail: MailKind) => [
    mail.name,
    Object.fromEntries(STREAMS.map((stream) => [stream, rowsIn(stream, mail)])) as RowCounts,
  ]),
);

function rowsIn(stream: StreamName, mail: MailKind): number {
  return isSiemStream(stream) ? (mail.lines[stream] ?? 0) : kindOf(stream).rows(mail);
}

export function rowsOf({ name }: MailKind): RowCounts {
  const rows = ROWS.get(name);
  if (!rows) throw new Error(`no mail of the kind ${name}`);
  return rows;
}

const DECK: readonly MailKind[] = MAIL_KINDS.flatMap((kind: MailKind) => Array<MailKind>(kind.count).fill(kind));

const EXTRA = new Set<StreamName>(KINDS.flatMap(({ isExtra, stream }) => (isExtra ? stream : [])));
const COUNTED = STREAMS.filter((stream) => !EXTRA.has(stream));

/** Mean number of records that a message leaves; turns records per minute into messages per minute. */
export const RECORDS_PER_MESSAGE =
  DECK.reduce((sum, kind) => sum + COUNTED.reduce((rows, stream) => rows + rowsOf(kind)[stream], 0), 0) / DECK_SIZE;

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

  kindOf(index: number): MailKind {
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
