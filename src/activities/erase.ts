/** One slice of erasing a person. */

import { cancellationSignal } from '@temporalio/activity';
import type { ErasureProgress } from '../domain/erasure/erasure.js';
import { eraseSlice } from '../ingest/erasure/erase-slice.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';

export function erase(
  { collections, sliceMs = DEFAULT_SLICE_MS }: ActivityDependencies,
  erasureId: number,
): Promise<ErasureProgress> {
  const signal = cancellationSignal();
  return withHeartbeats(
    () => undefined,
    () => eraseSlice({ collections, erasureId, signal, until: Date.now() + sliceMs }),
  );
}
