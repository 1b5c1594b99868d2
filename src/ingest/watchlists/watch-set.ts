/**
 * Compares records with the watchlists, after they are stored and before the checkpoint moves: if a worker dies in between,
 * the same records are read and compared again, and a hit that is there already is not raised twice.
 *
 * A watchlist that comes meanwhile misses nothing. The number that says whether the lists have changed is read after the
 * records are stored. Either it shows the new list, or that list was announced later; and what was stored before is
 * searched after the announcement.
 */

import { isWithin } from '../../domain/indicators/address-keys.js';
import { INDICATORS_KEY } from '../../domain/indicators/indicator.js';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { WatchedIndicator } from '../../domain/watchlists/watchlist.js';
import type { Collections } from '../../store/collections.js';
import { isOfThePast, type RaisedHit, raiseHits } from '../../store/watchlist-hits.js';
import { activeWatchlists, type WatchlistDocument, watchlistVersion } from '../../store/watchlists.js';
import { withinLimits } from './hit-limits.js';

interface Watched {
  readonly watchlist: WatchlistDocument;
  readonly indicator: WatchedIndicator;
}

interface WatchSet {
  readonly version: number;
  readonly byKey: ReadonlyMap<string, readonly Watched[]>;
}

const NONE: WatchSet = { version: 0, byKey: new Map() };
/** Of each store of this program: read again only when the lists have changed. */
const kept = new WeakMap<Collections, Promise<WatchSet>>();

/** @param documents that are stored, with their indicators. */
export async function compareWithWatchlists(
  collections: Collections,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<void> {
  if (documents.every((document) => indicatorsIn(document).length === 0)) return;
  const { byKey } = await watchSetOf(collections);
  if (byKey.size === 0) return;
  const now = new Date();
  const raised = documents.flatMap((document) => hitsOf(byKey, stream, document, now));
  await raiseHits(collections, await withinLimits(collections, raised, now));
}

function hitsOf(byKey: WatchSet['byKey'], stream: StreamName, document: RecordDocument, now: Date): RaisedHit[] {
  const indicators = indicatorsIn(document);
  const watched = new Set(indicators.flatMap((key) => byKey.get(key) ?? []));
  return [...watched]
    .filter(({ watchlist: { expiresAt }, indicator }) => {
      return (expiresAt === undefined || expiresAt > now) && isWithin(indicator, indicators);
    })
    .map(({ watchlist, indicator }) => ({
      watchlistId: watchlist._id,
      hasWebhook: watchlist.webhook !== undefined,
      indicator,
      record: { ...document, _sourceId: document._sourceId },
      stream,
      isPast: isOfThePast(document, watchlist, indicator),
    }));
}

function indicatorsIn({ [INDICATORS_KEY]: indicators }: RecordDocument): readonly string[] {
  return Array.isArray(indicators) ? indicators : [];
}

async function watchSetOf(collections: Collections): Promise<WatchSet> {
  const version = await watchlistVersion(collections);
  const known = await kept.get(collections);
  if (known?.version === version) return known;
  if (version === 0) return NONE;
  const reading = readWatchSet(collections, version);
  kept.set(collections, reading);
  try {
    return await reading;
  } catch (error) {
    kept.delete(collections);
    throw error;
  }
}

async function readWatchSet(collections: Collections, version: number): Promise<WatchSet> {
  const byKey = new Map<string, Watched[]>();
  for (const watchlist of await activeWatchlists(collections, new Date())) {
    for (const indicator of watchlist.indicators) {
      const watched = { watchlist, indicator };
      for (const key of indicator.keys) {
        const others = byKey.get(key);
        if (others === undefined) byKey.set(key, [watched]);
        else others.push(watched);
      }
    }
  }
  return { version, byKey };
}
