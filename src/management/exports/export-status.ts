/** How far the export of a source is, from what is stored of it. */

import { parseDuration } from '../../domain/duration.js';
import type { ExportStatus } from '../../domain/export/export.js';
import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { STREAMS } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { exportOf } from '../../store/exports.js';
import { storedSource } from '../../store/sources.js';

/** What a slice, and the way to it, may take before an export counts as behind. */
const SLICE_MS = 60_000;

/** @returns `undefined` for a source that does not export. */
export async function exportStatusOf(collections: Collections, sourceId: number): Promise<ExportStatus | undefined> {
  const toBucket = (await storedSource(collections, { _id: sourceId }))?.config.export;
  if (!isObject(toBucket)) return undefined;
  const known = await exportOf(collections, sourceId);
  const where = { bucket: String(toBucket.bucket), prefix: typeof toBucket.prefix === 'string' ? toBucket.prefix : '' };
  if (known === null) return { state: 'Exporting', ...where, objects: 0, records: 0, streams: [], lagMs: 0 };
  const { state, objects, records, streams, caughtUpAt, comparing, lastObject, problem } = known;
  const behindMs = Date.now() - caughtUpAt.getTime();
  const usualMs = (parseDuration(String(toBucket.interval)) ?? 0) + SLICE_MS;
  const isBehind = comparing !== undefined || problem !== undefined || behindMs > usualMs;
  return {
    ...{ state, ...where, objects, records },
    streams: STREAMS.flatMap((stream) => {
      const counts = streams[stream];
      return counts === undefined ? [] : [{ stream, ...counts }];
    }),
    lagMs: isBehind ? behindMs : 0,
    caughtUpAt: caughtUpAt.toISOString(),
    ...(lastObject === undefined ? {} : { lastObject: { key: lastObject.key, at: lastObject.at.toISOString() } }),
    ...present({ problem }),
  };
}
