/** How far the export of a source is, from what is stored of it. */

import { parseDuration } from '../../domain/duration.js';
import type { ExportState, ExportStatus } from '../../domain/export/export.js';
import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { STREAMS } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { type ExportDocument, exportOf } from '../../store/exports.js';
import { isMeantToRun, type SourceDocument, storedSource } from '../../store/sources.js';

/** What a slice, and the way to it, may take before an export counts as behind. */
const SLICE_MS = 60_000;

/** @returns `undefined` for a source that does not export. */
export async function exportStatusOf(collections: Collections, sourceId: number): Promise<ExportStatus | undefined> {
  const source = await storedSource(collections, { _id: sourceId });
  const toBucket = source?.config.export;
  if (source === null || !isObject(toBucket)) return undefined;
  const known = await exportOf(collections, sourceId);
  const where = { bucket: String(toBucket.bucket), prefix: typeof toBucket.prefix === 'string' ? toBucket.prefix : '' };
  if (known === null) return { state: 'Exporting', ...where, objects: 0, records: 0, streams: [], lagMs: 0 };
  const { objects, records, streams, caughtUpAt, lastObject, problem } = known;
  return {
    ...{ state: stateOf(source, known), ...where, objects, records },
    streams: STREAMS.flatMap((stream) => {
      const counts = streams[stream];
      return counts === undefined ? [] : [{ stream, ...counts }];
    }),
    lagMs: lagOf(source, known, parseDuration(String(toBucket.interval)) ?? 0),
    caughtUpAt: caughtUpAt.toISOString(),
    ...(lastObject === undefined ? {} : { lastObject: { key: lastObject.key, at: lastObject.at.toISOString() } }),
    ...present({ problem }),
  };
}

function stateOf(source: SourceDocument, known: ExportDocument): ExportState {
  const { state, problem, comparing, caughtUpAt } = known;
  const last = lastStoredAt(source, known);
  if (problem !== undefined || comparing !== undefined || last === undefined) return state;
  return isMeantToRun(source) || caughtUpAt < last ? state : 'Stopped';
}

/** Of a source that is stopped: nothing is stored later. */
function lastStoredAt({ stoppedAt }: SourceDocument, { backfilledAt }: ExportDocument): Date | undefined {
  if (stoppedAt === undefined || backfilledAt === undefined) return stoppedAt;
  return backfilledAt > stoppedAt ? backfilledAt : stoppedAt;
}

function lagOf(source: SourceDocument, known: ExportDocument, intervalMs: number): number {
  const { caughtUpAt, comparing, problem } = known;
  const last = lastStoredAt(source, known);
  const behindMs = Math.max(0, (last?.getTime() ?? Date.now()) - caughtUpAt.getTime());
  const isBehind = comparing !== undefined || problem !== undefined || behindMs > intervalMs + SLICE_MS;
  return isBehind ? behindMs : 0;
}
