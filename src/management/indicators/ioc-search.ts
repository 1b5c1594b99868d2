/** Searches all record collections, or some, for a list of indicators. */

import { groupedBy } from '../../domain/grouped.js';
import { Semaphore } from '../../domain/semaphore.js';
import { definitionOf, STREAMS, type StreamName } from '../../domain/streams/streams.js';
import type { StrangeEntry } from '../../indicators/lists/parsing.js';
import type { WantedIndicator } from '../../indicators/lists/wanted.js';
import type { Collections } from '../../store/collections.js';
import { chunksOf, type Found, ReadBudget, searchChunk } from '../../store/indicator-search.js';
import { isTimeUp, TimeIsUpError } from '../../store/search/time-budget.js';
import { type FillInStatus, fillInStatus } from './fill-in-status.js';
import { parsedList } from './parsed-list.js';

export interface IocRequest {
  /** A text as it was pasted, or a text for each indicator. */
  readonly indicators: string | readonly string[];
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Default: all. */
  readonly streams?: readonly StreamName[] | undefined;
  readonly sourceIds?: readonly number[] | undefined;
  /** Hits wanted of each indicator and collection. Default 5. */
  readonly perIndicator?: number | undefined;
  /** Indicators left out at the beginning of the list. Default 0. */
  readonly skip?: number | undefined;
  /** Indicators to look for. Default: all that follow. */
  readonly limit?: number | undefined;
  /** In milliseconds; what was found by then is returned. Default 20,000. */
  readonly timeLimitMs?: number | undefined;
}

export interface IocHits extends Omit<Found<WantedIndicator>, 'wanted'> {
  readonly stream: StreamName;
  readonly collection: string;
}

export interface IocFinding {
  readonly indicator: WantedIndicator;
  /** Collections with hits, in the order of display. */
  readonly found: readonly IocHits[];
}

export interface IocResult {
  /** Indicators of the whole list. */
  readonly indicators: number;
  /** Indicators that were looked for. */
  readonly searched: number;
  /** Those with hits, in the order of the list. */
  readonly findings: readonly IocFinding[];
  readonly notUnderstood: readonly StrangeEntry[];
  /** How many were not understood, if there are more than are named. */
  readonly strange: number;
  /** False when time was up: what was not searched is in `unsearched`. */
  readonly isComplete: boolean;
  /** How many indicators were not looked for in a collection. */
  readonly unsearched: readonly { readonly collection: string; readonly indicators: number }[];
  readonly fillIn: FillInStatus;
}

const AT_ONCE = 4;

export class IocSearch {
  private indexed: Promise<void> | undefined;

  constructor(private readonly collections: Collections) {}

  /**
   * @param signal ends it; what was found by then is returned.
   * @throws RefusedError for a list that is too long.
   */
  async search(request: IocRequest, signal?: AbortSignal): Promise<IocResult> {
    const { indicators, streams = STREAMS, timeLimitMs = 20_000, perIndicator = 5 } = request;
    const { since, until, sourceIds, skip = 0, limit = Number.POSITIVE_INFINITY } = request;
    const { wanted: all, ...parsed } = await parsedList(indicators);
    const wanted = all.slice(skip, skip + limit);
    const end = Date.now() + timeLimitMs;
    const remaining = () => {
      const left = end - Date.now();
      if (left <= 0 || signal?.aborted) throw new TimeIsUpError();
      return left;
    };
    await this.makeIndexes();
    // Before the search: what is filled in during it may be found or not.
    const fillIn = await fillInStatus(this.collections);
    const turns = new Semaphore(AT_ONCE);
    const budget = new ReadBudget();
    const found: (Found<WantedIndicator> & { readonly stream: StreamName })[] = [];
    const unsearched = new Map<StreamName, number>();
    const search = async (stream: StreamName, chunk: readonly WantedIndicator[]) => {
      try {
        const options = {
          store: this.collections,
          stream,
          since,
          until,
          sourceIds,
          perIndicator,
          budget,
          remaining,
        };
        for (const each of await searchChunk(options, chunk)) found.push({ ...each, stream });
      } catch (error) {
        if (!isTimeUp(error)) throw error;
        unsearched.set(stream, (unsearched.get(stream) ?? 0) + chunk.length);
      }
    };
    const work = chunksOf(wanted).flatMap((chunk) => streams.map((stream) => turns.run(() => search(stream, chunk))));
    await Promise.all(work);
    return {
      indicators: all.length,
      searched: wanted.length,
      findings: findingsOf(wanted, found),
      ...parsed,
      isComplete: unsearched.size === 0,
      unsearched: [...unsearched].map(([stream, count]) => ({
        collection: definitionOf(stream).collection,
        indicators: count,
      })),
      fillIn,
    };
  }

  /** Without the index a query would be refused: it may be the first after an upgrade. */
  private makeIndexes(): Promise<void> {
    this.indexed ??= this.collections.ensureIndexes().catch((error: unknown) => {
      this.indexed = undefined;
      throw error;
    });
    return this.indexed;
  }
}

function findingsOf(
  wanted: readonly WantedIndicator[],
  found: readonly (Found<WantedIndicator> & { readonly stream: StreamName })[],
): IocFinding[] {
  const byIndicator = groupedBy(found, (each) => each.wanted);
  return wanted.flatMap((indicator) => {
    const hits = byIndicator.get(indicator);
    if (hits === undefined) return [];
    const ordered = hits.toSorted((a, b) => STREAMS.indexOf(a.stream) - STREAMS.indexOf(b.stream));
    return [
      {
        indicator,
        found: ordered.map(({ wanted: _, ...each }) => ({ ...each, collection: definitionOf(each.stream).collection })),
      },
    ];
  });
}
