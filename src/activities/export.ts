/** One slice of exporting a source. */

import { cancellationSignal } from '@temporalio/activity';
import type { ExportOutcome } from '../domain/export/export.js';
import { classify } from '../domain/failures/failure.js';
import { isObject } from '../domain/json.js';
import { ExportSlice } from '../ingest/export/export-slice.js';
import { errorFactsOf } from '../ingest/slice/error-facts-of.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { beginExport, noteExportSeen } from '../store/exports.js';
import { isMeantToRun, storedSource } from '../store/sources.js';
import { CheckpointMovedError } from '../store/writer.js';

export function exportRecords(
  dependencies: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
): Promise<ExportOutcome> {
  return withHeartbeats(
    () => undefined,
    () => exported(dependencies, reader, sourceId),
  );
}

async function exported(
  { collections, sliceMs = DEFAULT_SLICE_MS }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
): Promise<ExportOutcome> {
  const signal = cancellationSignal();
  const source = await storedSource(collections, { _id: sourceId });
  const isOff = source === null || source.deletingAt !== undefined || !isObject(source.config.export);
  // First of all: there is a place for what fails next, and the reconciler knows which configuration that was.
  if (!isOff) await beginExport(collections, sourceId);
  if (source !== null) await noteExportSeen(collections, sourceId, source.version);
  const target = isOff ? undefined : (await reader.load(sourceId)).exportTo;
  if (isOff || target === undefined) return { result: 'ended', intervalMs: 0 };
  const { intervalMs } = target;
  const slice = await ExportSlice.open({ collections, sourceId, target, signal, until: Date.now() + sliceMs });
  try {
    const result = await slice.run();
    const isOver = result === 'caughtUp' && !isMeantToRun(source);
    return { result: isOver ? 'ended' : result, intervalMs };
  } catch (error) {
    // Another attempt is at work: what it does is looked at anew.
    if (error instanceof CheckpointMovedError) return { result: 'more', intervalMs };
    if (!slice.progressed || signal.aborted) throw error;
    return { result: 'more', intervalMs, failure: classify(errorFactsOf(error)) };
  }
}
