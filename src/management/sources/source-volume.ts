/** A source's records over time, stream by stream, within a limit of time for all of them. */

import { Semaphore } from '../../domain/semaphore.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import { checkpointsOf } from '../../store/checkpoints.js';
import type { Collections } from '../../store/collections.js';
import { type VolumeRange, volumeOf } from '../../store/volume.js';
import { parseTime } from '../common/parse-time.js';
import { invalid } from '../refusals.js';

/** How long all streams together may be counted. */
const LIMIT_MS = 5_000;
/** So many streams are counted at a time: collecting goes before. */
const AT_ONCE = 2;
/** Longest range, so that every time in it is one that MongoDB can compute with. */
const MAX_RANGE_MS = 10 * 366 * 86_400_000;

export interface StreamVolume {
  readonly stream: StreamName;
  /** One for each bucket; absent when time was up. */
  readonly counts?: readonly number[];
}

export interface Volume extends VolumeRange {
  readonly streams: readonly StreamVolume[];
}

/** @throws CodedRefusal naming every mistake */
export function volumeRange(
  { since, until }: { readonly since: string; readonly until?: string | undefined },
  buckets: number,
  now: number,
): VolumeRange {
  const from = timeOf(since, now);
  const to = until === undefined ? now : timeOf(until, now);
  const mistakes = [
    ...(from === undefined
      ? [`since: "${since}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`]
      : []),
    ...(to === undefined
      ? [`until: "${until}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 1h`]
      : []),
    ...(from !== undefined && to !== undefined && from >= to ? ['since: must be before "until"'] : []),
    ...(from !== undefined && to !== undefined && to - from > MAX_RANGE_MS
      ? ['since: must be within ten years of "until"']
      : []),
  ];
  if (mistakes.length > 0 || from === undefined || to === undefined) throw invalid('The range is invalid:', mistakes);
  return { from: new Date(from), to: new Date(to), widthMs: Math.max(1, Math.ceil((to - from) / buckets)) };
}

/** An age can be so great that there is no such time. */
function timeOf(text: string, now: number): number | undefined {
  const time = parseTime(text, now);
  return time === undefined || Number.isNaN(new Date(time).getTime()) ? undefined : time;
}

/** Of the streams that the source has collected so far. */
export async function volumeOfSource(collections: Collections, sourceId: number, range: VolumeRange): Promise<Volume> {
  const deadline = Date.now() + LIMIT_MS;
  const size = Math.ceil((range.to.getTime() - range.from.getTime()) / range.widthMs);
  const semaphore = new Semaphore(AT_ONCE);
  const begun = new Set((await checkpointsOf(collections, sourceId)).map(({ stream }) => stream));
  const streams = await Promise.all(
    STREAMS.filter((stream) => begun.has(stream)).map(async (stream): Promise<StreamVolume> => {
      const found = await semaphore.run(() => volumeOf(collections, stream, sourceId, range, deadline - Date.now()));
      if (found === undefined) return { stream };
      return { stream, counts: Array.from({ length: size }, (_, index) => found.get(index) ?? 0) };
    }),
  );
  return { ...range, streams };
}
