/** An export of the past as a workflow, with fakes behind its activities, on a server whose time is skipped. */

import { randomInt } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { failureInterceptor } from '../../src/activities/failure-interceptor.js';
import type { ExportActivities } from '../../src/activities/index.js';
import {
  PAST_EXPORT_WORKFLOW_TYPE,
  type PastExportEnd,
  type PastSliceOutcome,
} from '../../src/domain/export/past-export.js';
import { type ErrorFacts, RawError } from '../../src/domain/failures/failure.js';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import { historiesOf } from '../support/histories.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { EXPORT, recordHistories } from '../support/recorded-histories.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { timeSkippingEnvironment } from '../support/time-skipping.js';

quietRuntime();
const environment = timeSkippingEnvironment();

const UNAVAILABLE: ErrorFacts = { origin: 's3', status: 503, code: 'ServiceUnavailable', message: 'away' };
const DENIED: ErrorFacts = { origin: 's3', status: 403, code: 'AccessDenied', message: 'no', endpoint: 'write logs/x' };
const MORE: PastSliceOutcome = { result: 'more', text: '5 records in 1 objects' };
const OVER: PastSliceOutcome = { result: 'over', text: '7 records in 2 objects' };

type Slice = (call: number) => PastSliceOutcome | ErrorFacts | Promise<PastSliceOutcome>;

interface Life {
  readonly handle: WorkflowHandle;
  readonly ends: readonly PastExportEnd[];
  readonly calls: () => number;
}

/** Runs one while a test looks at it. */
async function exporting(
  slice: Slice,
  live: (life: Life) => Promise<unknown>,
  { maxHistoryEvents, record }: { readonly maxHistoryEvents?: number; readonly record?: string } = {},
): Promise<Life> {
  const ends: PastExportEnd[] = [];
  let calls = 0;
  const activities: Pick<ExportActivities, 'exportPast' | 'endPastExport'> = {
    exportPast: async () => {
      calls += 1;
      const outcome = await slice(calls);
      if ('origin' in outcome) throw new RawError(outcome);
      return outcome;
    },
    endPastExport: async (_sourceId, exportId, ended) => {
      expect(exportId).toBe(7);
      ends.push(ended);
    },
  };
  const { client, nativeConnection } = environment();
  const taskQueue = `test-past-export-${randomInt(1_000_000_000)}`;
  const interceptors = { activity: [failureInterceptor] };
  const shared = { ...PAUSE_PROOF, connection: nativeConnection, interceptors, workflowBundle: workflowBundle() };
  const worker = await Worker.create({ ...shared, taskQueue, activities });
  const args = [{ sourceId: 1, exportId: 7, ...(maxHistoryEvents === undefined ? {} : { maxHistoryEvents }) }];
  await client.workflow.start(PAST_EXPORT_WORKFLOW_TYPE, { workflowId: taskQueue, taskQueue, args });
  const life = { handle: client.workflow.getHandle(taskQueue), ends, calls: () => calls };
  await worker.runUntil(() => live(life));
  const histories = await historiesOf(client.workflow, taskQueue);
  for (const history of histories) await replayHistory(workflowBundle(), history, taskQueue);
  if (record !== undefined) recordHistories(`${EXPORT}${record}`, taskQueue, histories);
  return life;
}

const finished = ({ handle }: Life) => handle.result();
const statusOf = async ({ handle }: Life) => (await handle.describe()).status.name;

test('it writes slice after slice until it is over', async () => {
  const life = await exporting((call) => (call < 4 ? MORE : OVER), finished, { record: 'of the past' });
  expect(life.calls()).toBe(4);
  expect(life.ends).toEqual([]);
});

test('a long history is continued as new', async () => {
  const life = await exporting((call) => (call < 12 ? MORE : OVER), finished, { maxHistoryEvents: 20 });
  expect(life.calls()).toBe(12);
});

test('what only the operator can correct fails it at once', async () => {
  const life = await exporting(() => DENIED, finished, { record: 'of the past that fails' });
  expect(life.calls()).toBe(1);
  expect(life.ends).toMatchObject([{ state: 'Failed', failure: { type: 'ThirdPartyConfig', code: 'AccessDenied' } }]);
});

test('what may pass is tried again for 90 minutes', async () => {
  const life = await exporting((call) => (call < 6 ? UNAVAILABLE : OVER), finished);
  expect(life.calls()).toBe(6);
  expect(life.ends).toEqual([]);
  const hopeless = await exporting(() => UNAVAILABLE, finished);
  expect(hopeless.calls()).toBeGreaterThan(40);
  expect(hopeless.ends).toMatchObject([{ state: 'Failed', failure: { type: 'ThirdPartyGeneric' } }]);
});

test('canceled, it waits for what is being written, and its end is noted', async () => {
  let begun: () => void = () => undefined;
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const writing = async () => {
    begun();
    const { cancelled, heartbeat } = Context.current();
    const beating = setInterval(heartbeat, 100);
    return cancelled.finally(() => clearInterval(beating));
  };
  const live = async (seen: Life) => {
    await beginning;
    await seen.handle.cancel();
    await expect(finished(seen)).rejects.toThrow();
  };
  const life = await exporting(writing, live, { record: 'of the past that is canceled' });
  expect(life.ends).toEqual([{ state: 'Canceled' }]);
  expect(await statusOf(life)).toBe('CANCELLED');
});
