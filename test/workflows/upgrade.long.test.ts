/** A worker of earlier code is replaced by one of today, while its sources run. */

import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { earlierBundle } from '../support/short-retry-budget-bundle.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();
const earlier = earlierBundle();

/** Polls, one record each, until the run of the moment has so many events. */
async function growTo(run: SourceRun, events: number): Promise<void> {
  while ((await run.handle.describe()).historyLength < events) {
    const { totals } = await run.status();
    run.fake.deliver('audit', 1);
    await run.signal('collectNow');
    await run.when((snapshot) => snapshot.totals.stored === totals.stored + 1);
  }
}

test('a long run of earlier code is taken up, continued as new, and loses nothing', async () => {
  const taskQueue = 'upgraded';
  const stopEarlier = await runs.startWorker(taskQueue, earlier());
  const run = await runs.start({ taskQueue, prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,waiting');
  await growTo(run, 150);
  const before = await run.status();
  expect(await run.histories()).toHaveLength(1);
  await stopEarlier();

  await runs.startWorker(taskQueue);
  run.fake.deliver('audit', 1);
  await run.signal('collectNow');
  const after = await run.when(({ totals }) => totals.stored === before.totals.stored + 1);
  const { startedAt, restarts, version, since } = before;
  expect(after).toMatchObject({ state: 'Error', startedAt, restarts, version, since });
  await growTo(run, 20);
  const histories = await run.histories();
  expect(histories.length).toBeGreaterThanOrEqual(2);
  expect(histories[1]?.events?.some((event) => event.markerRecordedEventAttributes)).toBe(true);
  run.fake.heal('receipt');
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test("a worker of earlier code cannot do harm to a run that today's code has begun", async () => {
  const taskQueue = 'downgraded';
  const stop = await runs.startWorker(taskQueue);
  const run = await runs.start({ taskQueue });
  await run.caughtUp();
  await stop();
  const stopEarlier = await runs.startWorker(taskQueue, earlier());
  const { historyLength } = await run.handle.describe();
  await run.signal('collectNow');
  await until(run.histories, ([{ events } = {}]) => events?.some((e) => e.workflowTaskFailedEventAttributes) === true);
  await expect(run.handle.client.withDeadline(Date.now() + 1_000, run.status)).rejects.toThrow();
  await stopEarlier();
  await runs.startWorker(taskQueue);
  await run.attempted('sweep', 1);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
  expect((await run.handle.describe()).historyLength).toBeGreaterThan(historyLength);
});

test('what earlier code could not tell of is reported by that of today, and no run is stuck over it', async () => {
  const taskQueue = 'altered';
  const altered = { loneSurrogate: 2, repeatedKey: 0, notUtf8: 0 };
  const stopEarlier = await runs.startWorker(taskQueue, earlier());
  const run = await runs.start({ taskQueue });
  await run.caughtUp();
  const poll = async () => {
    const { totals } = await run.status();
    run.fake.deliver('audit', 1);
    await run.signal('collectNow');
    return run.when((snapshot) => snapshot.totals.stored === totals.stored + 1);
  };
  run.fake.altered = altered;
  expect(await poll()).toMatchObject({ health: 'Healthy' });
  await stopEarlier();

  await runs.startWorker(taskQueue);
  const told = await poll();
  expect(told).toMatchObject({ state: 'Collecting', health: 'Warning' });
  expect(told.streams.find(({ stream }) => stream === 'audit')).toMatchObject({
    altered,
    notices: [{ code: 'altered', count: 2 }],
  });
});

test('earlier code polls all streams whatever it is asked for, that of today only those; no run is stuck over it', async () => {
  const taskQueue = 'some-streams';
  const stopEarlier = await runs.startWorker(taskQueue, earlier());
  const run = await runs.start({ taskQueue });
  await run.caughtUp();
  const sweeps = () => run.fake.callsOf('sweep').map(({ streams }) => streams.join());
  for (const payload of [{ streams: ['audit'] }, 'no payload']) {
    const { totals } = await run.status();
    run.fake.deliver('dlp', 1);
    await run.signal('collectNow', payload);
    await run.when((snapshot) => snapshot.totals.stored === totals.stored + 1);
  }
  expect(sweeps()).toEqual(['receipt,audit,dlp', 'receipt,audit,dlp']);
  await stopEarlier();

  await runs.startWorker(taskQueue);
  await run.signal('collectNow', 'no payload');
  await run.signal('collectNow', { streams: ['audit'] });
  await until(sweeps, (all) => all.length === 3);
  expect(sweeps().at(-1)).toBe('audit');
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});
