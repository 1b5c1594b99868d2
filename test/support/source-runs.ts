/** Source workflows on a real Temporal server, each with a fake of its own behind its activities. */

import { randomInt } from 'node:crypto';
import { type Client, isGrpcDeadlineError, ServiceError } from '@temporalio/client';
import { type ActivityInterceptorsFactory, type NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import {
  SIGNALS,
  STATUS_QUERY,
  type StopRequest,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../src/domain/contract/contract.js';
import type { SourceSnapshot } from '../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { replayHistories } from '../../src/runtime/replay-history.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import type { SourceEnd } from '../../src/workflows/mimecast-source.js';
import type { SourceInput } from '../../src/workflows/source-input.js';
import { untilAtRest } from './at-rest.js';
import { type ActivityName, dispatching, FakeSource } from './fake-activities.js';
import { type History, historiesOf } from './histories.js';
import { quietRuntime } from './quiet-runtime.js';
import { temporalConnection, workflowBundle } from './temporal-connection.js';
import { type UntilOptions, until } from './until.js';

export const POLL_INTERVAL_MS = 5 * 60_000;
/** After this, the next poll has begun: no interval is longer by more than a twentieth. */
export const POLL_PASSED_MS = POLL_INTERVAL_MS * 1.05 + 1_000;

quietRuntime();

/** Where the workflows of a test file run. */
export interface SourceServer {
  readonly client: () => Client;
  readonly nativeConnection: () => Promise<NativeConnection>;
  /** Put before all other interceptors of the activities. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** Default: that of the run. */
  readonly workflowBundle?: () => { codePath: string };
}

export interface StartOptions {
  /** See `HistoryLimit`. */
  readonly maxHistoryEvents?: number | undefined;
  /** What a run before this one has handed over; default: there was none. */
  readonly carried?: (sourceId: number) => NonNullable<SourceInput['carried']>;
  /** Default: three of them. */
  readonly streams?: readonly StreamName[];
  /** Called before the workflow is started. */
  readonly prepare?: (fake: FakeSource) => void;
  /** Default: the queue that the file's worker listens to. */
  readonly taskQueue?: string;
  /** Of the test, when several run at once. */
  readonly onTestFinished?: typeof onTestFinished;
}

export type SourceRuns = ReturnType<typeof sourceRuns>;
export type SourceRun = Awaited<ReturnType<SourceRuns['start']>>;

/**
 * Call it outside of tests and hooks. Every workflow is ended with the test that started it, and replayed after
 * the last test of the file.
 *
 * @param server default: the run's development server. For time that is skipped see `time-skipping-runs.ts`.
 */
export function sourceRuns(server: SourceServer = developmentServer()) {
  const fakes = new Map<number, FakeSource>();
  // Other files of the run use the same namespace.
  const firstId = randomInt(1, 1_000_000_000);
  const ownQueue = `test-sources-${firstId}`;
  const bundle = server.workflowBundle ?? workflowBundle;
  const workers: (() => Promise<void>)[] = [];
  const toReplay: { workflowId: string; runId: string; history: History }[] = [];

  /** Another worker, for tests in which none is there at first. Ended with the file, or before. @returns ends it. */
  async function startWorker(taskQueue: string, code = bundle()): Promise<() => Promise<void>> {
    const worker = await Worker.create({
      ...PAUSE_PROOF,
      connection: await server.nativeConnection(),
      taskQueue,
      workflowBundle: code,
      activities: dispatching(fakes),
      interceptors: { activity: [...(server.interceptors ?? []), failureInterceptor] },
      maxHeartbeatThrottleInterval: '100 ms',
      shutdownForceTime: '5 seconds',
    });
    const running = worker.run();
    const stop = async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    };
    workers.push(stop);
    return stop;
  }

  beforeAll(async () => {
    await startWorker(ownQueue);
  });
  afterAll(async () => {
    for (const fake of fakes.values()) fake.release();
    await Promise.all(workers.map((stop) => stop()));
    // What is not deterministic shows in the replay of what the tests did; one worker is enough for all of it.
    for await (const { workflowId, error } of replayHistories(bundle(), each(toReplay))) {
      if (error !== undefined) throw new Error(`${workflowId} cannot be replayed`, { cause: error });
    }
  });

  async function start({
    streams = ['receipt', 'audit', 'dlp'],
    prepare,
    taskQueue,
    onTestFinished: whenFinished = onTestFinished,
    maxHistoryEvents,
    carried,
  }: StartOptions = {}) {
    const sourceId = firstId + fakes.size;
    const settings = { name: `Tenant ${sourceId}`, collector: 'lab', streams, pollIntervalMs: POLL_INTERVAL_MS };
    const fake = new FakeSource({ sourceId, ...settings, version: 1 });
    fakes.set(sourceId, fake);
    prepare?.(fake);
    const client = server.client();
    const workflowId = workflowIdOf(sourceId);
    const limit = maxHistoryEvents === undefined ? {} : { maxHistoryEvents };
    const args: [SourceInput] = [
      { sourceId, name: 'as it was created', ...limit, ...(carried && { carried: carried(sourceId) }) },
    ];
    await client.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: taskQueue ?? ownQueue, args });
    // The handle that `start` returns stays with the first run.
    const handle = client.workflow.getHandle(workflowId);
    const histories = () => historiesOf(client.workflow, workflowId);
    const test = `${workflowId} of "${expect.getState().currentTestName}"`;
    whenFinished(async () => {
      fake.release();
      await untilAtRest(handle);
      await handle.terminate('the test is over').catch(() => undefined);
      for (const history of await histories()) toReplay.push({ workflowId: test, runId: '', history });
    });
    const status = () => handle.query<SourceSnapshot>(STATUS_QUERY);
    const when = (wanted: (snapshot: SourceSnapshot) => boolean, options?: UntilOptions) =>
      until(() => patiently(status), wanted, options);
    return {
      sourceId,
      workflowId,
      fake,
      handle,
      /** Of all runs, first to last. */
      histories,
      status,
      /** Waits, in real time, for a snapshot. */
      when,
      state: (state: SourceSnapshot['state']) => when((snapshot) => snapshot.state === state),
      /** Waits until all streams are caught up. */
      caughtUp: () =>
        when(({ stage, streams: all }) => stage === 'Collecting' && all.every(({ phase }) => phase === 'waiting')),
      /** Waits until an activity was begun so often. */
      attempted: (activity: ActivityName, times = 1) =>
        until(
          () => fake.callsOf(activity).length,
          (count) => count >= times,
        ),
      stream: async (name: StreamName) => (await status()).streams.find(({ stream }) => stream === name),
      signal: (name: string, ...payload: unknown[]) => handle.signal(name, ...payload),
      restart: () => handle.signal(SIGNALS.restart),
      stop: (request?: StopRequest) => handle.signal(SIGNALS.stop, ...(request === undefined ? [] : [request])),
      end: () => handle.result() as Promise<SourceEnd>,
    };
  }

  return { start, startWorker };
}

export function developmentServer(): SourceServer {
  const { client, nativeConnection } = temporalConnection();
  return { client: () => client, nativeConnection };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A query changes nothing, and the server gives up one that a slow machine does not answer within seconds. */
export async function patiently<T>(query: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + 200_000; ; ) {
    try {
      return await query();
    } catch (error) {
      const isLate = error instanceof ServiceError && isGrpcDeadlineError(error.cause);
      if (!isLate || performance.now() > deadline) throw error;
    }
  }
}
