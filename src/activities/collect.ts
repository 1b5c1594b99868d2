import { cancellationSignal } from '@temporalio/activity';
import type { StreamOutcome } from '../source/outcome.js';
import type { StreamName } from '../source/streams.js';
import { collectStream } from './collect-stream.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from './dependencies.js';
import { withHeartbeats } from './heartbeats.js';
import type { Slice } from './slice.js';
import type { SourceReader } from './source-reader.js';

/** Collects one stream until it is caught up or the slice's time is over. */
export async function collect(
  { collections, sliceMs = DEFAULT_SLICE_MS, fileRules }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  stream: StreamName,
): Promise<StreamOutcome> {
  const signal = cancellationSignal();
  let slice: Slice | undefined;
  const details = () => ({ stream, stored: slice?.counts.stored ?? 0, files: slice?.files ?? 0 });
  return withHeartbeats(details, async () => {
    const source = await reader.load(sourceId);
    const options = { collections, source, stream, signal, until: Date.now() + sliceMs, fileRules };
    return collectStream(options, (opened) => {
      slice = opened;
    });
  });
}
