/** Stop, start and restart, when the workflow is not as they expect it: still ending, or ended from outside. */

import { beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../src/domain/contract/contract.js';
import { apiServer } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { raw } from '../support/raw-collections.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const { api } = apiServer({ collections, client: () => stack().client });

let sources = '';
beforeAll(async () => {
  await stack().startWorker();
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'steered' } },
  });
  sources = `v1/collectors/${json.collector.id}/sources`;
});

/** One that collects. */
async function newSource(name: string): Promise<number> {
  const body = sourceFile(stack().simulator, { name, pollInterval: '1m' });
  const { json } = await api<{ source: { id: number } }>('POST', sources, { body });
  await inState(json.source.id, 'Collecting');
  return json.source.id;
}

const stateOf = async (sid: number) =>
  (await api<{ source: { state: { state: string } } }>('GET', `${sources}/${sid}`)).json.source.state.state;
const inState = (sid: number, wanted: string) =>
  until(
    () => stateOf(sid),
    (state) => state === wanted,
  );
const act = async (sid: number, action: string) => (await api('POST', `${sources}/${sid}/action/${action}`)).status;
const runOf = async (sid: number) => (await stack().client.workflow.getHandle(workflowIdOf(sid)).describe()).runId;
const isMeantToRun = async (sid: number) =>
  (await raw(collections).sources.findOne({ _id: sid }))?.stoppedAt === undefined;

async function terminate(sid: number): Promise<void> {
  await stack().client.workflow.getHandle(workflowIdOf(sid)).terminate('by hand');
}

/** What the reconciler of a worker does. @returns the sources that it started. */
async function reconcile(): Promise<readonly number[]> {
  const started: number[] = [];
  await stack().service.startMissing({
    onStarted: ({ sourceId }) => started.push(sourceId),
    onError: (error) => {
      throw error;
    },
  });
  return started;
}

test('a start that follows a stop at once waits for its end, and the source runs', async () => {
  const sid = await newSource('stopped and started');
  const before = await runOf(sid);
  expect([await act(sid, 'stop'), await act(sid, 'start')]).toEqual([200, 200]);
  await inState(sid, 'Collecting');
  expect(await runOf(sid)).not.toBe(before);
  expect(await isMeantToRun(sid)).toBe(true);
});

test('a stop of one whose workflow was ended from outside stays: nobody starts it again', async () => {
  const sid = await newSource('ended, then stopped');
  await terminate(sid);
  expect(await act(sid, 'stop')).toBe(200);
  expect(await reconcile()).not.toContain(sid);
  expect(await stateOf(sid)).toBe('Stopped');
  expect([await act(sid, 'restart'), await act(sid, 'collectNow')]).toEqual([409, 409]);
  expect(await act(sid, 'start')).toBe(200);
  await inState(sid, 'Collecting');
});

test.for(['restart', 'collectNow', 'start'])(
  '%s of one whose workflow was ended from outside starts it',
  async (action) => {
    const sid = await newSource(`ended, then ${action}`);
    const before = await runOf(sid);
    await terminate(sid);
    expect(await act(sid, action)).toBe(200);
    await inState(sid, 'Collecting');
    expect(await runOf(sid)).not.toBe(before);
  },
);

test('one whose workflow was ended from outside is in error until it is started again', async () => {
  const sid = await newSource('ended');
  await terminate(sid);
  expect(await stateOf(sid)).toBe('Error');
  expect(await reconcile()).toContain(sid);
  await inState(sid, 'Collecting');
});

test('a position is reset by the API, noted in the audit trail, and of a stopped source too', async () => {
  const sid = await newSource('repositioned');
  const reset = (body: object) => api('POST', `${sources}/${sid}/action/resetPosition`, { body });
  const resetAt = async () =>
    (await raw(collections).checkpoints.findOne({ sourceId: sid, stream: 'receipt' }))?.resetAt;
  expect(await reset({ stream: 'mail', from: 'soon' })).toMatchObject({ status: 400 });
  expect(await reset({ stream: 'receipt', from: '1d' })).toMatchObject({ status: 200, json: { stream: 'receipt' } });
  const first = await until(resetAt, (at) => at !== undefined);
  await inState(sid, 'Collecting');
  expect(await act(sid, 'stop')).toBe(200);
  await inState(sid, 'Stopped');
  expect(await reset({ stream: 'receipt' })).toMatchObject({ status: 200 });
  expect(await resetAt()).not.toEqual(first);
  const noted = await raw(collections).auditTrail.countDocuments({ sourceId: sid, action: 'source.resetPosition' });
  expect(noted).toBe(2);
});
