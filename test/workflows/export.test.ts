/** The export of a source as a workflow, with fakes behind its activities, on a server whose time is skipped. */

import { randomInt } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import type { ExportActivities } from '../../src/activities/index.js';
import {
  EXPORT_CHANGED_SIGNAL,
  EXPORT_WORKFLOW_TYPE,
  type ExportNote,
  type ExportOutcome,
} from '../../src/domain/export/export.js';
import { type ErrorFacts, RawError } from '../../src/domain/failures/failure.js';
import { MIN_RETRY_BUDGET_MS, RETRY_BUDGET_MS } from '../../src/domain/failures/retry-budget.js';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import { historiesOf } from '../support/histories.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { EXPORT, recordHistories } from '../support/recorded-histories.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { timeSkippingEnvironment } from '../support/time-skipping.js';
import { until } from '../support/until.js';

quietRuntime();
const environment = timeSkippingEnvironment();

const UNAVAILABLE: ErrorFacts = { origin: 's3', status: 503, code: 'ServiceUnavailable', message: 'away' };
const DENIED: ErrorFacts = { origin: 's3', status: 403, code: 'AccessDenied', message: 'no', endpoint: 'write logs/x' };
const CAUGHT_UP: ExportOutcome = { result: 'caughtUp', intervalMs: 60_000 };
const ENDED: ExportOutcome = { result: 'ended', intervalMs: 0 };

type Slice = (call: number) => ExportOutcome | ErrorFacts | Promise<ExportOutcome>;

interface Life {
  readonly handle: WorkflowHandle;
  readonly notes: readonly ExportNote[];
  readonly calls: () => number;
}

interface ExportingOptions {
  readonly againEveryMs?: number;
  readonly maxHistoryEvents?: number;
  /** Name under which its histories are kept. */
  readonly record?: string;
}

/** Runs an export while a test looks at it. */
async function exporting(
  slice: Slice,
  live: (life: Life) => Promise<unknown>,
  { againEveryMs, record, ...request }: ExportingOptions = {},
): Promise<Life> {
  const notes: ExportNote[] = [];
  let calls = 0;
  const activities: Pick<ExportActivities, 'exportRecords' | 'noteExport'> = {
    exportRecords: async () => {
      calls += 1;
      const outcome = await slice(calls);
      if ('origin' in outcome) throw new RawError(outcome);
      return outcome;
    },
    noteExport: async (_, note) => {
      notes.push(note);
      return againEveryMs === undefined ? {} : { againEveryMs };
    },
  };
  const { client, nativeConnection } = environment();
  const taskQueue = `test-export-${randomInt(1_000_000_000)}`;
  const interceptors = { activity: [failureInterceptor] };
  const shared = { ...PAUSE_PROOF, connection: nativeConnection, interceptors, workflowBundle: workflowBundle() };
  const worker = await Worker.create({ ...shared, taskQueue, activities });
  const args = [{ sourceId: 1, ...request }];
  const handle = await client.workflow.start(EXPORT_WORKFLOW_TYPE, { workflowId: taskQueue, taskQueue, args });
  const life = { handle: client.workflow.getHandle(taskQueue), notes, calls: () => calls };
  await worker.runUntil(() => live(life));
  const histories = await historiesOf(client.workflow, handle.workflowId);
  for (const history of histories) await replayHistory(workflowBundle(), history, handle.workflowId);
  if (record !== undefined) recordHistories(`${EXPORT}${record}`, handle.workflowId, histories);
  return life;
}

const kinds = ({ notes }: Life) => notes.map(({ kind }) => kind);
const finished = ({ handle }: Life) => handle.result();

test('it exports slice after slice, and ends when there is nothing left to export for good', async () => {
  const outcomes: ExportOutcome[] = [{ result: 'more', intervalMs: 60_000 }, CAUGHT_UP, CAUGHT_UP, ENDED];
  const life = await exporting((call) => outcomes[call - 1] ?? ENDED, finished, {
    record: 'until its source is stopped',
  });
  expect(life.calls()).toBe(4);
  expect(kinds(life)).toEqual(['cleared']);
});

test('a long history is continued as new, with the problem that it has', async () => {
  const options = { maxHistoryEvents: 30, record: 'that fails and is continued as new' };
  const life = await exporting((call) => (call < 12 ? UNAVAILABLE : ENDED), finished, options);
  expect(life.calls()).toBe(12);
  expect(kinds(life)).toEqual(['cleared', ...Array.from({ length: 11 }, () => 'opened'), 'closed']);
  const ids = life.notes.flatMap((note) => (note.kind === 'cleared' ? [] : [note.problem.eventId]));
  expect(new Set(ids).size).toBe(1);
});

test('a problem that is over does not come back with a run that continues another', async () => {
  const slice = (call: number) => {
    if (call < 5 || call === 40) return UNAVAILABLE;
    return call < 60 ? { ...CAUGHT_UP, result: 'more' as const, intervalMs: 0 } : ENDED;
  };
  const life = await exporting(slice, finished, { maxHistoryEvents: 30 });
  expect(kinds(life)).toEqual(['cleared', ...Array.from({ length: 4 }, () => 'opened'), 'closed', 'opened', 'closed']);
  const gaveUp = life.notes.flatMap((note) => (note.kind === 'opened' ? [note.problem.problem.gaveUp] : []));
  expect(gaveUp).toEqual([false, false, false, false, false]);
});

test('what cannot be written is retried for up to 90 minutes, then given up until the source is restarted', async () => {
  const life = await exporting(
    (call) => (call < 1_000 ? UNAVAILABLE : ENDED),
    async ({ handle, notes }) => {
      const isGivenUp = () => notes.some((note) => note.kind === 'opened' && note.problem.problem.gaveUp);
      await environment().sleep(RETRY_BUDGET_MS + 60_000);
      await until(async () => isGivenUp(), Boolean);
      await handle.terminate();
    },
  );
  const [first, ...others] = life.notes.flatMap((note) => (note.kind === 'opened' ? [note.problem.problem] : []));
  const last = others.at(-1);
  expect(first).toMatchObject({ attempt: 1, gaveUp: false, type: 'ThirdPartyGeneric' });
  expect(last).toMatchObject({ gaveUp: true, since: first?.since });
  const lasted = Date.parse(last?.gaveUpAt ?? '') - Date.parse(first?.since ?? '');
  expect(lasted).toBeGreaterThanOrEqual(MIN_RETRY_BUDGET_MS);
  expect(lasted).toBeLessThanOrEqual(RETRY_BUDGET_MS);
});

test('what only the operator can correct is not retried; a change of the source has it tried again', async () => {
  const life = await exporting(
    (call) => (call === 1 ? DENIED : ENDED),
    async (seen) => {
      await until(
        async () => seen.notes.length,
        (length) => length === 2,
      );
      await environment().sleep('1 day');
      expect(seen.calls()).toBe(1);
      await seen.handle.signal(EXPORT_CHANGED_SIGNAL);
      await finished(seen);
    },
    { record: 'that gives up until it is changed' },
  );
  expect(kinds(life)).toEqual(['cleared', 'opened', 'closed']);
  expect(life.notes[1]).toMatchObject({ problem: { problem: { gaveUp: true, type: 'ThirdPartyConfig' } } });
  expect(life.notes[2]).toMatchObject({ ending: 'restarted' });
});

test('what gave up is tried again as often as the configuration says', async () => {
  const life = await exporting((call) => (call < 3 ? DENIED : call === 3 ? CAUGHT_UP : ENDED), finished, {
    againEveryMs: 3_600_000,
  });
  expect(life.calls()).toBe(4);
  expect(kinds(life)).toEqual(['cleared', 'opened', 'opened', 'closed']);
  expect(life.notes[3]).toMatchObject({ ending: 'recovered' });
});

test('what failed after some objects were written is retried with a budget of its own', async () => {
  const failure = { type: 'ThirdPartyGeneric', code: 'x', message: 'm', retry: true, severity: 'error' } as const;
  const life = await exporting((call) => (call < 3 ? { ...CAUGHT_UP, result: 'more', failure } : ENDED), finished);
  const problems = life.notes.flatMap((note) => (note.kind === 'opened' ? [note.problem.problem] : []));
  expect(problems.map(({ attempt }) => attempt)).toEqual([1, 1]);
  expect(problems[0]?.since).not.toBe(problems[1]?.since);
});

test('a worker that is shut down is no problem of the export', async () => {
  const shutDown = () => Promise.reject(ApplicationFailure.create({ type: 'WorkerShutdown', message: 'shut down' }));
  const life = await exporting((call) => (call === 1 ? shutDown() : ENDED), finished);
  expect(kinds(life)).toEqual(['cleared']);
});

test('a worker that is lost is no problem of the export', async () => {
  const silent = () => new Promise<never>((_, reject) => Context.current().cancelled.catch(reject));
  const life = await exporting((call) => (call === 1 ? silent() : ENDED), finished);
  expect(kinds(life)).toEqual(['cleared']);
});
