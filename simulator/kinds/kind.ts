/** What distinguishes a kind of record that an endpoint under `/api` lists. */
import type { RecordStream } from '../../src/domain/streams/streams.js';
import type { MailKind } from '../mail/mail-kinds.js';
import type { Message } from '../mail/message.js';
import type { Random } from '../mail/random.js';
import type { Condition, Json } from './conditions.js';

export type Fields = Record<string, unknown>;

/** What distinguishes a SIEM record from others of its message. */
export interface SiemFields {
  readonly subtype: string | null;
  readonly fields: Fields;
}

export interface RecordKind {
  /** Also the name of its endpoint, in faults and counts of calls, and of its permission. */
  readonly stream: RecordStream;
  readonly path: string;
  /** Keeps its randomness apart from that of the other kinds. */
  readonly purpose: number;
  /** How many records a message leaves. */
  readonly rows: (mail: MailKind) => number;
  /** Records come on top of the rate that a world is asked for: worlds that were kept before there were any stay as they are. */
  readonly isExtra?: true;
  readonly make: (message: Message, random: Random) => readonly Fields[];
  /** Of a record. */
  readonly timeField: string;
  /** Of a request: the bounds of its window. */
  readonly dateFields: readonly [start: string, end: string];
  /** A request may do without dates. */
  readonly areDatesOptional?: true;
  /** How far back a request may reach, in whole days. */
  readonly reachDays?: number;
  /** A request can ask for the oldest records first. */
  readonly hasOldestFirst?: true;
  /** Without `admin`, a request gets the records of the caller's own mailbox, which has none. */
  readonly isForAdmins?: true;
  /** Records are in a queue, and leave it after a while. */
  readonly isQueue?: true;
  /** The rows stand in a list of this name, inside of the first entry of `data`. */
  readonly listKey?: string;
  /** What else a request asks of the records. */
  readonly conditions: (request: Json) => Condition[];
  /** Another endpoint of the same function. */
  readonly companion?: Companion;
}

export interface Companion {
  readonly endpoint: string;
  readonly path: string;
  /** @param records those that the endpoint of the kind shows now. */
  readonly data: (records: () => readonly Json[]) => readonly Json[];
}
