/** Watchlists, and the number that says whether they have changed. */

import { type Filter, ObjectId } from 'mongodb';
import { present } from '../domain/present.js';
import { STREAMS } from '../domain/streams/streams.js';
import type { WatchedIndicator } from '../domain/watchlists/watchlist.js';
import { collection, type Indexes, type Store, unlessTaken } from './driver.js';

export interface WatchlistDocument {
  /** 24 hexadecimal digits. */
  readonly _id: string;
  readonly name: string;
  /** Access ID of a key, or `cli`. */
  readonly owner: string;
  /** Where the indicators come from, for people. */
  readonly origin?: string;
  readonly createdAt: Date;
  /** How often it was changed; absent: never. */
  readonly revision?: number;
  /** No hits are raised from then on. */
  readonly expiresAt?: Date;
  readonly webhook?: Webhook;
  readonly indicators: readonly WatchedIndicator[];
  readonly past: PastSearch;
  /** Set when the fill-in found more hits of the past than are kept. */
  readonly isPastCut?: true;
  /** When hits were last left out because an indicator had too many that day. */
  readonly lastCutAt?: Date;
  /** Why the webhook does not get its hits; absent when the last ones were accepted. */
  readonly webhookProblem?: string;
  /** Hits that it never accepted. */
  readonly undelivered?: number;
}

export interface Webhook {
  readonly url: string;
  /** Encrypted; signs what is sent. */
  readonly secret: string;
}

/** How far what was stored before has been searched. */
export interface PastSearch {
  /** How many indicators, the first ones, need no search. Default none. */
  readonly searched?: number;
  /** Whether what is stored from now on is compared with the list: nothing that is stored before may be left out. */
  readonly isAnnounced: boolean;
  /** Steps that are done; a step is some indicators in one collection. */
  readonly steps: number;
  readonly isDone: boolean;
  /** How often the step that is next has taken too long. */
  readonly tries?: number;
  /** Whether there are more hits than were kept, or may be: a step that always takes too long is left out. */
  readonly isMore: boolean;
}

const watchlists = collection<WatchlistDocument>('watchlists');
const versions = collection<{ readonly _id: string; readonly value: number }>('counters');
const VERSION = 'watchlists';

export const WATCHLIST_INDEXES: Indexes = { watchlists: [{ key: { name: 1 }, unique: true }] };

const NOT_BEGUN: PastSearch = { isAnnounced: false, steps: 0, isDone: false, isMore: false };

export type NewWatchlist = Omit<WatchlistDocument, '_id' | 'createdAt' | 'past' | 'revision'>;

/** @throws what `taken` makes, when another one has the name. */
export async function insertWatchlist(
  store: Store,
  watchlist: NewWatchlist,
  taken: () => Error,
): Promise<WatchlistDocument> {
  const document = {
    ...watchlist,
    _id: new ObjectId().toHexString(),
    createdAt: new Date(),
    past: NOT_BEGUN,
  };
  await unlessTaken(() => watchlists(store).insertOne(document), taken);
  return document;
}

/** The list as it was read. */
function unchanged({ _id, revision }: Pick<WatchlistDocument, '_id' | 'revision'>): Filter<WatchlistDocument> {
  return { _id, ...(revision === undefined ? { revision: { $exists: false } } : { revision }) };
}

/** What can be changed of a watchlist. */
export type WatchlistSettings = Pick<
  WatchlistDocument,
  'name' | 'owner' | 'origin' | 'expiresAt' | 'webhook' | 'indicators'
>;

/**
 * Replaces the settings of a watchlist; its past is searched from the first indicator on that needs it.
 *
 * @returns `null` when it was changed or deleted meanwhile.
 * @throws what `taken` makes, when another one has the name.
 */
export async function replaceWatchlist(
  store: Store,
  current: WatchlistDocument,
  { origin, expiresAt, webhook, ...settings }: WatchlistSettings,
  past: Pick<PastSearch, 'isDone'> & { readonly searched: number },
  taken: () => Error,
): Promise<WatchlistDocument | null> {
  const { revision = 0, webhook: formerWebhook } = current;
  const kept = { ...settings, ...present({ origin, expiresAt, webhook }) };
  const cleared = [
    ...Object.entries({ origin, expiresAt, webhook }).flatMap(([key, value]) => (value === undefined ? [key] : [])),
    // What is said of another address than the present one.
    ...(webhook?.url === formerWebhook?.url ? [] : ['webhookProblem', 'undelivered']),
  ];
  const change = {
    $set: {
      ...kept,
      revision: revision + 1,
      past: { ...NOT_BEGUN, ...past, isMore: current.past.isMore && past.searched > 0 },
    },
    ...(cleared.length > 0 && { $unset: Object.fromEntries(cleared.map((key) => [key, true as const])) }),
  };
  const changed = await unlessTaken(
    () => watchlists(store).findOneAndUpdate(unchanged(current), change, { returnDocument: 'after' }),
    taken,
  );
  // At once, too, for those that were removed.
  if (changed !== null) await announceChange(store);
  return changed;
}

export function storedWatchlist(store: Store, _id: string): Promise<WatchlistDocument | null> {
  return watchlists(store).findOne({ _id });
}

export type WatchlistSummary = Omit<WatchlistDocument, 'indicators'> & { readonly size: number };

/** Without their indicators, the oldest first. */
export function listWatchlists(store: Store): Promise<WatchlistSummary[]> {
  return watchlists(store)
    .aggregate<WatchlistSummary>([
      { $set: { size: { $size: '$indicators' } } },
      { $unset: 'indicators' },
      { $sort: { _id: 1 } },
    ])
    .toArray();
}

export function countWatchlists(store: Store): Promise<number> {
  return watchlists(store).countDocuments();
}

/** @returns whether there was one. */
export async function deleteWatchlist(store: Store, _id: string): Promise<boolean> {
  const { deletedCount } = await watchlists(store).deleteOne({ _id });
  await announceChange(store);
  return deletedCount === 1;
}

/** Those that have not expired, with what records are compared with. */
export function activeWatchlists(store: Store, now: Date): Promise<WatchlistDocument[]> {
  return watchlists(store)
    .find({ $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: now } }] })
    .toArray();
}

/** Ids of those whose past has not been searched to its end. */
export async function unsearchedWatchlists(store: Store): Promise<string[]> {
  const found = await watchlists(store)
    .find({ 'past.isDone': false }, { projection: { _id: 1 } })
    .toArray();
  return found.map(({ _id }) => _id);
}

/** @returns whether it is still the same list: else its past has to be searched again. */
export async function savePast(
  store: Store,
  watchlist: Pick<WatchlistDocument, '_id' | 'revision'>,
  past: PastSearch,
): Promise<boolean> {
  return (await watchlists(store).updateOne(unchanged(watchlist), { $set: { past } })).matchedCount === 1;
}

/** Notes that hits were left out. */
export async function noteCut(
  store: Store,
  _id: string,
  cut: Pick<WatchlistDocument, 'isPastCut' | 'lastCutAt'>,
): Promise<void> {
  await watchlists(store).updateOne({ _id }, { $set: cut });
}

/** @param problem `undefined` when hits were accepted. @param undelivered hits given up now. */
export async function noteDelivery(
  store: Store,
  _id: string,
  problem: string | undefined,
  undelivered: number,
): Promise<void> {
  const change =
    problem === undefined ? { $unset: { webhookProblem: true as const } } : { $set: { webhookProblem: problem } };
  await watchlists(store).updateOne({ _id }, undelivered > 0 ? { ...change, $inc: { undelivered } } : change);
}

/** Those whose secret is not encrypted with the key that stands in the prefix. */
export function staleWebhooks(store: Store, prefix: string): AsyncIterable<Pick<WatchlistDocument, '_id' | 'webhook'>> {
  const stale = { webhook: { $exists: true }, 'webhook.secret': { $not: new RegExp(`^${prefix}`) } };
  return watchlists(store).find(stale, { projection: { webhook: 1 } });
}

/** Replaces the secret of a webhook, which encrypts the same one as before. */
export async function sealWebhook(store: Store, _id: string, before: string, secret: string): Promise<void> {
  await watchlists(store).updateOne({ _id, 'webhook.secret': before }, { $set: { 'webhook.secret': secret } });
}

/** Changes whenever a watchlist comes, changes or goes. */
export async function watchlistVersion(store: Store): Promise<number> {
  return (await versions(store).findOne({ _id: VERSION }))?.value ?? 0;
}

/** Makes all who store records read the watchlists again before they count as stored. */
export async function announceChange(store: Store): Promise<void> {
  await versions(store).updateOne({ _id: VERSION }, { $inc: { value: 1 } }, { upsert: true });
}

/** Where a step of searching the past stands. */
export function stepAt<C>(chunks: readonly C[], step: number) {
  const chunk = chunks[Math.floor(step / STREAMS.length)];
  const stream = STREAMS[step % STREAMS.length];
  return chunk === undefined || stream === undefined ? undefined : { chunk, stream };
}
