import { setMaxListeners } from 'node:events';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { classify, RawError } from '../domain/failures/failure.js';
import { askedFirst, isStillOut } from '../domain/lifecycle/outage.js';
import {
  isTold,
  NO_COUNTS,
  type StreamOutcome,
  type SweepOutcome,
  type ToldCounts,
} from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { collectStream } from '../ingest/collect-stream.js';
import { errorFactsOf } from '../ingest/slice/error-facts-of.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import { type ActivityDependencies, DEFAULT_SWEEP_RECORDS } from '../ingest/source/dependencies.js';
import type { LoadedSource, SourceReader } from '../ingest/source/source-reader.js';
import { tellCaughtUp } from './caught-up.js';

/** The others are not polled again before the slowest stream is done, so that none may keep them waiting for ever. */
const LONGEST_LOOK_MS = 60_000;

interface SweepOptions {
  readonly sourceId: number;
  readonly streams: readonly StreamName[];
  /** Whether none of them could be collected last time: then the sweep finds out whether that is still so. */
  readonly isProbe?: boolean | undefined;
  /** What the workflow knows; a stream left out of it counts as told. */
  readonly told?: ToldCounts | undefined;
}

interface Look {
  readonly outcome: StreamOutcome;
  /** Why it failed before it got anywhere. */
  readonly error?: unknown;
}

/**
 * Looks once at each of the streams, all at the same time: one that hangs or is failing does not hold up the others.
 *
 * @throws the error of MongoDB; and that of the streams, when it is a probe and none of them can be collected.
 */
export async function sweep(
  dependencies: ActivityDependencies,
  reader: SourceReader,
  { sourceId, streams, isProbe = false, told = {} }: SweepOptions,
): Promise<SweepOutcome> {
  const signal = cancellationSignal();
  // One listener for each request that is under way: as many as there are streams, and no leak.
  setMaxListeners(0, signal);
  const waiting = new Set<StreamName>();
  const startedAt = new Date();
  return withHeartbeats(
    () => ({ waitingFor: [...waiting] }),
    async () => {
      const source = await reader.load(sourceId);
      const lookAt = async (some: readonly StreamName[]): Promise<Look[]> => {
        for (const stream of some) waiting.add(stream);
        const looks = some.map((stream) =>
          look(dependencies, source, stream, signal).finally(() => waiting.delete(stream)),
        );
        // All of them end before an error leaves the activity, so that no work goes on behind the next attempt.
        await Promise.allSettled(looks);
        return Promise.all(looks);
      };
      const first = isProbe ? askedFirst(streams, activityInfo().attempt) : streams;
      const looks = await lookAt(first);
      if (isProbe) throwIfStillOut(looks);
      const rest = streams.filter((stream) => !first.includes(stream));
      const all = [...looks, ...(await lookAt(rest))];
      if (isProbe) throwIfStillOut(all);
      const outcomes = all.map(({ outcome }) => outcome);
      const caughtUp = outcomes.filter(({ result }) => result === 'caughtUp').map(({ stream }) => stream);
      await tellCaughtUp(dependencies.collections, sourceId, caughtUp, startedAt);
      return outcomeOf(outcomes, told);
    },
  );
}

function throwIfStillOut(looks: readonly Look[]): void {
  if (!isStillOut(looks.map(({ outcome }) => outcome))) return;
  const [error] = looks.map((look) => look.error);
  if (!(error instanceof RawError)) throw error;
  // It does not concern that one place alone.
  const { endpoint: _endpoint, ...facts } = error.facts;
  throw new RawError(facts, { cause: error });
}

function outcomeOf(outcomes: readonly StreamOutcome[], told: ToldCounts): SweepOutcome {
  const isNews = (outcome: StreamOutcome) => !foundNothing(outcome) || !isTold(outcome, told);
  return {
    outcomes: outcomes.filter(isNews),
    idle: outcomes.filter((outcome) => !isNews(outcome)).map(({ stream }) => stream),
  };
}

function foundNothing({ result, counts, queue }: StreamOutcome): boolean {
  return result === 'caughtUp' && queue === undefined && counts.stored + counts.quarantined === 0;
}

async function look(
  { collections, filePolicy, foldPolicy, observer, sweepRecords = DEFAULT_SWEEP_RECORDS }: ActivityDependencies,
  source: LoadedSource,
  stream: StreamName,
  signal: AbortSignal,
): Promise<Look> {
  try {
    const until = Date.now() + LONGEST_LOOK_MS;
    const policies = { filePolicy, foldPolicy };
    const options = { collections, source, stream, signal, until, maxRecords: sweepRecords, ...policies, observer };
    return { outcome: await collectStream(options) };
  } catch (error) {
    if (signal.aborted) throw error;
    const facts = errorFactsOf(error);
    // Without the store nothing can be done for any stream: the sweep as a whole is tried again.
    if (facts.origin === 'mongodb') throw error;
    const failure = classify(facts);
    return { outcome: { stream, result: 'failed', failure, counts: NO_COUNTS, files: 0 }, error };
  }
}
