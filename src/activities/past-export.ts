/** Exports of the past: one slice, and the end of one that cannot be completed. */

import { cancellationSignal } from '@temporalio/activity';
import type { PastExportEnd, PastSliceOutcome } from '../domain/export/past-export.js';
import { classify } from '../domain/failures/failure.js';
import { PastSlice } from '../ingest/export/past.js';
import { errorFactsOf } from '../ingest/slice/error-facts-of.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { endPastExport as end, notePastProblem, type PastExportDocument, pastExportOf } from '../store/past-exports.js';
import { CheckpointMovedError } from '../store/writer.js';

export function exportPast(
  dependencies: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  exportId: number,
): Promise<PastSliceOutcome> {
  return withHeartbeats(
    () => undefined,
    async () => {
      const stored = await pastExportOf(dependencies.collections, sourceId, exportId);
      if (stored?.state !== 'Running') return { result: 'over', text: stored?.state ?? 'The source is gone' };
      return exported(dependencies, reader, stored);
    },
  );
}

async function exported(
  { collections, sliceMs = DEFAULT_SLICE_MS }: ActivityDependencies,
  reader: SourceReader,
  stored: PastExportDocument,
): Promise<PastSliceOutcome> {
  const signal = cancellationSignal();
  const options = { collections, target: await reader.pastTargetOf(stored), signal, until: Date.now() + sliceMs };
  try {
    return await new PastSlice(options, stored).run();
  } catch (error) {
    // Another attempt is at work, or it has ended: that is looked at anew.
    if (error instanceof CheckpointMovedError) return { result: 'more', text: error.message };
    // What is away cannot be told of itself.
    if (!signal.aborted)
      await notePastProblem(collections, stored._id, classify(errorFactsOf(error))).catch(() => undefined);
    throw error;
  }
}

export async function endPastExport(
  { collections }: ActivityDependencies,
  exportId: number,
  ended: PastExportEnd,
): Promise<void> {
  const problem = ended.state === 'Failed' ? { ...ended.failure, since: new Date().toISOString() } : undefined;
  await end(collections, exportId, ended.state, problem);
}
