/** What needs a worker that goes away, or a server that is real, while the retry budget runs out: with a retry budget of 9 seconds. */

import { test, vi } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { retryDeadlines } from '../support/histories.js';
import { MIN_RETRY_BUDGET_MS, RETRY_BUDGET_MS } from '../support/short-retry-budget.js';
import { shortRetryBudgetBundle } from '../support/short-retry-budget-bundle.js';
import { developmentServer, type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

vi.mock('../../src/domain/failures/retry-budget.js', () => import('../support/short-retry-budget.js'));
const runs = sourceRuns({ ...developmentServer(), workflowBundle: shortRetryBudgetBundle() });

/** Of times that are told in whole milliseconds. */
const ROUNDING_MS = 5;

/** Waits until the server has ended an activity that no worker took. */
async function timedOut(run: SourceRun): Promise<void> {
  await until(
    async () => (await run.handle.fetchHistory()).events ?? [],
    (events) => events.some((event) => event.activityTaskTimedOutEventAttributes),
  );
}

/** First failure and giving up, in epoch milliseconds, by the health event that tells of them. */
async function gaveUp(run: SourceRun): Promise<{ readonly since: number; readonly at: number }> {
  const changes = await until(
    () => run.fake.problemChanges(),
    (seen) => seen.some(({ problem }) => problem.gaveUp),
  );
  const change = changes.find(({ problem }) => problem.gaveUp);
  return { since: Date.parse(change?.problem.since ?? ''), at: Date.parse(change?.at ?? '') };
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
    prepare: (fake) => fake.fail('receipt', FAULTS.unavailable),
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

test.concurrent('the retry budget of a stream is not given twice when the run is continued as new', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 80,
    prepare: (fake) => fake.fail('receipt', FAULTS.unavailable),
    onTestFinished: context.onTestFinished,
  });
  const { since, at } = await gaveUp(run);
  const histories = await run.histories();
  context.expect(at - since).toBeGreaterThanOrEqual(MIN_RETRY_BUDGET_MS);
  context.expect(histories.length).toBeGreaterThanOrEqual(2);
  // Its workflow begins to collect in both runs; the later one has what the earlier one left.
  const deadlines = retryDeadlines(histories, 'collect');
  context.expect(deadlines.length).toBeGreaterThanOrEqual(2);
  context.expect(Math.max(...deadlines)).toBeLessThanOrEqual(since + RETRY_BUDGET_MS + ROUNDING_MS);
  context.expect(await run.stream('receipt')).toMatchObject({ phase: 'parked' });
});

test.concurrent('the retry budget of the sweep is not given twice when the run is continued as new', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 80,
    prepare: (fake) => fake.fail('sweep', FAULTS.mongodbAway),
    onTestFinished: context.onTestFinished,
  });
  await run.caughtUp();
  await run.signal('collectNow');
  const { since, at } = await gaveUp(run);
  context.expect(at - since).toBeGreaterThanOrEqual(MIN_RETRY_BUDGET_MS);
  const deadlines = retryDeadlines(await run.histories(), 'sweep');
  context.expect(Math.max(...deadlines)).toBeLessThanOrEqual(since + RETRY_BUDGET_MS + ROUNDING_MS);
});

test.concurrent('the retry budget of a start-up step is not given twice when the run is continued as new', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 40,
    prepare: (fake) => fake.fail('authenticate', FAULTS.unavailable),
    onTestFinished: context.onTestFinished,
  });
  const { since, at } = await gaveUp(run);
  context.expect(at - since).toBeGreaterThanOrEqual(MIN_RETRY_BUDGET_MS);
  const histories = await run.histories();
  context.expect(histories.length).toBeGreaterThanOrEqual(2);
  const deadlines = retryDeadlines(histories, 'authenticate');
  context.expect(Math.max(...deadlines)).toBeLessThanOrEqual(since + RETRY_BUDGET_MS + ROUNDING_MS);
});

test.concurrent('a start-up that is begun again in the next run may fail in another step, and recover', async (context) => {
  const run = await runs.start({
    maxHistoryEvents: 40,
    prepare: (fake) => fake.fail('authenticate', FAULTS.unavailable),
    onTestFinished: context.onTestFinished,
  });
  await run.state('Error');
  // Fails as soon as it is run again, which the next run does.
  run.fake.fail('validate', FAULTS.mongodbAway);
  await run.when(({ problem }) => problem?.step === 'validate');
  run.fake.heal('validate');
  run.fake.heal('authenticate');
  await run.caughtUp();
  context.expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test.concurrent('what gave up is tried again in time also when the run is continued as new meanwhile', async (context) => {
  const every = 10_000;
  const run = await runs.start({
    maxHistoryEvents: 80,
    prepare: (fake) => {
      fake.settings = { ...fake.settings, retryAgainEveryMs: every };
      fake.fail('receipt', FAULTS.unavailable);
    },
    onTestFinished: context.onTestFinished,
  });
  const { at } = await gaveUp(run);
  const before = (await run.histories()).length;
  run.fake.heal('receipt');
  await until(
    async () => {
      await run.signal('collectNow');
      return (await run.histories()).length;
    },
    (count) => count > before,
  );
  await run.caughtUp();
  const [next = 0] = run.fake.callsOf('collect', 'receipt').flatMap((call) => (call.at > at ? [call.at] : []));
  context.expect(next - at).toBeGreaterThanOrEqual(every - ROUNDING_MS);
  context.expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});
