/** What could not be fetched because Mimecast no longer keeps it. */

import type { Collection } from 'mongodb';
import type { StreamName } from '../source/streams.js';
import type { GapDocument } from './collections.js';

export interface Gap {
  readonly sourceId: number;
  readonly stream: StreamName;
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
}

/** Adds a gap; one that begins at the same time is the same gap, and reaches as far as the longer of both. */
export async function recordGap(gaps: Collection<GapDocument>, { from, to, ...gap }: Gap): Promise<void> {
  const _id = `${gap.sourceId}/${gap.stream}/${from.toISOString()}`;
  await gaps.updateOne({ _id }, { $setOnInsert: { ...gap, from, at: new Date() }, $max: { to } }, { upsert: true });
}
