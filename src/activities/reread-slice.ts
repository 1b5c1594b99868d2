/** One slice of reading a stream again, for `backfill` and `verify`. */

import { cancellationSignal } from '@temporalio/activity';
import type { RereadOutcome } from '../domain/rereads/reread.js';
import { isSiemStream, type StreamName } from '../domain/streams/streams.js';
import { rereadFiles } from '../ingest/reread/reread-files.js';
import { Rereading, type RereadRange } from '../ingest/reread/reread-state.js';
import { rereadWindows } from '../ingest/reread/reread-windows.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { readCheckpoint } from '../store/checkpoints.js';

export async function reread(
  { collections, sliceMs = DEFAULT_SLICE_MS }: ActivityDependencies,
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
        { collections, source, stream, range, signal, until: Date.now() + sliceMs },
        checkpoint,
      );
      try {
        const done = await (isSiemStream(stream)
          ? rereadFiles(state, stream)
          : rereadWindows(state, stream, checkpoint));
        return await state.outcome(done);
      } finally {
        await state.close();
      }
    },
  );
}

/** Strikes off what has come into the store meanwhile. @returns how many records of the stream are still missing. */
export async function recheck({ collections }: ActivityDependencies, stream: StreamName, run: string): Promise<number> {
  const signal = cancellationSignal();
  return withHeartbeats(
    () => ({ stream }),
    () => Rereading.recheck(collections, stream, run, signal),
  );
}
