/** Hits of watchlists: one for each record and indicator, however often it is found. */

import { createHash } from 'node:crypto';
import { MongoBulkWriteError } from 'mongodb';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { StreamName } from '../domain/streams/streams.js';
import { partsOf } from '../domain/watchlists/changed-list.js';
import type { WatchedIndicator } from '../domain/watchlists/watchlist.js';
import { collection, type Indexes, type Store } from './driver.js';
import { erasedAmong } from './erased-records.js';
import { type Followed, type FollowRequest, FollowTokenLostError, followInserts } from './follow-inserts.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';

export interface WatchlistHitDocument {
  /** Made of watchlist, record and indicator, so that none is raised twice. */
  readonly _id: string;
  readonly watchlistId: string;
  readonly indicator: string;
  readonly type: WatchedIndicator['type'];
  readonly stream: StreamName;
  readonly recordId: RecordId;
  readonly sourceId: number;
  readonly source: string;
  readonly messageTime: Date;
  readonly foundAt: Date;
  /** Whether the record was stored before the indicator came onto the watchlist. */
  readonly isPast: boolean;
  /** Set while it is still to be sent to the webhook. */
  readonly isPending?: true;
}

const hits = collection<WatchlistHitDocument>('watchlist_hits');

export const WATCHLIST_HIT_INDEXES: Indexes = {
  watchlist_hits: [
    { key: { watchlistId: 1, foundAt: -1, _id: -1 } },
    { key: { foundAt: -1, _id: -1 } },
    { key: { sourceId: 1, foundAt: -1, _id: -1 } },
    { key: { watchlistId: 1, indicator: 1, isPast: 1, foundAt: 1 } },
    { key: { isPending: 1, watchlistId: 1, foundAt: 1 }, partialFilterExpression: { isPending: true } },
  ],
};

export interface RaisedHit {
  readonly watchlistId: string;
  readonly hasWebhook: boolean;
  readonly indicator: WatchedIndicator;
  readonly record: Pick<RecordDocument, '_id' | '_messageTime'> & {
    readonly _sourceId: number;
    readonly _source?: unknown;
  };
  readonly stream: StreamName;
  readonly isPast: boolean;
}

/** Whether a record was stored before an indicator came onto a watchlist, though it may have been found only now. */
export function isOfThePast(
  { _receiptTime }: { readonly _receiptTime: Date },
  { createdAt }: { readonly createdAt: Date },
  { addedAt = createdAt }: WatchedIndicator,
): boolean {
  return _receiptTime < addedAt;
}

/** Harmless when some are there already, and beside others that raise the same. @returns how many are new. */
export async function raiseHits(store: Store, raised: readonly RaisedHit[]): Promise<number> {
  if (raised.length === 0) return 0;
  const inserted = await insertHits(store, raised);
  // A record may have been erased since it was read.
  const recordIds = raised.map(({ record }) => record._id);
  const erased = await erasedAmong(store, recordIds);
  if (erased.size === 0) return inserted;
  const gone = recordIds.filter((id) => erased.has(id.toString('hex')));
  const { deletedCount } = await hits(store).deleteMany({ recordId: { $in: gone } });
  return Math.max(0, inserted - deletedCount);
}

async function insertHits(store: Store, raised: readonly RaisedHit[]): Promise<number> {
  const foundAt = new Date();
  const documents = raised.map((hit) => documentOf(hit, foundAt));
  try {
    const { insertedCount } = await hits(store).insertMany(documents, { ordered: false });
    return insertedCount;
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error;
    const failures = [error.writeErrors].flat();
    if (failures.some(({ code }) => code !== 11_000)) throw error;
    return documents.length - failures.length;
  }
}

/** The same for the same record and indicator of a watchlist. */
function idOf({ watchlistId, indicator, record }: RaisedHit): string {
  const name = JSON.stringify([watchlistId, record._id.toString('hex'), ...partsOf(indicator)]);
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

function documentOf(hit: RaisedHit, foundAt: Date): WatchlistHitDocument {
  const { watchlistId, indicator, record, stream, isPast, hasWebhook } = hit;
  const { text, type } = indicator;
  return {
    _id: idOf(hit),
    watchlistId,
    indicator: text,
    type,
    stream,
    recordId: record._id,
    sourceId: record._sourceId,
    source: String(record._source ?? ''),
    messageTime: record._messageTime,
    foundAt,
    isPast,
    ...(hasWebhook ? { isPending: true } : {}),
  };
}

/** How many hits an indicator of a watchlist has: those of the past in a collection, or the others found since a time. */
export function countOfIndicator(
  store: Store,
  { watchlistId, indicator, stream, isPast }: RaisedHit,
  since: Date,
  limit: number,
): Promise<number> {
  const which = isPast ? { isPast, stream } : { isPast, foundAt: { $gte: since } };
  return hits(store).countDocuments({ watchlistId, indicator: indicator.text, ...which }, { limit });
}

/** Those that are not there yet. */
export async function newHits(store: Store, raised: readonly RaisedHit[]): Promise<RaisedHit[]> {
  const found = await hits(store)
    .find({ _id: { $in: raised.map(idOf) } }, { projection: { _id: 1 } })
    .toArray();
  const known = new Set(found.map(({ _id }) => _id));
  return raised.filter((hit) => !known.has(idOf(hit)));
}

/** When hits were found. */
export interface HitRange {
  /** Included; default no limit. */
  readonly since?: Date | undefined;
  /** Not included; default no limit. */
  readonly until?: Date | undefined;
}

/** Found last first. @throws PageTokenError */
export function hitsPage(
  store: Store,
  watchlistId: string,
  { since, until, ...request }: PageRequest & HitRange,
): Promise<Page<WatchlistHitDocument>> {
  const foundAt = { ...(since && { $gte: since }), ...(until && { $lt: until }) };
  const which = Object.keys(foundAt).length === 0 ? { watchlistId } : { watchlistId, foundAt };
  return pageOf(hits(store), which, 'foundAt', request);
}

/** Hits of a watchlist as they are raised. @throws PageTokenError, FollowTokenLostError, and what MongoDB throws */
export function followHits(
  store: Store,
  watchlistId: string,
  request: FollowRequest,
): AsyncGenerator<Followed<WatchlistHitDocument>, void, undefined> {
  const which = { 'ns.coll': hits(store).collectionName, 'fullDocument.watchlistId': watchlistId };
  const lost = new FollowTokenLostError('list the hits by the time when they were found');
  return followInserts<WatchlistHitDocument, WatchlistHitDocument>(store, which, ({ document }) => document, {
    ...request,
    lost,
  });
}

/** Of all watchlists, in the records of one source or all; found last first. @throws PageTokenError */
export function allHitsPage(
  store: Store,
  which: { readonly sourceId?: number },
  request: PageRequest,
): Promise<Page<WatchlistHitDocument>> {
  return pageOf(hits(store), which, 'foundAt', request);
}

/** Counted up to `limit`. */
export function countHits(store: Store, watchlistId: string, limit: number): Promise<number> {
  return hits(store).countDocuments({ watchlistId }, { limit });
}

export async function deleteHits(store: Store, watchlistId: string): Promise<void> {
  await hits(store).deleteMany({ watchlistId });
}

/** Those that are still to be sent, the first found first. */
export function pendingHits(store: Store, watchlistId: string, limit: number): Promise<WatchlistHitDocument[]> {
  return hits(store).find({ isPending: true, watchlistId }).sort({ foundAt: 1 }).limit(limit).toArray();
}

/** Ids of the watchlists with hits that are still to be sent. */
export function watchlistsToDeliver(store: Store): Promise<string[]> {
  return hits(store).distinct('watchlistId', { isPending: true });
}

export async function markSent(store: Store, sent: readonly WatchlistHitDocument[]): Promise<void> {
  await hits(store).updateMany({ _id: { $in: sent.map(({ _id }) => _id) } }, { $unset: { isPending: true } });
}

/** Sends no longer what was found before a time. @returns how many hits. */
export async function giveUpHits(store: Store, watchlistId: string, before: Date): Promise<number> {
  const old = { isPending: true as const, watchlistId, foundAt: { $lt: before } };
  return (await hits(store).updateMany(old, { $unset: { isPending: true } })).modifiedCount;
}
