/** All records of the message that a record belongs to, on one time line. */

import { aggregateKey, isName, messageKey } from '../../domain/indicators/indicator.js';
import { filledString } from '../../domain/json.js';
import { allOf, type Condition, EVERYTHING, type FieldTest } from '../../domain/search/condition.js';
import { STREAMS } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { type FoundRecord, findRecords, type RecordPage } from '../../store/search/find-records.js';
import { hasIndicators } from '../../store/search/has-indicators.js';
import { type Patience, sourceIdOf } from './search-service.js';

export type JoinedBy = 'itself' | 'aggregateId' | 'messageId';

export interface StoryRecord extends FoundRecord {
  readonly joinedBy: JoinedBy;
}

export interface Story {
  /** What names the message in Mimecast's records; a key is absent when the record has none. */
  readonly accountId?: string;
  readonly aggregateId?: string;
  readonly messageId?: string;
  /** Oldest first. */
  readonly records: readonly StoryRecord[];
  /** Why records may be missing, or belong to another message. */
  readonly doubts: readonly string[];
  /** Whether all records that could be joined are here. */
  readonly isComplete: boolean;
}

/** Records of a message; more are not one any more. */
const MAX_RECORDS = 1_000;

const TOO_MANY =
  `More than ${MAX_RECORDS.toLocaleString('en-US')} records have the same aggregateId or message ID: most of them ` +
  'are probably of other messages.';

interface Names {
  readonly accountId: string | undefined;
  readonly aggregateId: string | undefined;
  readonly messageId: string | undefined;
}

/**
 * `aggregateId` joins within a source and an account. Records that have none, such as clicks and DLP logs, are joined by
 * their message ID. A message ID is what a sender writes: it may be forged, or used twice. `processingId` never joins.
 */
export async function storyOf(collections: Collections, record: FoundRecord, patience: Patience): Promise<Story> {
  const names = namesOf(record);
  const { accountId, aggregateId, messageId } = names;
  const together = await joined(collections, record, byAggregate(names), patience);
  const ids = new Set([messageId, ...together.items.map((one) => namesOf(one).messageId)].flatMap((id) => id ?? []));
  const others: Joined[] = [];
  for (const id of [...ids].slice(0, MAX_IDS)) others.push(await joined(collections, record, byMessage(id), patience));

  const isSame = (one: FoundRecord) =>
    aggregateId !== undefined && namesOf(one).aggregateId === aggregateId && namesOf(one).accountId === accountId;
  const all = new Map<string, StoryRecord>();
  const add = (one: FoundRecord, joinedBy: JoinedBy) => {
    const key = `${one.collection}/${one.id}`;
    if (!all.has(key)) all.set(key, { ...one, joinedBy });
  };
  add(record, 'itself');
  for (const one of together.items) add(one, 'aggregateId');
  for (const one of others.flatMap(({ items }) => items)) add(one, isSame(one) ? 'aggregateId' : 'messageId');
  const records = [...all.values()].sort((a, b) => a.time.getTime() - b.time.getTime());
  const isComplete =
    [together, ...others].every((page) => page.isComplete && page.next === undefined) && ids.size <= MAX_IDS;
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    records,
    doubts: [
      ...doubtsOf(names, records, ids.size),
      ...([together, ...others].some(({ next }) => next !== undefined) ? [TOO_MANY] : []),
    ],
    isComplete,
  };
}

/** Message IDs of one aggregate: it is one message, unless somebody else's. */
const MAX_IDS = 5;

function namesOf({ document }: FoundRecord): Names {
  return {
    accountId: filledString(document.accountId),
    aggregateId: nameOf(document.aggregateId),
    messageId: nameOf(document.messageId),
  };
}

function nameOf(value: unknown): string | undefined {
  const text = filledString(value);
  return text !== undefined && isName(text) ? text : undefined;
}

function byAggregate({ accountId, aggregateId }: Names): Condition | undefined {
  const key = aggregateId && aggregateKey(accountId ?? '', aggregateId);
  if (key === undefined || aggregateId === undefined) return undefined;
  const account: Condition = accountId === undefined ? EVERYTHING : field('accountId', accountId);
  return allOf([{ kind: 'indicator', keys: [key], otherwise: allOf([field('aggregateId', aggregateId), account]) }]);
}

function byMessage(messageId: string): Condition | undefined {
  const key = messageKey(messageId);
  return key === undefined ? undefined : { kind: 'indicator', keys: [key], otherwise: field('messageId', messageId) };
}

function field(path: string, text: string): Condition {
  const test: FieldTest = { by: 'words', text, boundary: 'part' };
  return { kind: 'field', path, test };
}

type Joined = Pick<RecordPage, 'items' | 'isComplete' | 'next'>;

async function joined(
  collections: Collections,
  record: FoundRecord,
  condition: Condition | undefined,
  { timeoutMs, signal }: Patience,
): Promise<Joined> {
  if (condition === undefined) return { items: [], isComplete: true };
  const search = { condition, streams: STREAMS, sourceIds: [sourceIdOf(record)] };
  const whole = { ...search, hasIndicators: await hasIndicators(collections, search) };
  return findRecords(collections, whole, { limit: MAX_RECORDS, budgetMs: timeoutMs, signal });
}

function doubtsOf(names: Names, records: readonly StoryRecord[], ids: number): string[] {
  const byId = records.filter(({ joinedBy }) => joinedBy === 'messageId');
  const foreign = byId.filter((one) => namesOf(one).aggregateId !== undefined && names.aggregateId !== undefined);
  const accounts = new Set(records.flatMap((one) => namesOf(one).accountId ?? []));
  const aggregates = new Set(records.flatMap((one) => namesOf(one).aggregateId ?? []));
  const doubts: (readonly [boolean, string])[] = [
    [
      names.aggregateId === undefined && names.messageId === undefined,
      'This record has neither an aggregateId nor a messageId, so nothing says which other records belong to it.',
    ],
    [
      names.aggregateId !== undefined && names.messageId === undefined && ids === 0,
      'No record of this message has a message ID, as is usual for journaled and rejected messages: clicks and DLP logs cannot be joined.',
    ],
    [
      byId.length > foreign.length,
      `${counted(byId.length - foreign.length, 'record is', 'records are')} joined by the message ID alone, which the sender writes: it can be forged.`,
    ],
    [
      foreign.length > 0,
      `${counted(foreign.length, 'record has', 'records have')} the same message ID and another aggregateId: another copy of the message, or another message with a copied ID.`,
    ],
    [
      names.aggregateId === undefined && aggregates.size > 1,
      `The message ID belongs to ${aggregates.size} aggregateIds: several messages, or several copies of one.`,
    ],
    [accounts.size > 1, `The records are of ${accounts.size} accounts: ${[...accounts].join(', ')}.`],
    [ids > 1, `The records of this aggregateId have ${ids} message IDs.`],
  ];
  return doubts.filter(([isSo]) => isSo).map(([, text]) => text);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
