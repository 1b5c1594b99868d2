/** One mail on its way through the gateway: what all of its records, in whichever stream, have in common. */
import { ATTACHMENTS, OUTSIDE_DOMAINS, STAFF, SUBJECTS } from './corpus.js';
import type { MailKind } from './mail-kinds.js';
import { Random } from './random.js';

export interface Attachment {
  readonly name: string;
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
}

export interface Person {
  readonly address: string;
  readonly name: string;
}

export interface Message {
  readonly seed: number;
  readonly tenant: number;
  readonly accountId: string;
  /** Counts all messages of a tenant from 0, over all segments. */
  readonly index: number;
  readonly kind: MailKind;
  /** Epoch ms. No record of the message is later than `finishedAt`, so none comes from the future. */
  readonly receivedAt: number;
  readonly processedAt: number;
  readonly finishedAt: number;
  readonly aggregateId: string;
  readonly processingId: string;
  /** With angle brackets, as in the mail's header. */
  readonly messageId: string;
  readonly sender: Person;
  readonly senderIp: string;
  readonly recipients: readonly Person[];
  readonly subject: string;
  readonly attachments: readonly Attachment[];
  /** Bytes, attachments included. */
  readonly size: number;
}

/** Who and when; the rest of a message follows from it. */
export interface MessageSlot {
  readonly seed: number;
  readonly tenant: number;
  readonly accountId: string;
  readonly index: number;
  readonly kind: MailKind;
  readonly finishedAt: number;
}

/** Randomness of one message for one purpose: a stream's records don't depend on which others were made before. */
export function randomFor(slot: Pick<MessageSlot, 'seed' | 'tenant' | 'index'>, purpose: number): Random {
  return new Random(slot.seed, slot.tenant, slot.index, purpose);
}

function asciiOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/ß/g, 'ss')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}

/** As they are called, and as their addresses call them. */
const PEOPLE = STAFF.map(([first, last]) => ({ first, last, asciiFirst: asciiOf(first), asciiLast: asciiOf(last) }));

function staffMember(random: Random, accountId: string): Person {
  const { first, last, asciiFirst, asciiLast } = random.pick(PEOPLE);
  return { address: `${asciiFirst}.${asciiLast}@${accountId.toLowerCase()}.test`, name: `${first} ${last}` };
}

function outsider(random: Random): Person {
  const { first, last, asciiLast } = random.pick(PEOPLE);
  const address = `${asciiLast}${random.int(1, 999)}@${random.pick(OUTSIDE_DOMAINS)}`;
  return { address, name: random.chance(0.2) ? '' : `${last}, ${first}` };
}

export function fillIn(template: string, random: Random): string {
  return template.replace('{n}', String(random.int(1000, 999_999)));
}

const PURPOSE_MESSAGE = 1;

export function makeMessage(slot: MessageSlot): Message {
  const random = randomFor(slot, PURPOSE_MESSAGE);
  const { route, name } = slot.kind;
  const sender = route === 'inbound' ? outsider(random) : staffMember(random, slot.accountId);
  const count = slot.kind.lines.delivery ?? 1;
  const recipients: Person[] = [];
  while (recipients.length < count) {
    const person = route === 'outbound' ? outsider(random) : staffMember(random, slot.accountId);
    if (!recipients.some(({ address }) => address === person.address)) recipients.push(person);
  }
  const needsAttachment = name === 'attachment' || name === 'virus' || name.startsWith('leak');
  const attachments: Attachment[] = [];
  const wanted = needsAttachment ? random.int(1, 3) : random.chance(0.25) ? 1 : 0;
  while (attachments.length < wanted) {
    const [file, mime] = random.pick(ATTACHMENTS);
    attachments.push({ name: file, mime, size: random.int(300, 2_000_000) });
  }
  const transit = random.int(400, 20_000);
  const processedAt = slot.finishedAt - random.int(50, transit - 100);
  return {
    ...slot,
    receivedAt: slot.finishedAt - transit,
    processedAt,
    aggregateId: random.id(22),
    processingId: `${random.id(43)}_${Math.floor(slot.finishedAt / 1000)}`,
    messageId: `<${random.hex(12)}.${slot.index}@${sender.address.split('@')[1] ?? 'example.com'}>`,
    sender,
    senderIp: `${random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${random.int(1, 254)}`,
    recipients,
    subject: fillIn(random.pick(SUBJECTS), random),
    attachments,
    size: attachments.reduce((sum, { size }) => sum + size, random.int(900, 60_000)),
  };
}
