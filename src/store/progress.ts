/** What a checkpoint tells of its stream. */

import { present } from '../domain/present.js';
import { tallyText } from '../domain/streams/object-tally.js';
import type { StreamProgress } from '../domain/streams/outcome.js';
import { areMany, stalledText } from '../domain/streams/stalled-listing.js';
import type { CheckpointDocument } from './checkpoints.js';

export function progressOf(checkpoint: CheckpointDocument): StreamProgress {
  const { stream, totals, lastEventTime, gaps, ruled, altered, idle: stalled, resets } = checkpoint;
  return {
    stream,
    totals,
    ...present({ lastEventTime: lastEventTime?.toISOString() }),
    position: positionOf(checkpoint),
    ...present({ gaps, ruled, altered, resets }),
    ...(areMany(stalled) ? { endless: { pages: stalled.pages, message: stalledText(stalled) } } : {}),
  };
}

/** Where a checkpoint stands, for people. */
export function positionOf(checkpoint: CheckpointDocument): string {
  const { pageToken, filesDone, readUntil, window, beginAt, listing, objects } = checkpoint;
  if (listing !== undefined) return `listing the bucket: ${tallyText(listing.tally)} so far`;
  if (objects !== undefined) return tallyText(objects);
  const page = window?.page === undefined ? '' : `, then ${window.page.number - 1} pages`;
  if (readUntil !== undefined) return `read until ${readUntil.toISOString().slice(0, 19)}Z${page}`;
  const files = filesDone.length === 0 ? '' : `, ${filesDone.length} of its files done`;
  if (pageToken !== undefined) return `page …${pageToken.slice(-8)}${files}`;
  return `first page from ${beginAt.toISOString().slice(0, 10)}${files}${page}`;
}
