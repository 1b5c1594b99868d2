/** One slice of reading a stream again, for `backfill` and `verify`. */

import { cancellationSignal } from '@temporalio/activity';
import type { RereadKind, RereadOutcome } from '../../source/reread.js';
import { isSiemStream, type StreamName } from '../../source/streams.js';
import { readCheckpoint } from '../../store/checkpoints.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../dependencies.js';
import { withHeartbeats } from '../heartbeats.js';
import type { SourceReader } from '../source-reader.js';
import { rereadFiles } from './reread-files.js';
import { Rereading } from './reread-state.js';
import { rereadWindows } from './reread-windows.js';

/** Which reading a slice belongs to, and what it reads. */
export interface RereadRange {
  readonly kind: RereadKind;
  readonly run: string;
  /** ISO times; both bounds belong to it. */
  readonly from: string;
  readonly to: string;
}

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
      const checkpoint = await readCheckpoint(collections.checkpoints, sourceId, stream);
      state = await Rereading.open(
        { collections, source, stream, range, signal, until: Date.now() + sliceMs },
        checkpoint,
      );
      const done = await (isSiemStream(stream) ? rereadFiles(state, stream) : rereadWindows(state, stream, checkpoint));
      return state.outcome(done);
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
