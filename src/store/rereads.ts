/** How far `backfill` and `verify` have read each stream again. */

import { NO_REREAD_COUNTS, type RereadCounts, type RereadKind } from '../domain/rereads/reread.js';
import type { StalledListing } from '../domain/streams/stalled-listing.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { PagePlace } from '../domain/streams/window.js';
import { collection, type Store } from './driver.js';
import { removeMissingOfOthers } from './missing-records.js';

/** One per source, kind and stream; the next run of the kind takes its place. */
export interface RereadDocument {
  /** `<sourceId>/<kind>/<stream>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly kind: RereadKind;
  readonly stream: StreamName;
  /** Names the run: an id of the workflow. */
  readonly run: string;
  /** SIEM streams and buckets: the page to read next, and the paths of its files that were read already. */
  readonly pageToken?: string;
  readonly filesDone: readonly string[];
  /** From a bucket, where `filesDone` holds digests: how many objects were compared, and how far the one that is being read was. */
  readonly objects?: number;
  readonly object?: ObjectPlace;
  /** SIEM streams: the page at which the collection stood when the run began; from there on it is not done yet. */
  readonly endToken?: string;
  /** Other streams: everything up to this time was read, and the page to go on with. */
  readonly readUntil?: Date;
  readonly page?: PagePlace;
  /** End of the window that `page` belongs to. */
  readonly windowTo?: Date;
  /** Records of that window that are counted as read already. */
  readonly readOfWindow?: number;
  /** SIEM streams: pages that brought nothing new. */
  readonly idle?: StalledListing;
  /** Why a part of the range could not be seen, and how often that happened. */
  readonly unseen?: { readonly reason: string; readonly count: number };
  readonly counts: RereadCounts;
  readonly notes: readonly string[];
  readonly done: boolean;
  readonly updatedAt: Date;
}

/** Where the reading of an object stands. */
export interface ObjectPlace {
  readonly digest: string;
  /** How many of its entries were compared. */
  readonly entries: number;
}

const rereads = collection<RereadDocument>('rereads');

/** The state of a stream's reading, or a new one when the run has none yet; what an earlier run left is removed. */
export async function openReread(
  store: Store,
  key: Pick<RereadDocument, 'sourceId' | 'kind' | 'stream' | 'run'>,
  endToken: string | undefined,
): Promise<RereadDocument> {
  const { sourceId, kind, stream, run } = key;
  const _id = `${sourceId}/${kind}/${stream}`;
  const known = await rereads(store).findOne({ _id, run });
  if (known !== null) return known;
  await removeMissingOfOthers(store, key);
  const end = endToken === undefined ? {} : { endToken };
  const updatedAt = new Date();
  const begun = { _id, ...key, ...end, filesDone: [], counts: NO_REREAD_COUNTS, notes: [], done: false, updatedAt };
  await rereads(store).replaceOne({ _id }, begun, { upsert: true });
  return begun;
}

export async function saveReread(store: Store, document: RereadDocument): Promise<void> {
  await rereads(store).replaceOne({ _id: document._id, run: document.run }, document);
}
