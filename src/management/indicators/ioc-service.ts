/** The search for indicators as commands and API offer it: times as people say them, and an answer of plain JSON. */

import { present } from '../../domain/present.js';
import { definitionOf, STREAMS, type StreamName } from '../../domain/streams/streams.js';
import type { StrangeEntry } from '../../indicators/lists/parsing.js';
import type { Collections } from '../../store/collections.js';
import { forgetFillIns } from '../../store/indicator-fill-in.js';
import { audited } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { parseTime } from '../common/parse-time.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { type FillInStatus, fillInStatus } from './fill-in-status.js';
import { startFillIn } from './fill-in-workflow.js';
import { type IocHits, IocSearch } from './ioc-search.js';

export interface IocQuery {
  readonly indicators: string | readonly string[];
  /** An ISO time, or an age such as 7d. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Names of collections; default: all that hold records. */
  readonly collections?: readonly string[] | undefined;
  /** Ids of sources; default: all. */
  readonly sources?: readonly number[] | undefined;
  readonly hitsPerIndicator?: number | undefined;
  /** Indicators left out at the beginning of the list. Default 0. */
  readonly skip?: number | undefined;
  /** Indicators to look for. Default: all that follow. */
  readonly limit?: number | undefined;
}

export interface IocHit {
  /** `_id` of the record, hexadecimal. */
  readonly id: string;
  readonly time: string;
  readonly sourceId: number;
  readonly source: string;
}

export interface IocCollectionHits {
  readonly collection: string;
  readonly stream: StreamName;
  /** Of `hits`. */
  readonly count: number;
  /** Whether there are more than these. */
  readonly isMore: boolean;
  /** Newest first. */
  readonly hits: readonly IocHit[];
}

export interface IocAnswer {
  /** Of the whole list. */
  readonly indicators: number;
  readonly searched: number;
  readonly findings: readonly {
    readonly indicator: string;
    readonly type: string;
    readonly found: readonly IocCollectionHits[];
  }[];
  readonly notUnderstood: readonly StrangeEntry[];
  readonly notUnderstoodCount: number;
  readonly isComplete: boolean;
  readonly unsearched: readonly { readonly collection: string; readonly indicators: number }[];
  readonly fillIn: FillInAnswer;
}

export interface FillInAnswer {
  readonly isComplete: boolean;
  /** Absent when all is complete, and before each collection was begun. */
  readonly completeSince?: string;
  readonly collections: readonly {
    readonly collection: string;
    readonly stream: StreamName;
    readonly isComplete: boolean;
    readonly completeSince?: string;
    readonly read: number;
    readonly filled: number;
    readonly hasCuts: boolean;
  }[];
}

const MOST_HITS = 100;

export class IocService {
  private readonly searching: IocSearch;

  constructor(private readonly collections: Collections) {
    this.searching = new IocSearch(collections);
  }

  /** @throws RefusedError naming each mistake. */
  async search(query: IocQuery, signal?: AbortSignal): Promise<IocAnswer> {
    const { indicators, hitsPerIndicator: perIndicator, sources: sourceIds, skip, limit } = query;
    const range = rangeOf(query, Date.now());
    const result = await this.searching.search({ indicators, perIndicator, sourceIds, skip, limit, ...range }, signal);
    const { findings, strange, fillIn, ...rest } = result;
    return {
      ...rest,
      findings: findings.map(({ indicator: { text, type }, found }) => ({
        indicator: text,
        type,
        found: found.map(shownHits),
      })),
      notUnderstoodCount: strange,
      fillIn: shownFillIn(fillIn),
    };
  }

  /** Looks at all records again. One that runs goes on from the newest record; else a worker begins within seconds. */
  async fillInAgain(access: Pick<InstallationAccess, 'client'>, actor: string): Promise<FillInAnswer> {
    const { collections } = this;
    await audited(collections, { actor, action: 'indicators.fillIn' }, async () => {
      await forgetFillIns(collections);
      // A worker's reconciler starts it anyway.
      return { result: await startFillIn({ ...access, collections }).catch(() => undefined) };
    });
    return this.fillIn();
  }

  async fillIn(): Promise<FillInAnswer> {
    return shownFillIn(await fillInStatus(this.collections));
  }
}

function rangeOf({ since, until, collections, hitsPerIndicator: hits }: IocQuery, now: number) {
  const times = { since, until };
  const mistakes = Object.entries(times).flatMap(([key, text]) =>
    text !== undefined && parseTime(text, now) === undefined
      ? [`${key}: "${text}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`]
      : [],
  );
  if (hits !== undefined && !(Number.isInteger(hits) && hits >= 1 && hits <= MOST_HITS))
    mistakes.push(`hitsPerIndicator: must be a number from 1 to ${MOST_HITS}`);
  const streams = collections && STREAMS.filter((stream) => collections.includes(definitionOf(stream).collection));
  const known = STREAMS.map((stream) => definitionOf(stream).collection);
  for (const name of collections ?? []) {
    if (!known.includes(name)) mistakes.push(`collections: there is no "${name}"; there are: ${known.join(', ')}`);
  }
  if (mistakes.length > 0) throw new RefusedError('This search is invalid:', mistakes);
  const timeOf = (text: string | undefined) => (text === undefined ? undefined : new Date(parseTime(text, now) ?? now));
  return { streams, since: timeOf(since), until: timeOf(until) };
}

function shownHits({ hits, ...rest }: IocHits): IocCollectionHits {
  return {
    ...rest,
    count: hits.length,
    hits: hits.map(({ _id, _messageTime, _sourceId, _source }) => ({
      id: _id.toString('hex'),
      time: _messageTime.toISOString(),
      sourceId: _sourceId,
      source: _source,
    })),
  };
}

function shownFillIn({ isComplete, completeSince, streams }: FillInStatus): FillInAnswer {
  const shownTime = (time: Date | undefined) => present({ completeSince: time?.toISOString() });
  return {
    isComplete,
    ...shownTime(completeSince),
    collections: streams.map(({ completeSince: time, ...stream }) => ({ ...stream, ...shownTime(time) })),
  };
}
