import { cancellationSignal } from '@temporalio/activity';
import type { StreamOutcome } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collectStream } from '../ingest/collect-stream.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import type { Slice } from '../ingest/slice/slice.js';
import { type ActivityDependencies, DEFAULT_SLICE_MS } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { tellCaughtUp } from './caught-up.js';

/** Collects one stream until it is caught up or the slice's time is over. */
export async function collect(
  { collections, sliceMs = DEFAULT_SLICE_MS, filePolicy, foldPolicy, observer }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  stream: StreamName,
): Promise<StreamOutcome> {
  const signal = cancellationSignal();
  let slice: Slice | undefined;
  const details = () => ({ stream, stored: slice?.counts.stored ?? 0, files: slice?.files ?? 0 });
  return withHeartbeats(details, async () => {
    const source = await reader.load(sourceId);
    const policies = { filePolicy, foldPolicy };
    const options = { collections, source, stream, signal, until: Date.now() + sliceMs, ...policies, observer };
    const startedAt = new Date();
    const outcome = await collectStream(options, (opened) => {
      slice = opened;
    });
    if (outcome.result === 'caughtUp') await tellCaughtUp(collections, sourceId, [stream], startedAt);
    return outcome;
  });
}
