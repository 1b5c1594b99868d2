import { setMaxListeners } from 'node:events';
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

/** Looks once at each of the streams, all at the same time: one that hangs or is in trouble does not hold up the others. */
export async function sweep(
  dependencies: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  streams: readonly StreamName[],
): Promise<SweepOutcome> {
  const signal = cancellationSignal();
  // One listener for each request that is under way: as many as there are streams, and no leak.
  setMaxListeners(0, signal);
  const waiting = new Set(streams);
  return withHeartbeats(
    () => ({ waitingFor: [...waiting] }),
    async () => {
      const source = await reader.load(sourceId);
      const looks = streams.map((stream) =>
        look(dependencies, source, stream, signal).finally(() => waiting.delete(stream)),
      );
      // All of them end before an error leaves the activity, so that no work goes on behind the next attempt.
      await Promise.allSettled(looks);
      const outcomes = await Promise.all(looks);
      return {
        outcomes: outcomes.filter((outcome) => !isIdle(outcome)),
        idle: outcomes.filter(isIdle).map(({ stream }) => stream),
      };
    },
  );
}

function isIdle({ result, counts }: StreamOutcome): boolean {
  return result === 'caughtUp' && counts.stored + counts.quarantined === 0;
}

async function look(
  { collections, fileRules }: ActivityDependencies,
  source: LoadedSource,
  stream: StreamName,
  signal: AbortSignal,
): Promise<StreamOutcome> {
  try {
    return await collectStream({
      collections,
      source,
      stream,
      signal,
      until: Date.now() + STREAM_BUDGET_MS,
      fileRules,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const trouble = troubleOf(error);
    // Without the store nothing can be done for any stream: the sweep as a whole is tried again.
    if (trouble.origin === 'mongodb') throw error;
    return { stream, result: 'failed', failure: classify(trouble), counts: NO_COUNTS, files: 0 };
  }
}
