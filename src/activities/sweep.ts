import { cancellationSignal } from '@temporalio/activity';
import { classify } from '../source/failure.js';
import { NO_COUNTS, type StreamOutcome, type SweepOutcome } from '../source/outcome.js';
import type { StreamName } from '../source/streams.js';
import { collectStream } from './collect-stream.js';
import type { ActivityDependencies } from './dependencies.js';
import { withHeartbeats } from './heartbeats.js';
import type { LoadedSource, SourceReader } from './source-reader.js';
import { troubleOf } from './trouble-of.js';

/** What one stream may take of a sweep; with more to store it leaves the sweep and is collected by itself. */
const STREAM_BUDGET_MS = 2_000;

/** Looks once at each of the streams in turn. A stream in trouble is reported and does not hold up the others. */
export async function sweep(
  dependencies: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  streams: readonly StreamName[],
): Promise<SweepOutcome> {
  const signal = cancellationSignal();
  const outcomes: StreamOutcome[] = [];
  const idle: StreamName[] = [];
  let current = streams[0];
  await withHeartbeats(
    () => ({ stream: current, done: outcomes.length + idle.length, of: streams.length }),
    async () => {
      const source = await reader.load(sourceId);
      for (const stream of streams) {
        current = stream;
        const outcome = await look(dependencies, source, stream, signal);
        if (outcome.result === 'caughtUp' && outcome.counts.stored + outcome.counts.quarantined === 0)
          idle.push(stream);
        else outcomes.push(outcome);
      }
    },
  );
  return { outcomes, idle };
}

async function look(
  { collections }: ActivityDependencies,
  source: LoadedSource,
  stream: StreamName,
  signal: AbortSignal,
): Promise<StreamOutcome> {
  try {
    return await collectStream({ collections, source, stream, signal, until: Date.now() + STREAM_BUDGET_MS });
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = classify(troubleOf(error));
    // Trouble of our own side concerns all streams alike: the sweep as a whole is tried again.
    if (failure.type === 'FirstPartyGeneric') throw error;
    return { stream, result: 'failed', failure, counts: NO_COUNTS, files: 0 };
  }
}
