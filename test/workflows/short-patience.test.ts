/** What needs a worker that goes away, or a server that is real, while patience runs out: with a patience of 9 seconds. */

import { test, vi } from 'vitest';
import { TROUBLE } from '../support/fake-activities.js';
import { LEAST_PATIENCE_MS, PATIENCE_MS } from '../support/short-patience.js';
import { shortPatienceBundle } from '../support/short-patience-bundle.js';
import { developmentServer, type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

vi.mock('../../src/source/patience.js', () => import('../support/short-patience.js'));
const runs = sourceRuns({ ...developmentServer(), workflowBundle: shortPatienceBundle() });

/** Waits until the server has ended an activity that no worker took. */
async function timedOut(run: SourceRun): Promise<void> {
  await until(
    async () => (await run.handle.fetchHistory()).events ?? [],
    (events) => events.some((event) => event.activityTaskTimedOutEventAttributes),
  );
}

/** Milliseconds from the first failure to giving up, by the health event that tells it. */
async function gaveUpAfter(run: SourceRun): Promise<number> {
  const changes = await until(
    () => run.fake.problemChanges(),
    (seen) => seen.some(({ problem }) => problem.gaveUp),
  );
  const change = changes.find(({ problem }) => problem.gaveUp);
  return Date.parse(change?.at ?? '') - Date.parse(change?.problem.since ?? '');
}

test.concurrent.for(['validate', 'initialize', 'authenticate'] as const)(
  'a %s that no worker took until its time was over is begun again, not given up',
  async (step, { onTestFinished, expect: check }) => {
    const taskQueue = `nobody-for-${step}`;
    const run = await runs.start({ taskQueue, prepare: (fake) => void fake.hold(step), onTestFinished });
    const stopFirst = await runs.startWorker(taskQueue);
    await run.attempted(step);
    await stopFirst();
    run.fake.release();
    await timedOut(run);
    await runs.startWorker(taskQueue);
    await run.caughtUp();
    check(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
  },
);

test.concurrent('a stream in back-off whose worker was away is tried again, not given up', async (context) => {
  const taskQueue = 'worker-lost-in-back-off';
  const run = await runs.start({
    taskQueue,
    prepare: (fake) => fake.fail('receipt', TROUBLE.unavailable),
    onTestFinished: context.onTestFinished,
  });
  const stopFirst = await runs.startWorker(taskQueue);
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,waiting');
  await stopFirst();
  await timedOut(run);
  run.fake.heal('receipt');
  await runs.startWorker(taskQueue);
  await run.caughtUp();
  context.expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test.concurrent('patience of a stream is not given twice when the run is continued as new', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 80,
    prepare: (fake) => fake.fail('receipt', TROUBLE.unavailable),
    onTestFinished: context.onTestFinished,
  });
  const elapsed = await gaveUpAfter(run);
  context.expect(elapsed).toBeGreaterThanOrEqual(LEAST_PATIENCE_MS);
  context.expect(elapsed).toBeLessThan(PATIENCE_MS + 1_000);
  context.expect((await run.histories()).length).toBeGreaterThanOrEqual(2);
  context.expect(await run.stream('receipt')).toMatchObject({ phase: 'parked' });
});

test.concurrent('patience of the sweep is not given twice when the run is continued as new', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 80,
    prepare: (fake) => fake.fail('sweep', TROUBLE.mongodbAway),
    onTestFinished: context.onTestFinished,
  });
  await run.caughtUp();
  await run.signal('collectNow');
  const elapsed = await gaveUpAfter(run);
  context.expect(elapsed).toBeGreaterThanOrEqual(LEAST_PATIENCE_MS);
  context.expect(elapsed).toBeLessThan(PATIENCE_MS + 1_000);
});
