/** All records of the message that a record belongs to, on one time line. */

import { aggregateKey, messageKey } from '../../domain/indicators/indicator.js';
import { present } from '../../domain/present.js';
import { allOf, type Condition, EVERYTHING, type FieldTest } from '../../domain/search/condition.js';
import { STREAMS } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { type FoundRecord, findRecords, type RecordPage } from '../../store/search/find-records.js';
import { hasIndicators } from '../../store/search/has-indicators.js';
import { TimeBudget } from '../../store/search/time-budget.js';
import { type Patience, sourceIdOf } from './search-service.js';
import { doubtsOf, type JoinedBy, type Limits, namesOf, type StoryRecord } from './story-doubts.js';

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

/** Records of a message; more are not one message any more. */
const MAX_RECORDS = 1_000;
/** Message IDs and aggregates of one message: of more, it is somebody else's as well. */
const MAX_NAMES = 5;

/**
 * `aggregateId` joins within an account, whichever source collects it; without an account, within a source. Records that have
 * none, such as clicks and DLP logs, are joined by their message ID, also to the aggregates that it leads to. A message ID is
 * what a sender writes: it may be forged, or used twice. `processingId` never joins.
 *
 * @param patience its time is that of the whole story; what was found by then is the answer.
 */
export async function storyOf(
  collections: Collections,
  record: FoundRecord,
  { timeoutMs, signal }: Patience,
): Promise<Story> {
  const budget = new TimeBudget(timeoutMs, signal);
  const names = namesOf(record);
  const isIndexed = await hasIndicators(collections, { streams: STREAMS });
  const all = new Map<string, StoryRecord>([[nameIn(record), { ...record, joinedBy: 'itself' }]]);
  const pages: Joined[] = [];
  const join = async ({ condition, sourceId }: Join, joinedBy: (one: FoundRecord) => JoinedBy) => {
    // Without the index, the records of a source are as many as can be looked at in the time.
    const only = isIndexed ? sourceId : sourceIdOf(record);
    const sourceIds = only === undefined ? undefined : [only];
    const search = { condition, streams: STREAMS, hasIndicators: isIndexed, ...present({ sourceIds }) };
    const page = await findRecords(collections, search, { limit: MAX_RECORDS, budgetMs: budget.left, signal });
    pages.push(page);
    for (const one of page.items) {
      if (!all.has(nameIn(one))) all.set(nameIn(one), { ...one, joinedBy: joinedBy(one) });
    }
  };
  const joinAll = async (joins: readonly Join[], joinedBy: (one: FoundRecord) => JoinedBy) => {
    for (const one of joins) if (all.size <= MAX_RECORDS) await join(one, joinedBy);
  };

  const ids = distinct([record], idOf);
  const isLedByIds = names.aggregateId === undefined;
  if (isLedByIds) await joinAll([...ids.values()], () => 'messageId');
  const aggregates = distinct(all.values(), aggregateOf);
  await joinAll(first(aggregates), () => 'aggregateId');
  const allIds = distinct(all.values(), idOf);
  const isOfAggregate = (one: FoundRecord) => aggregates.has(aggregateOf(one)?.key ?? '');
  await joinAll(
    first(allIds).filter(({ key }) => !(isLedByIds && ids.has(key))),
    (one) => (isOfAggregate(one) ? 'aggregateId' : 'messageId'),
  );

  const limits: Limits = {
    ids: allIds.size,
    aggregates: aggregates.size,
    maxNames: MAX_NAMES,
    maxRecords: MAX_RECORDS,
    hasTooMany: all.size > MAX_RECORDS || pages.some((page) => isCut(page) && page.items.length >= MAX_RECORDS),
    isTooLarge: pages.some((page) => isCut(page) && page.items.length < MAX_RECORDS),
    isTimeUp: pages.some((page) => !page.isComplete),
    isOneSource: !isIndexed && pages.length > 0,
  };
  const { hasTooMany, isTooLarge, isTimeUp, isOneSource } = limits;
  const isCutShort = Math.max(allIds.size, aggregates.size) > MAX_NAMES;
  const records = [...all.values()].sort((a, b) => a.time.getTime() - b.time.getTime());
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    records,
    doubts: doubtsOf(names, records, limits),
    isComplete: !(hasTooMany || isTooLarge || isTimeUp || isOneSource || isCutShort),
  };
}

function nameIn({ collection, id }: FoundRecord): string {
  return `${collection}/${id}`;
}

type Joined = Pick<RecordPage, 'items' | 'isComplete' | 'next'>;

/** Whether there is more, though there was time to read it. */
function isCut({ isComplete, next }: Joined): boolean {
  return isComplete && next !== undefined;
}

/** What records have in common. */
interface Join {
  /** Equal when the same records have it. */
  readonly key: string;
  readonly condition: Condition;
  /** Only of this one; default all. */
  readonly sourceId?: number;
}

function distinct(records: Iterable<FoundRecord>, joinOf: (record: FoundRecord) => Join | undefined) {
  const joins = [...records].flatMap((record) => joinOf(record) ?? []);
  return new Map(joins.map((join) => [join.key, join]));
}

function first(joins: ReadonlyMap<string, Join>): Join[] {
  return [...joins.values()].slice(0, MAX_NAMES);
}

function aggregateOf(record: FoundRecord): Join | undefined {
  const { accountId, aggregateId } = namesOf(record);
  const indicator = aggregateId && aggregateKey(accountId ?? '', aggregateId);
  if (indicator === undefined || aggregateId === undefined) return undefined;
  const account: Condition = accountId === undefined ? EVERYTHING : field('accountId', accountId);
  const otherwise = allOf([field('aggregateId', aggregateId), account]);
  const condition: Condition = { kind: 'indicator', keys: [indicator], otherwise };
  if (accountId !== undefined) return { key: indicator, condition };
  const sourceId = sourceIdOf(record);
  return { key: `${sourceId} ${indicator}`, condition, sourceId };
}

function idOf(record: FoundRecord): Join | undefined {
  const { messageId } = namesOf(record);
  const key = messageId && messageKey(messageId);
  if (key === undefined || messageId === undefined) return undefined;
  return { key, condition: { kind: 'indicator', keys: [key], otherwise: field('messageId', messageId) } };
}

function field(path: string, text: string): Condition {
  const test: FieldTest = { by: 'words', text, boundary: 'part' };
  return { kind: 'field', path, test };
}
