/** Stop, start and restart, when the workflow is not as they expect it: still ending, or ended from outside. */

import { beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../src/domain/contract/contract.js';
import { apiServer } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { raw } from '../support/raw-collections.js';
import { changeTenant } from '../support/simulator-control.js';
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
async function newSource(name: string, config: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const body = sourceFile(stack().simulator, { name, pollInterval: '1m', ...config });
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

test('of all streams, one is polled at once, and the audit trail names it', async () => {
  const sid = await newSource('partly polled', { dataCollection: ['auditEvent', 'dlp'], pollInterval: '1h' });
  const checked = async () => {
    const { snapshot } = await stack().service.status(String(sid));
    const [audit, dlp] = snapshot?.streams ?? [];
    return { phases: [audit?.phase, dlp?.phase], audit: audit?.checkedAt, dlp: dlp?.checkedAt };
  };
  const before = await until(checked, ({ phases }) => phases.every((phase) => phase === 'waiting'));
  const collect = (body?: unknown) => api('POST', `${sources}/${sid}/action/collectNow`, { body });
  expect(await collect({ streams: ['audit', 'audit'] })).toMatchObject({
    ...{ status: 200, json: { message: 'The source is polling audit now.' } },
  });
  const after = await until(checked, ({ audit }) => audit !== before.audit);
  expect(after.dlp).toBe(before.dlp);
  expect(await collect({})).toMatchObject({ status: 200, json: { message: 'The source is polling now.' } });
  await until(checked, ({ dlp }) => dlp !== before.dlp);
  const noted = { sourceId: sid, action: 'source.collectNow' };
  const trail = await raw(collections).auditTrail.find(noted).sort({ at: 1 }).toArray();
  expect(trail.map(({ to, outcome }) => ({ to, outcome }))).toEqual([
    { to: { streams: ['audit'] }, outcome: 'done' },
    { outcome: 'done' },
  ]);
});

test('streams that cannot be polled now are refused, each with its reason, and none of them is polled', async () => {
  await changeTenant(stack().simulator, { deny: ['dlp'] });
  const config = { dataCollection: ['auditEvent', 'dlp'], pollInterval: '1h' };
  const body = sourceFile(stack().simulator, { name: 'partly parked', ...config });
  const sid = (await api<{ source: { id: number } }>('POST', sources, { body })).json.source.id;
  const streams = async () => (await stack().service.status(String(sid))).snapshot?.streams ?? [];
  const before = await until(streams, (all) => all.map(({ phase }) => phase).join() === 'waiting,parked');
  await changeTenant(stack().simulator, { deny: [] });
  const collect = (...names: string[]) =>
    api('POST', `${sources}/${sid}/action/collectNow`, { body: { streams: names } });
  const { status, json } = await collect('audit', 'dlp', 'receipt');
  expect({ status, code: json.code }).toEqual({ status: 409, code: 'collectors.source.streams.unavailable' });
  expect(json.mistakes).toEqual([
    expect.stringMatching(/^dlp: it is parked\. app_forbidden: /),
    'receipt: the source does not collect it; it collects: audit, dlp',
  ]);
  for (const reason of json.mistakes as string[]) expect(json.message).toContain(reason);
  expect((await streams())[0]?.checkedAt).toBe(before[0]?.checkedAt);
  const failed = { sourceId: sid, action: 'source.collectNow', outcome: 'failed' } as const;
  expect(await raw(collections).auditTrail.findOne(failed)).toMatchObject({
    ...{ to: { streams: ['audit', 'dlp', 'receipt'] }, reason: expect.stringContaining('dlp: it is parked') },
  });
  await terminate(sid);
  expect(await collect('audit')).toMatchObject({
    status: 409,
    json: { message: expect.stringContaining('does not run') },
  });
  expect(await act(sid, 'stop')).toBe(200);
  expect(await collect('audit')).toMatchObject({ status: 409, json: { code: 'collectors.source.stopped' } });
});

test.for([
  [{ streams: 'audit' }, ['streams: must be an array (found "audit")']],
  [{ streams: [] }, ['streams: must name one stream at least; leave it out to poll all (found a list)']],
  [
    { streams: ['mail', 'audits'], now: true },
    [
      expect.stringMatching(/^streams\[0\]: must be one of: receipt, .* \(found "mail"\)$/),
      expect.stringMatching(/^streams\[1\]: must be one of: .*; did you mean "audit"\? \(found "audits"\)$/),
      'now: unknown key',
    ],
  ],
])('a body such as %j is one error that names every mistake', async ([body, mistakes]) => {
  const { status, json } = await api('POST', `${sources}/1/action/collectNow`, { body });
  expect({ status, mistakes: json.mistakes }).toEqual({ status: 400, mistakes });
});
