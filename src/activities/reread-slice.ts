/** One slice of reading a stream again, for `backfill` and `verify`. */

import { cancellationSignal } from '@temporalio/activity';
import type { RereadOutcome } from '../domain/rereads/reread.js';
import { isSiemStream, type StreamName } from '../domain/streams/streams.js';
import { rereadFiles } from '../ingest/reread/reread-files.js';
import { rereadObjects } from '../ingest/reread/reread-objects.js';
import { Rereading, type RereadRange } from '../ingest/reread/reread-state.js';
import { rereadWindows } from '../ingest/reread/reread-windows.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { type CheckpointDocument, readCheckpoint } from '../store/checkpoints.js';
import { noteBackfilled } from '../store/exports.js';

export async function reread(
  { collections, sliceMs = DEFAULT_SLICE_MS, filePolicy }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  stream: StreamName,
  range: RereadRange,
): Promise<RereadOutcome> {
  const signal = cancellationSignal();
  let state: Rereading | undefined;
  return withHeartbeats(
    () => ({ stream, ...state?.counts }),
    async () => {
      const source = await reader.load(sourceId);
      const checkpoint = await readCheckpoint(collections, sourceId, stream);
      state = await Rereading.open(
        { collections, source, stream, range, signal, until: Date.now() + sliceMs, filePolicy },
        checkpoint,
      );
      try {
        return await state.outcome(await rereadStream(state, stream, checkpoint));
      } finally {
        await state.close();
        // Also if it has failed, or finds that an attempt that died has stored everything.
        if (range.kind === 'backfill') await noteBackfilled(collections, sourceId);
      }
    },
  );
}

/** @returns whether all of the range was read. */
function rereadStream(state: Rereading, stream: StreamName, checkpoint: CheckpointDocument): Promise<boolean> {
  const { objects } = state.options.source;
  if (objects !== undefined) return rereadObjects(state, stream, objects, checkpoint);
  return isSiemStream(stream) ? rereadFiles(state, stream) : rereadWindows(state, stream, checkpoint);
}

/** Strikes off what has come into the store meanwhile. @returns how many records of the stream are still missing. */
export async function recheck({ collections }: ActivityDependencies, stream: StreamName, run: string): Promise<number> {
  const signal = cancellationSignal();
  return withHeartbeats(
    () => ({ stream }),
    () => Rereading.recheck(collections, stream, run, signal),
  );
}
