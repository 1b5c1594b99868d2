/**
 * Looks for some indicators in one collection: all of them at once, page by page, newest first. One that has enough hits
 * takes part no longer, so that a common one does not keep the rare ones waiting; how many hits it has is then counted
 * along the index.
 */

import { groupedBy } from '../domain/grouped.js';
import { isWithin, type RangeKeys } from '../domain/indicators/address-keys.js';
import { INDICATORS_KEY } from '../domain/indicators/indicator.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { Store } from './driver.js';
import {
  countByIndicators,
  findByIndicators,
  type HitDocument,
  type IndicatorQuery,
  MOST_KEYS,
} from './indicator-hits.js';

/** Hits of an indicator in one collection are counted up to here. */
export const MOST_COUNTED = 1_000;
/** Records read at once: what the indicators take if each has many, as far as it is not read in vain for a common one. */
const LEAST_PAGE = 100;
const MOST_PAGE = 500;

export interface ChunkOptions extends Pick<IndicatorQuery, 'since' | 'until' | 'sourceIds'> {
  readonly store: Store;
  readonly stream: StreamName;
  /** Hits wanted of each indicator. */
  readonly perIndicator: number;
  /** @returns milliseconds that are left. @throws when none are, or nobody waits any more. */
  readonly remaining: () => number;
}

export interface Found<W> {
  readonly wanted: W;
  /** Newest first. */
  readonly hits: readonly HitDocument[];
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly isMore: boolean;
}

interface Tally<W> {
  readonly wanted: W;
  readonly hits: HitDocument[];
}

export async function searchChunk<W extends RangeKeys>(
  options: ChunkOptions,
  chunk: readonly W[],
): Promise<Found<W>[]> {
  const { store, stream, perIndicator, remaining, ...range } = options;
  const least = Math.max(LEAST_PAGE, perIndicator + 1);
  const tallies = chunk.map((wanted): Tally<W> => ({ wanted, hits: [] }));
  let open = tallies;
  for (let after: HitDocument | undefined; open.length > 0; ) {
    const byKey = groupedBy(
      open.flatMap((tally) => tally.wanted.keys.map((key) => ({ key, tally }))),
      ({ key }) => key,
    );
    const limit = Math.max(least, Math.min(MOST_PAGE, open.length * (perIndicator + 1)));
    const query = { ...range, keys: [...byKey.keys()], limit, after, maxTimeMs: remaining() };
    const page = await findByIndicators(store, stream, query);
    for (const hit of page) for (const { hits } of talliesOf(hit, byKey)) hits.push(hit);
    if (page.length < limit) break;
    after = page.at(-1);
    open = open.filter(({ hits }) => hits.length <= perIndicator);
  }
  const seenWhole = new Set(open);
  return Promise.all(
    tallies.filter(({ hits }) => hits.length > 0).map((tally) => foundOf(options, tally, seenWhole.has(tally))),
  );
}

function talliesOf<W extends RangeKeys>(
  hit: HitDocument,
  byKey: ReadonlyMap<string, readonly { readonly tally: Tally<W> }[]>,
): Set<Tally<W>> {
  const met = hit[INDICATORS_KEY].flatMap((key) => byKey.get(key) ?? []).map(({ tally }) => tally);
  return new Set(met.filter(({ wanted }) => isWithin(wanted, hit[INDICATORS_KEY])));
}

async function foundOf<W extends RangeKeys>(
  options: ChunkOptions,
  { wanted, hits }: Tally<W>,
  isWhole: boolean,
): Promise<Found<W>> {
  const { store, stream, perIndicator, remaining, ...range } = options;
  const seen = { wanted, hits: hits.slice(0, perIndicator), count: hits.length };
  if (isWhole) return { ...seen, isMore: false };
  if (wanted.between !== undefined) return { ...seen, isMore: true };
  const query = { ...range, keys: wanted.keys, limit: MOST_COUNTED + 1, maxTimeMs: remaining() };
  const count = await countByIndicators(store, stream, query);
  return { ...seen, count: Math.min(count, MOST_COUNTED), isMore: count > MOST_COUNTED };
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
