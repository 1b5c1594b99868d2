/**
 * Looks for some indicators in one collection: all of them at once, page by page, newest first. One that has enough hits
 * takes part no longer, so that a common one does not keep the rare ones waiting, and pages are only as large as what was
 * found so far permits: what is read stays within a few times of what is found.
 */

import { groupedBy } from '../domain/grouped.js';
import { isWithin, type RangeKeys } from '../domain/indicators/address-keys.js';
import { INDICATORS_KEY } from '../domain/indicators/indicator.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Store } from './driver.js';
import { findByIndicators, type HitDocument, type IndicatorQuery, MOST_KEYS } from './indicator-hits.js';

/** Records read for each hit that is kept. */
const READ_PER_HIT = 4;
const MOST_PAGE = 1_000;

/**
 * What a search may read, over all of its chunks and collections. Each page looks up all of its indicators once more, so few
 * large ones cost less than many small ones; one that brought little was large at the expense of those that brought much.
 */
export class ReadBudget {
  private read = 0;
  private kept = 0;

  /** @returns how many records a page may read: those that nothing was found for yet are given as many as one hit needs. */
  take(wanted: number, least: number): number {
    const affordable = READ_PER_HIT * (this.kept + least) - this.read;
    const limit = Math.max(least, Math.min(MOST_PAGE, wanted, affordable));
    // Other chunks are searched at the same time.
    this.read += limit;
    return limit;
  }

  /** What became of a page: of what it was allowed to read, this much was left over, and this much was kept. */
  settle({ unread, kept }: { readonly unread: number; readonly kept: number }): void {
    this.read -= unread;
    this.kept += kept;
  }
}

export interface ChunkOptions extends Pick<IndicatorQuery, 'since' | 'until' | 'sourceIds'> {
  readonly store: Store;
  readonly stream: StreamName;
  /** Hits wanted of each indicator. */
  readonly perIndicator: number;
  /** Shared by the chunks of a search. Default: one of its own. */
  readonly budget?: ReadBudget;
  /** @returns milliseconds that are left. @throws when none are, or nobody waits any more. */
  readonly remaining: () => number;
}

export interface Found<W> {
  readonly wanted: W;
  /** Newest first. */
  readonly hits: readonly HitDocument[];
  /** Whether there are more than were wanted. */
  readonly isMore: boolean;
}

interface Tally<W> {
  readonly wanted: W;
  /** One more than is wanted says that there are more. */
  readonly hits: HitDocument[];
}

export async function searchChunk<W extends RangeKeys>(
  options: ChunkOptions,
  chunk: readonly W[],
): Promise<Found<W>[]> {
  const { store, stream, perIndicator, budget = new ReadBudget(), remaining, ...range } = options;
  const enough = perIndicator + 1;
  const tallies = chunk.map((wanted): Tally<W> => ({ wanted, hits: [] }));
  // Else records of the same network are looked at until there are enough of the range.
  const isExact = chunk.every(({ between }) => between === undefined);
  let read = 0;
  let open = tallies;
  for (let after: HitDocument | undefined; open.length > 0; ) {
    const byKey = groupedBy(
      open.flatMap((tally) => tally.wanted.keys.map((key) => ({ key, tally }))),
      ({ key }) => key,
    );
    const limit = isExact ? budget.take(open.length * enough, enough) : Math.max(enough, Math.min(MOST_PAGE, 4 * read));
    const query = { ...range, keys: [...byKey.keys()], limit, after, maxTimeMs: remaining() };
    const page = await findByIndicators(store, stream, query);
    const before = hitsOf(tallies);
    for (const hit of page) for (const { hits } of talliesOf(hit, byKey)) if (hits.length < enough) hits.push(hit);
    if (isExact) budget.settle({ unread: limit - page.length, kept: hitsOf(tallies) - before });
    if (page.length < limit) break;
    read += page.length;
    after = page.at(-1);
    open = open.filter(({ hits }) => hits.length < enough);
  }
  return tallies
    .filter(({ hits }) => hits.length > 0)
    .map(({ wanted, hits }) => ({ wanted, hits: hits.slice(0, perIndicator), isMore: hits.length === enough }));
}

function hitsOf(tallies: readonly Tally<RangeKeys>[]): number {
  return tallies.reduce((sum, { hits }) => sum + hits.length, 0);
}

function talliesOf<W extends RangeKeys>(
  hit: HitDocument,
  byKey: ReadonlyMap<string, readonly { readonly tally: Tally<W> }[]>,
): Set<Tally<W>> {
  const met = hit[INDICATORS_KEY].flatMap((key) => byKey.get(key) ?? []).map(({ tally }) => tally);
  return new Set(met.filter(({ wanted }) => isWithin(wanted, hit[INDICATORS_KEY])));
}

/** In groups that MongoDB can merge; those that need a comparison of their own stand alone. */
export function chunksOf<W extends RangeKeys>(wanted: readonly W[]): W[][] {
  const chunks: W[][] = [];
  let chunk: W[] = [];
  let keys = 0;
  for (const each of wanted) {
    if (each.between !== undefined) {
      chunks.push([each]);
      continue;
    }
    if (keys + each.keys.length > MOST_KEYS && chunk.length > 0) {
      chunks.push(chunk);
      chunk = [];
      keys = 0;
    }
    chunk.push(each);
    keys += each.keys.length;
  }
  return chunk.length === 0 ? chunks : [...chunks, chunk];
}
