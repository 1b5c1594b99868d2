/** What is searched, and how its records are reached. */

import type { Document } from 'mongodb';
import type { Condition } from '../../domain/search/condition.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { BY_INDICATOR, BY_SOURCE, BY_TIME, OLDEST_FIRST, ORDER } from '../record-indexes.js';
import { filterOf, keysFilter } from './filter.js';
import type { Plan } from './plan.js';
import { behindFilter, type Position } from './position.js';

export interface Search {
  readonly condition: Condition;
  readonly streams: readonly StreamName[];
  /** Only records of these; default all. */
  readonly sourceIds?: readonly number[];
  /** Of the records' own times. Included; default no limit. */
  readonly from?: Date;
  /** Not included; default no limit. */
  readonly to?: Date;
  /** Whether all records carry their indicators. */
  readonly hasIndicators: boolean;
  /** Default: newest first. */
  readonly isOldestFirst?: boolean;
}

export function sortOf({ isOldestFirst = false }: Pick<Search, 'isOldestFirst'>) {
  return isOldestFirst ? OLDEST_FIRST : ORDER;
}

/** MongoDB merges so many values of one field in the order of another; with more it reads all hits and sorts them. */
const MAX_MERGED = 200;

/** One way into a collection. Together, the ways of a search reach every record that can be looked for. */
export interface Way {
  readonly stream: StreamName;
  /** What the index leads to. Hits of two ways may be the same record. */
  readonly reached: Document;
  readonly index: Document;
  /** What a record that is reached has to fulfil; `undefined`: all of them are hits. */
  readonly rest: Document | undefined;
}

/** @param most values that one way asks for. */
export function waysOf(search: Search, plan: Plan, most = MAX_MERGED): Way[] {
  return search.streams.flatMap((stream) => waysInto(stream, search, plan, most));
}

function waysInto(stream: StreamName, search: Search, { keys, isExact }: Plan, most: number): Way[] {
  const { condition, sourceIds, hasIndicators } = search;
  const whole = filterOf(condition, { stream, hasIndicators });
  const asked = isExact ? [] : [whole];
  if (keys !== undefined) {
    const rest = restOf([...asked, ...(sourceIds === undefined ? [] : [{ _sourceId: { $in: [...sourceIds] } }])]);
    return chunks(keys, most).map((some) => ({ stream, reached: keysFilter(some), index: BY_INDICATOR, rest }));
  }
  const rest = restOf(asked);
  if (sourceIds === undefined) return [{ stream, reached: {}, index: BY_TIME, rest }];
  return chunks(sourceIds, most).map((some) => ({
    stream,
    reached: { _sourceId: { $in: some } },
    index: BY_SOURCE,
    rest,
  }));
}

function restOf(filters: readonly Document[]): Document | undefined {
  return filters.length === 0 ? undefined : { $and: [...filters] };
}

function chunks<T>(all: readonly T[], most: number): T[][] {
  if (all.length <= most) return [[...all]];
  return [all.slice(0, most), ...chunks(all.slice(most), most)];
}

/** For each stream: the part of a search that lies behind a position and within its times. */
export function timeFilter(
  { from, to, isOldestFirst }: Pick<Search, 'from' | 'to' | 'isOldestFirst'>,
  behind: Position | undefined,
): (stream: StreamName) => Document {
  const ends = [
    ...(from === undefined ? [] : [{ _messageTime: { $gte: from } }]),
    ...(to === undefined ? [] : [{ _messageTime: { $lt: to } }]),
  ];
  return (stream) => {
    const all = behind === undefined ? ends : [...ends, behindFilter(behind, stream, isOldestFirst)];
    return all.length === 0 ? {} : { $and: all };
  };
}
