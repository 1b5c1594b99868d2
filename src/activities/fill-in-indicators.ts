/** One slice of giving stored records their indicators. */

import { cancellationSignal } from '@temporalio/activity';
import type { FillInProgress } from '../domain/fill-in/indicator-fill-in.js';
import { fillInSlice } from '../ingest/indicators/fill-in.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';

export function fillInIndicators({
  collections,
  sliceMs = DEFAULT_SLICE_MS,
}: ActivityDependencies): Promise<FillInProgress> {
  const signal = cancellationSignal();
  return withHeartbeats(
    () => undefined,
    () => fillInSlice({ collections, signal, until: Date.now() + sliceMs }),
  );
}
