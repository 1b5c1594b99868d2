/** What could not be fetched because Mimecast no longer keeps it. */

import type { GapCount } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store } from './driver.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';
import { written } from './writer.js';

/** A time from which records may be missing. */
export interface GapDocument {
  /** `<sourceId>/<stream>/<from>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
  /** When it was noticed. */
  readonly at: Date;
}

const gaps = collection<GapDocument>('gaps');
export const GAP_INDEXES: Indexes = { gaps: [{ key: { sourceId: 1, from: 1 } }] };

export interface Gap {
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
}

/**
 * Adds a gap; one that begins at the same time is the same gap, and reaches as far as the longer of both.
 *
 * @returns how many gaps the stream has now, so that one recorded again by a repeated attempt is counted once.
 */
export async function recordGap(store: Store, { from, to, ...gap }: Gap): Promise<number> {
  const _id = `${gap.sourceId}/${gap.stream}/${from.toISOString()}`;
  await written(store, 'gaps', (options) =>
    gaps(store).updateOne(
      { _id },
      { $setOnInsert: { ...gap, from, at: new Date() }, $max: { to } },
      { upsert: true, ...options },
    ),
  );
  return gaps(store).countDocuments({ sourceId: gap.sourceId, stream: gap.stream });
}

/** How many a stream has, and the one noticed last; `undefined` when it has none. */
export async function countGaps(store: Store, stream: StreamName, sourceId: number): Promise<GapCount | undefined> {
  const [last] = await gaps(store).find({ sourceId, stream }).sort({ at: -1, from: -1 }).limit(1).toArray();
  if (last === undefined) return undefined;
  const count = await gaps(store).countDocuments({ sourceId, stream });
  return { count, last: { from: last.from.toISOString(), to: last.to.toISOString(), reason: last.reason } };
}

export type ShownGap = Pick<GapDocument, 'stream' | 'from' | 'to' | 'reason' | 'at'>;

/** A source's gaps, the newest first. */
export function gapsOf(store: Store, sourceId: number, limit = 20): Promise<ShownGap[]> {
  return gaps(store)
    .find({ sourceId }, { projection: { _id: 0, sourceId: 0 } })
    .sort({ from: -1 })
    .limit(limit)
    .toArray();
}

/** The same page by page. @throws PageTokenError */
export function gapsPage(store: Store, sourceId: number, request: PageRequest): Promise<Page<GapDocument>> {
  return pageOf(gaps(store), { sourceId }, 'from', request);
}
