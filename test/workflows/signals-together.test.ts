/** Commands that reach the workflow in the same task: sent while no worker is there. */

import { expect, test } from 'vitest';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();
const SEND = {
  restart: (run: SourceRun) => run.restart(),
  stop: (run: SourceRun) => run.stop(),
  remove: (run: SourceRun) => run.stop({ remove: true }),
  cancel: (run: SourceRun) => run.handle.cancel(),
  collectNow: (run: SourceRun) => run.signal('collectNow'),
} as const;
type Command = keyof typeof SEND;

const CASES: readonly (readonly [commands: readonly Command[], end: 'Stopped' | 'Deleted'])[] = [
  [['stop'], 'Stopped'],
  [['cancel'], 'Stopped'],
  [['stop', 'restart'], 'Stopped'],
  [['restart', 'stop'], 'Stopped'],
  [['restart', 'restart', 'collectNow', 'stop', 'restart'], 'Stopped'],
  [['stop', 'remove'], 'Deleted'],
  [['remove', 'stop'], 'Deleted'],
  [['remove', 'restart'], 'Deleted'],
  [['restart', 'remove'], 'Deleted'],
  [['cancel', 'remove'], 'Deleted'],
  [['cancel', 'restart'], 'Stopped'],
  [['restart', 'cancel'], 'Stopped'],
];

async function sendAll(run: SourceRun, commands: readonly Command[]): Promise<void> {
  for (const command of commands) await SEND[command](run);
}

/** How each source ended, and what it was told to delete. */
async function endsOf(all: readonly SourceRun[]) {
  return Promise.all(
    all.map(async (run) => ({
      state: (await run.end()).state,
      removed: run.fake.finalized.map(({ remove }) => remove),
    })),
  );
}

const EXPECTED = CASES.map(([, state]) => ({ state, removed: [state === 'Deleted'] }));

test('commands before the first task: a stop is a stop, and one with remove outranks one without', async () => {
  const taskQueue = 'before-the-first-task';
  const all = await Promise.all(CASES.map(() => runs.start({ taskQueue })));
  await Promise.all(CASES.map(([commands], index) => sendAll(at(all, index), commands)));
  const stopWorker = await runs.startWorker(taskQueue);
  expect(await endsOf(all)).toEqual(EXPECTED);
  await stopWorker();
});

test('commands while collecting: a stop is a stop, and one with remove outranks one without', async () => {
  const taskQueue = 'while-collecting';
  const stopFirst = await runs.startWorker(taskQueue);
  const all = await Promise.all(CASES.map(() => runs.start({ taskQueue })));
  await Promise.all(all.map((run) => run.caughtUp()));
  await stopFirst();
  await Promise.all(CASES.map(([commands], index) => sendAll(at(all, index), commands)));
  const stopWorker = await runs.startWorker(taskQueue);
  expect(await endsOf(all)).toEqual(EXPECTED);
  await stopWorker();
});

function at(all: readonly SourceRun[], index: number): SourceRun {
  const run = all[index];
  if (run === undefined) throw new Error(`no source ${index}`);
  return run;
}

test('a restart before the first task is one restart, and the source collects', async () => {
  const taskQueue = 'restarts-first';
  const run = await runs.start({ taskQueue });
  await sendAll(run, ['restart', 'restart', 'collectNow']);
  await runs.startWorker(taskQueue);
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 1 });
});

test('a collectNow before the first task does no harm', async () => {
  const taskQueue = 'collect-now-first';
  const run = await runs.start({ taskQueue });
  await sendAll(run, ['collectNow', 'collectNow']);
  await runs.startWorker(taskQueue);
  await run.caughtUp();
  expect(run.fake.callsOf('sweep').length).toBeLessThanOrEqual(1);
  await run.signal('collectNow');
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count >= 1,
  );
});
