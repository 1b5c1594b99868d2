/** The workflows of `backfill` and `verify`, with fakes behind their activities, on the server whose time is skipped. */

import { randomInt } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import type { Activities } from '../../src/activities/index.js';
import { RawError } from '../../src/domain/failures/failure.js';
import {
  NO_REREAD_COUNTS,
  PROGRESS_QUERY,
  REREAD_WORKFLOW_TYPE,
  type RereadKind,
  type RereadOutcome,
  type RereadReport,
  type RereadRequest,
  rereadWorkflowId,
} from '../../src/domain/rereads/reread.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import type { HistoryLimit } from '../../src/workflows/history.js';
import { FAULTS } from '../support/fake-activities.js';
import { historiesOf } from '../support/histories.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { REREAD, recordHistories } from '../support/recorded-histories.js';
import { simulatedClock } from '../support/simulated-clock.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { timeSkippingEnvironment } from '../support/time-skipping.js';
import { until } from '../support/until.js';

quietRuntime();
const environment = timeSkippingEnvironment();
const clock = simulatedClock(() => environment().currentTimeMs());
const taskQueue = `test-rereads-${randomInt(1_000_000_000)}`;
const RANGE = { from: '2025-09-01T00:00:00.000Z', to: '2025-09-02T00:00:00.000Z' };

type Slice = (stream: StreamName, slice: number, kind: RereadKind) => Promise<RereadOutcome>;

let slice: Slice;
const calls: string[] = [];

const activities: Pick<Activities, 'reread' | 'recheck'> = {
  reread: async (_sourceId, stream, { kind }) => {
    calls.push(stream);
    return slice(stream, calls.filter((name) => name === stream).length, kind);
  },
  recheck: async (_sourceId, stream) => {
    calls.push(`recheck ${stream}`);
    return 1;
  },
};

let stop: () => Promise<void>;

beforeAll(async () => {
  const worker = await Worker.create({
    ...PAUSE_PROOF,
    connection: environment().nativeConnection,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities,
    interceptors: { activity: [clock, failureInterceptor] },
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
  };
});
afterAll(() => stop());

/** Ten records per slice, one of them missing and, in a backfill, restored. */
function ofThree(number: number, kind: RereadKind, slices = 3): RereadOutcome {
  const counts = { ...NO_REREAD_COUNTS, read: 10 * number, missing: number, restored: kind === 'verify' ? 0 : number };
  return { counts, done: number >= slices, position: `slice ${number}`, notes: [] };
}

async function start(
  kind: RereadKind,
  streams: readonly StreamName[],
  more: Partial<RereadRequest & HistoryLimit> = {},
) {
  calls.length = 0;
  const { client } = environment();
  const workflowId = rereadWorkflowId(randomInt(1_000_000_000), kind);
  const args = [{ sourceId: 1, streams, ...RANGE, ...more }];
  const handle = await client.workflow.start(REREAD_WORKFLOW_TYPE[kind], { workflowId, taskQueue, args });
  onTestFinished(async () => {
    for (const history of await historiesOf(client.workflow, workflowId)) {
      await replayHistory(workflowBundle(), history, workflowId);
    }
  });
  // Not the handle that `start` returned: on this server its result never comes when the run was continued as new.
  const latest = client.workflow.getHandle(workflowId);
  return { workflowId, first: handle.firstExecutionRunId, latest, end: () => latest.result() as Promise<RereadReport> };
}

/** Keeps the histories of its runs for later code, when that is asked for; see `replay.test.ts`. */
async function record(name: string, workflowId: string): Promise<void> {
  recordHistories(`${REREAD}${name}`, workflowId, await historiesOf(environment().client.workflow, workflowId));
}

test('every stream is read slice by slice until it is done', async () => {
  slice = async (_stream, number, kind) => ofThree(number, kind);
  const { end, first } = await start('backfill', ['receipt', 'dlp']);
  expect(await end()).toMatchObject({
    kind: 'backfill',
    run: first,
    ...RANGE,
    totals: { read: 60, missing: 6, restored: 6 },
    streams: [
      { stream: 'receipt', done: true },
      { stream: 'dlp', done: true },
    ],
  });
  expect(calls.filter((call) => call === 'dlp')).toHaveLength(3);
});

test('a verification looks once more at what was missing, for it may have been too new', async () => {
  slice = async (_stream, number, kind) => ofThree(number, kind);
  const { end, workflowId } = await start('verify', ['receipt', 'dlp']);
  expect((await end()).totals).toMatchObject({ read: 60, missing: 2, restored: 0 });
  expect(calls.slice(-2)).toEqual(['recheck receipt', 'recheck dlp']);
  // Live collection goes first.
  const [history] = await historiesOf(environment().client.workflow, workflowId);
  const scheduled = history?.events?.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []) ?? [];
  const asked = scheduled.filter(({ activityType }) => activityType?.name !== 'wake').map(({ priority }) => priority);
  expect(asked.length).toBeGreaterThan(2);
  await record('verify', workflowId);
  for (const priority of asked) expect(priority).toMatchObject({ priorityKey: 4, fairnessKey: 'source-1' });
});

test('a long reading is continued as new, and loses neither counts nor its name', async () => {
  slice = async (_stream, number, kind) => ofThree(number, kind, 40);
  const { end, first, workflowId } = await start('backfill', ['receipt', 'dlp'], { maxHistoryEvents: 60 });
  expect(await end()).toMatchObject({ run: first, totals: { read: 800, missing: 80, restored: 80 } });
  expect(calls).toHaveLength(80);
  expect((await historiesOf(environment().client.workflow, workflowId)).length).toBeGreaterThan(2);
  await record('backfill', workflowId);
});

test('a stream that fails for 90 minutes is given up and named; the others are read', async () => {
  slice = async (stream, number, kind) => {
    if (stream === 'dlp') throw new RawError(FAULTS.unavailable);
    return ofThree(number, kind);
  };
  const { end } = await start('backfill', ['receipt', 'dlp']);
  const report = await end();
  expect(report.streams).toMatchObject([
    { stream: 'receipt', done: true },
    { stream: 'dlp', done: false, failure: expect.stringContaining('503') },
  ]);
  expect(calls.filter((call) => call === 'dlp').length).toBeGreaterThan(30);
});

test('what is not permitted is not tried again', async () => {
  slice = async () => {
    throw new RawError(FAULTS.forbidden);
  };
  const { end } = await start('verify', ['dlp']);
  expect((await end()).streams).toMatchObject([{ failure: expect.stringContaining('Forbidden') }]);
  expect(calls).toEqual(['dlp']);
});

test('it tells how far it is, and is cancelled', async () => {
  slice = async (_stream, number, kind) => {
    if (number < 2) return ofThree(number, kind);
    const alive = setInterval(() => Context.current().heartbeat(), 50);
    return Context.current()
      .cancelled.catch((error) => Promise.reject(error))
      .finally(() => clearInterval(alive));
  };
  const { latest, end } = await start('backfill', ['receipt']);
  await until(
    () => latest.query<RereadReport>(PROGRESS_QUERY),
    ({ totals }) => totals.read === 10,
  );
  await latest.cancel();
  await expect(end()).rejects.toThrow(WorkflowFailedError);
  expect((await latest.describe()).status.name).toBe('CANCELLED');
});
