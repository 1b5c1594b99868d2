/** What could not be fetched because Mimecast no longer keeps it. */

import type { Collection } from 'mongodb';
import type { StreamName } from '../domain/streams/streams.js';
import type { GapDocument } from './collections.js';
import { type Page, type PageRequest, pageOf } from './paging.js';

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
export async function recordGap(gaps: Collection<GapDocument>, { from, to, ...gap }: Gap): Promise<number> {
  const _id = `${gap.sourceId}/${gap.stream}/${from.toISOString()}`;
  await gaps.updateOne({ _id }, { $setOnInsert: { ...gap, from, at: new Date() }, $max: { to } }, { upsert: true });
  return gaps.countDocuments({ sourceId: gap.sourceId, stream: gap.stream });
}

export type ShownGap = Pick<GapDocument, 'stream' | 'from' | 'to' | 'reason' | 'at'>;

/** A source's gaps, the newest first. */
export function gapsOf(gaps: Collection<GapDocument>, sourceId: number, limit = 20): Promise<ShownGap[]> {
  return gaps
    .find({ sourceId }, { projection: { _id: 0, sourceId: 0 } })
    .sort({ from: -1 })
    .limit(limit)
    .toArray();
}

/** The same page by page. @throws PageTokenError */
export function gapsPage(
  gaps: Collection<GapDocument>,
  sourceId: number,
  request: PageRequest,
): Promise<Page<GapDocument>> {
  return pageOf(gaps, { sourceId }, 'from', request);
}
