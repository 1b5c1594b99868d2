/** What is uncertain about the story of a message, in words for people. */

import { isName } from '../../domain/indicators/indicator.js';
import { filledString } from '../../domain/json.js';
import type { FoundRecord } from '../../store/search/find-records.js';

export type JoinedBy = 'itself' | 'aggregateId' | 'messageId';

export interface StoryRecord extends FoundRecord {
  readonly joinedBy: JoinedBy;
}

/** What names the message in a record. */
export interface Names {
  readonly accountId: string | undefined;
  readonly aggregateId: string | undefined;
  readonly messageId: string | undefined;
}

/** How many names were found, and what was left out. */
export interface Limits {
  readonly ids: number;
  readonly aggregates: number;
  /** Of each kind, so many are followed. */
  readonly maxNames: number;
  readonly maxRecords: number;
  readonly hasTooMany: boolean;
  /** What one name joins is more than one answer may hold. */
  readonly isTooLarge: boolean;
  readonly isTimeUp: boolean;
  /** Other sources were not searched, as records of earlier versions have no indicators yet. */
  readonly isOneSource: boolean;
}

export function namesOf({ document }: FoundRecord): Names {
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

export function doubtsOf(names: Names, records: readonly StoryRecord[], limits: Limits): string[] {
  return [...doubtsOfNames(names, records, limits), ...doubtsOfLimits(limits)]
    .filter(([isSo]) => isSo)
    .map(([, text]) => text);
}

type Doubt = readonly [isSo: boolean, text: string];

function doubtsOfNames(
  { aggregateId, messageId }: Names,
  records: readonly StoryRecord[],
  { ids, aggregates }: Limits,
): Doubt[] {
  const byId = records.filter(({ joinedBy }) => joinedBy === 'messageId');
  const foreign = byId.filter((one) => namesOf(one).aggregateId !== undefined && aggregateId !== undefined);
  const ledTo = aggregateId === undefined ? records.filter(({ joinedBy }) => joinedBy === 'aggregateId') : [];
  const accounts = new Set(records.flatMap((one) => namesOf(one).accountId ?? []));
  const sources = new Map(records.map(({ document }) => [document._sourceId, document._source]));
  return [
    [
      aggregateId === undefined && messageId === undefined,
      'This record has neither an aggregateId nor a messageId, so nothing says which other records belong to it.',
    ],
    [
      aggregateId !== undefined && messageId === undefined && ids === 0,
      'No record of this message has a message ID, as is usual for journaled and rejected messages: clicks and DLP logs cannot be joined.',
    ],
    [
      byId.length > foreign.length,
      `${counted(byId.length - foreign.length, 'record is', 'records are')} joined by the message ID alone, which the sender writes: it can be forged.`,
    ],
    [
      ledTo.length > 0,
      `${counted(ledTo.length, 'record is', 'records are')} joined by an aggregateId that the message ID led to, and no more certain than that ID.`,
    ],
    [
      foreign.length > 0,
      `${counted(foreign.length, 'record has', 'records have')} the same message ID and another aggregateId: another copy of the message, or another message with a copied ID.`,
    ],
    [
      aggregateId === undefined && aggregates > 1,
      `The message ID belongs to ${aggregates} aggregateIds: several messages, or several copies of one.`,
    ],
    [accounts.size > 1, `The records are of ${accounts.size} accounts: ${[...accounts].join(', ')}.`],
    [
      sources.size > 1,
      `The records are of ${sources.size} sources: ${[...sources.values()].join(', ')}. If these collect the same account, a record may be here once for each.`,
    ],
    [ids > 1, `The records of this message have ${ids} message IDs.`],
  ];
}

function doubtsOfLimits({ ids, aggregates, maxNames, maxRecords, ...limits }: Limits): Doubt[] {
  return [
    [
      Math.max(ids, aggregates) > maxNames,
      `Only ${maxNames} of the message IDs and aggregateIds were followed: so many belong to more than one message.`,
    ],
    [
      limits.hasTooMany,
      `More than ${maxRecords.toLocaleString('en-US')} records have the same aggregateId or message ID: most of them are probably of other messages.`,
    ],
    [limits.isTooLarge, 'The records are too large to be shown together: the oldest ones are missing.'],
    [limits.isTimeUp, 'There was not time enough to find all records.'],
    [
      limits.isOneSource,
      'Only the source of this record was searched, as records of an earlier version are still being given their indicators.',
    ],
  ];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
