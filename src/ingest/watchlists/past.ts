/** Answers a watchlist for what was stored before it, step by step. */

import { WATCHLIST_LIMITS, type WatchedIndicator, type WatchlistProgress } from '../../domain/watchlists/watchlist.js';
import type { Collections } from '../../store/collections.js';
import { chunksOf, searchChunk } from '../../store/indicator-search.js';
import { isTimeUp } from '../../store/search/time-budget.js';
import { isOfThePast, raiseHits } from '../../store/watchlist-hits.js';
import { announceChange, type PastSearch, savePast, stepAt, storedWatchlist } from '../../store/watchlists.js';

const MOST_PAST_HITS = WATCHLIST_LIMITS.pastHits;
/** A step that takes longer ends with an error, and is tried again. */
const LONGEST_STEP_MS = 60_000;
/** Then it is left out: the steps after it must not wait for ever. */
const MOST_TRIES = 3;

export interface PastOptions {
  readonly collections: Collections;
  readonly watchlistId: string;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new step is begun. */
  readonly until: number;
}

/** Goes on where it stopped. A step is done before it is noted as done. Of a list that is changed meanwhile it leaves off. */
export async function searchPast({ collections, watchlistId, signal, until }: PastOptions): Promise<WatchlistProgress> {
  const watchlist = await storedWatchlist(collections, watchlistId);
  if (watchlist === null || watchlist.past.isDone) return { isDone: true, hits: 0 };
  const { indicators, webhook } = watchlist;
  let { past } = watchlist;
  let hits = 0;
  const save = async (change: Partial<PastSearch>) => {
    past = { ...past, ...change };
    return savePast(collections, watchlist, past);
  };
  await collections.ensureIndexes();
  if (!past.isAnnounced) {
    await announceChange(collections);
    await save({ isAnnounced: true });
  }
  const chunks = chunksOf(indicators.slice(past.searched));
  for (let step = stepAt(chunks, past.steps); step !== undefined; step = stepAt(chunks, past.steps)) {
    const { chunk, stream } = step;
    const remaining = () => LONGEST_STEP_MS;
    let found: Awaited<ReturnType<typeof searchChunk<WatchedIndicator>>>;
    try {
      found = await searchChunk({ store: collections, stream, perIndicator: MOST_PAST_HITS, remaining }, chunk);
    } catch (error) {
      const tries = (past.tries ?? 0) + 1;
      if (!isTimeUp(error)) throw error;
      await save(tries < MOST_TRIES ? { tries } : { steps: past.steps + 1, isMore: true, tries: 0 });
      if (tries < MOST_TRIES) throw error;
      continue;
    }
    const raised = found.flatMap(({ wanted: indicator, hits: records }) =>
      records.map((record) => ({
        ...{ watchlistId, hasWebhook: webhook !== undefined, indicator, record, stream },
        isPast: isOfThePast(record, watchlist, indicator),
      })),
    );
    hits += await raiseHits(collections, raised);
    const isSame = await save({
      steps: past.steps + 1,
      tries: 0,
      isMore: past.isMore || found.some(({ isMore }) => isMore),
    });
    if (!isSame || signal.aborted || Date.now() >= until) return { isDone: false, hits };
  }
  return { isDone: await save({ isDone: true }), hits };
}
