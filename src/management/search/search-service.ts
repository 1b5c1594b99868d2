/** Searches over all collections of records. */

import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { asksIndicators } from '../../domain/search/condition.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import { searchablePath } from '../../search/fields.js';
import { parseQuery } from '../../search/parse-query.js';
import { QueryError } from '../../search/query-error.js';
import type { Collections } from '../../store/collections.js';
import type { Followed, FollowRequest } from '../../store/follow-inserts.js';
import { streamsWithCuts } from '../../store/late-records.js';
import { type FoundRecord, findRecords, type RecordPage } from '../../store/search/find-records.js';
import { followRecords } from '../../store/search/follow-records.js';
import { hasIndicators } from '../../store/search/has-indicators.js';
import { type Histogram, histogramOf } from '../../store/search/histogram.js';
import { planned } from '../../store/search/planned.js';
import type { Search } from '../../store/search/request.js';
import { newerRecords, recordById, streamOfCollection, tokenBehind } from '../../store/search/single-record.js';
import { TimeBudget } from '../../store/search/time-budget.js';
import { type Values, valuesOf } from '../../store/search/values.js';
import { CodedRefusal } from '../common/errors.js';

/** What to search. */
export interface SearchInput {
  /** In Lucene's syntax; empty for all records. */
  readonly query?: string | undefined;
  /** Names of collections, or of streams; default all. */
  readonly collections?: readonly string[] | undefined;
  readonly sourceIds?: readonly number[] | undefined;
  /** Of the records' own times. Included. */
  readonly from?: Date | undefined;
  /** Not included. */
  readonly to?: Date | undefined;
}

export interface Patience {
  /** How long it may take, in milliseconds; what was found by then is the answer. */
  readonly timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface PageWish extends Patience {
  readonly limit: number;
  /** `next` of the page before. */
  readonly token?: string | undefined;
  /** Default: newest first. */
  readonly isOldestFirst?: boolean | undefined;
}

export interface Planned {
  readonly plan: 'index' | 'scan';
  /** Of a scan: no index helps, or one will once records of earlier versions have their indicators. */
  readonly reason?: 'noIndex' | 'fillIn';
  /** Streams with records that hold more indicators than are indexed, which the search may therefore miss. */
  readonly mayMiss?: readonly StreamName[];
}

export interface Around {
  readonly newer: readonly FoundRecord[];
  readonly record: FoundRecord;
  readonly older: readonly FoundRecord[];
}

export const INVALID_QUERY = 'search.query.invalid';
const UNKNOWN_COLLECTION = 'search.collection.unknown';
const UNKNOWN_RECORD = 'record.unknown';

export class SearchService {
  constructor(private readonly collections: Collections) {}

  async find(input: SearchInput, { isOldestFirst = false, timeoutMs, ...wish }: PageWish): Promise<RecordPage> {
    const search = { ...(await this.searchOf(input)), isOldestFirst };
    return findRecords(this.collections, search, { ...wish, budgetMs: timeoutMs });
  }

  /** How a search would be answered. */
  async plan(input: SearchInput, signal?: AbortSignal): Promise<Planned> {
    const search = await this.searchOf(input);
    const budget = new TimeBudget(PLANNING_MS, signal);
    const planOf = async (hasIndicators: boolean) =>
      (await planned(this.collections, { ...search, hasIndicators }, budget)).plan;
    const cut =
      search.hasIndicators && asksIndicators(search.condition)
        ? await streamsWithCuts(this.collections, search.streams)
        : [];
    const mayMiss = present({ mayMiss: cut.length > 0 ? cut : undefined });
    if ((await planOf(search.hasIndicators)) === 'index') return { plan: 'index', ...mayMiss };
    const isForFillIn = !search.hasIndicators && (await planOf(true)) === 'index';
    return { plan: 'scan', reason: isForFillIn ? 'fillIn' : 'noIndex', ...mayMiss };
  }

  async histogram(
    input: SearchInput & { readonly from: Date; readonly to: Date },
    { buckets, timeoutMs, signal }: Patience & { readonly buckets: number },
  ): Promise<Histogram> {
    const { from, to } = input;
    return histogramOf(
      this.collections,
      { ...(await this.searchOf(input)), from, to },
      { buckets, budgetMs: timeoutMs, signal },
    );
  }

  async values(
    input: SearchInput,
    { field, limit, timeoutMs, signal }: Patience & { readonly field: string; readonly limit: number },
  ): Promise<Values> {
    const path = parsed(() => searchablePath(field, 1));
    return valuesOf(this.collections, await this.searchOf(input), { path, limit, budgetMs: timeoutMs, signal });
  }

  /** All records, however many, newest first. @param input its time limits are what ends it. */
  async *all(input: SearchInput, { timeoutMs, signal }: Patience): AsyncGenerator<FoundRecord, void, undefined> {
    const search = await this.searchOf(input);
    for (let token: string | undefined; ; ) {
      const page = await findRecords(this.collections, search, {
        limit: PAGE_OF_ALL,
        token,
        budgetMs: timeoutMs,
        signal,
      });
      yield* page.items;
      if (page.next === undefined && page.isComplete) return;
      if (page.next === token && page.items.length === 0) throw stuck();
      token = page.next;
    }
  }

  /** Records as they are stored. @throws PageTokenError, FollowTokenLostError with the first of them */
  async *follow(input: SearchInput, request: FollowRequest): AsyncGenerator<Followed<FoundRecord>, void, undefined> {
    // A worker of an earlier version may store records without indicators. A change stream uses no index anyway.
    const search = { ...(await this.searchOf(input)), hasIndicators: false };
    yield* followRecords(this.collections, search, request);
  }

  /** @param collection or `ANY_COLLECTION`. @throws CodedRefusal for one that is not there. */
  async record(collection: string, id: string): Promise<FoundRecord> {
    const streams = collection === ANY_COLLECTION ? STREAMS : [streamNamed(collection)];
    const found = await Promise.all(streams.map((stream) => recordById(this.collections, stream, id)));
    const record = found.find((one) => one !== undefined);
    if (record === undefined) throw new CodedRefusal(404, UNKNOWN_RECORD, `There is no record ${id} in ${collection}`);
    return record;
  }

  /** What the source of a record collected from the minutes before and after it. */
  async around(
    collection: string,
    id: string,
    { minutes, limit, timeoutMs, signal }: Patience & { readonly minutes: number; readonly limit: number },
  ): Promise<Around> {
    const record = await this.record(collection, id);
    const reach = minutes * 60_000;
    const [from, to] = [new Date(record.time.getTime() - reach), new Date(record.time.getTime() + reach)];
    const sourceId = sourceIdOf(record);
    const patience = { limit, budgetMs: timeoutMs, signal };
    const search = await this.searchOf({ sourceIds: [sourceId], from });
    const [newer, older] = await Promise.all([
      newerRecords(this.collections, record, { sourceId, streams: STREAMS, to, ...patience }),
      findRecords(this.collections, search, { ...patience, token: tokenBehind(record) }),
    ]);
    return { newer, record, older: older.items };
  }

  /** @throws CodedRefusal for a query that cannot be understood, and for unknown collections. */
  private async searchOf({ query = '', collections, sourceIds, from, to }: SearchInput): Promise<Search> {
    const search = {
      condition: parsed(() => parseQuery(query)),
      streams: collections === undefined ? STREAMS : [...new Set(collections.map(streamNamed))],
      ...present({ sourceIds: sourceIds && [...new Set(sourceIds)], from, to }),
    };
    return { ...search, hasIndicators: await hasIndicators(this.collections, search) };
  }
}

/** Stands for whichever collection has the record. */
export const ANY_COLLECTION = 'any';

const PAGE_OF_ALL = 1_000;
/** A tenth of it is used. */
const PLANNING_MS = 20_000;

export function streamNamed(name: string): StreamName {
  const stream = streamOfCollection(name, STREAMS);
  if (stream === undefined) throw new CodedRefusal(404, UNKNOWN_COLLECTION, `There is no collection ${name}`);
  return stream;
}

export function sourceIdOf({ document }: FoundRecord): number {
  return isObject(document) && typeof document._sourceId === 'number' ? document._sourceId : 0;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof QueryError)
      throw new CodedRefusal(400, INVALID_QUERY, `The query is invalid: ${error.message}`);
    throw error;
  }
}

function stuck(): CodedRefusal {
  return new CodedRefusal(503, 'search.timeout', 'Not even a part of the search could be done in time; ask for less');
}
