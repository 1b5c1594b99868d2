import { expect, test } from 'vitest';
import { FAULTS, type FakeSource } from '../support/fake-activities.js';
import type { SourceRun } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY = 2 * HOUR;
const runs = timeSkippingRuns();

/** Sets `retryAgainEvery`. Hourly polls keep the tests short. */
function persistentOperator(fake: FakeSource): void {
  fake.settings = { ...fake.settings, retryAgainEveryMs: EVERY, pollIntervalMs: HOUR };
}

/** Waits until the stream was given up. @returns the times of its attempts so far. */
async function gaveUp(run: SourceRun): Promise<number[]> {
  const { streams } = await run.when((seen) => seen.streams[0]?.problem !== undefined);
  await runs.passUntil(streams[0]?.problem?.since ?? '', 90 * MINUTE);
  await run.when((seen) => seen.streams[0]?.phase === 'parked');
  return attempts(run);
}

const attempts = (run: SourceRun) => run.fake.callsOf('collect', 'receipt').map(({ at }) => at);

async function attempted(run: SourceRun, count: number): Promise<number[]> {
  return until(
    () => attempts(run),
    (times) => times.length >= count,
  );
}

test('a stream that gave up is tried once after each such time, and recovers at the first that succeeds', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('receipt', FAULTS.unavailable);
      fake.deliver('receipt', 5, 7);
    },
  });
  const before = await gaveUp(run);
  const { since } = (await run.stream('receipt'))?.problem ?? {};
  await runs.pass(2 * EVERY + 10 * MINUTE);
  const [last = 0, first = 0, second = 0, ...more] = (await attempted(run, before.length + 2)).slice(before.length - 1);
  expect(more).toEqual([]);
  for (const pause of [first - last, second - first]) {
    expect(pause).toBeGreaterThanOrEqual(EVERY);
    expect(pause).toBeLessThan(EVERY + 5 * MINUTE);
  }
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
  expect(await run.stream('receipt')).toMatchObject({ problem: { gaveUp: true, since } });
  expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });

  run.fake.heal('receipt');
  await runs.pass(EVERY);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 12 } });
  expect(await run.stream('receipt')).toMatchObject({ lastProblem: { code: 'http_503', since } });
  const changes = await until(
    () => run.fake.problemChanges(),
    (seen) => seen.at(-1)?.kind === 'closed',
  );
  expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(1);
});

test('a stream that recovered and fails again has its whole retry budget', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('receipt', FAULTS.unavailable);
    },
  });
  await gaveUp(run);
  run.fake.heal('receipt');
  await runs.pass(EVERY);
  await run.caughtUp();
  run.fake.fail('receipt', FAULTS.unavailable);
  await run.signal('collectNow');
  const { streams } = await run.when((seen) => seen.streams[0]?.problem !== undefined);
  await runs.passUntil(streams[0]?.problem?.since ?? '', 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false } });
  await runs.passUntil(streams[0]?.problem?.since ?? '', 90 * MINUTE);
  await run.when((seen) => seen.streams[0]?.phase === 'parked');
});

test('without it, a stream that gave up is not tried again for a day', async () => {
  const run = await runs.start({
    streams: ['receipt'],
    prepare: (fake) => {
      fake.settings = { ...fake.settings, pollIntervalMs: HOUR };
      fake.fail('receipt', FAULTS.unavailable);
    },
  });
  const before = await gaveUp(run);
  await runs.pass('1 day');
  expect(attempts(run)).toEqual(before);
  expect(await run.status()).toMatchObject({ state: 'Error' });
});

test('a failure of the configuration is never tried again, whether of a stream or of the source', async () => {
  const ofStream = await runs.start({
    streams: ['receipt'],
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('receipt', FAULTS.forbidden);
    },
  });
  const ofSource = await runs.start({
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('authenticate', FAULTS.credentials);
    },
  });
  await ofStream.when(({ streams }) => streams[0]?.phase === 'parked');
  await ofSource.state('Error');
  await runs.pass('1 day');
  expect(attempts(ofStream)).toHaveLength(1);
  expect(ofSource.fake.callsOf('authenticate')).toHaveLength(1);
});

test('a stream that turns out to be forbidden when it is tried again rests for ever', async () => {
  const run = await runs.start({
    streams: ['receipt'],
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('receipt', FAULTS.unavailable);
    },
  });
  const before = await gaveUp(run);
  run.fake.fail('receipt', FAULTS.forbidden);
  await runs.pass(EVERY);
  await attempted(run, before.length + 1);
  await run.when(({ streams }) => streams[0]?.problem?.code === 'app_forbidden');
  await runs.pass('1 day');
  expect(attempts(run)).toHaveLength(before.length + 1);
});

test('the sweep that gave up is tried once after each such time, and the source recovers', async () => {
  const run = await runs.start({ prepare: persistentOperator });
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.mongodbAway);
  await run.signal('collectNow');
  const { problem } = await run.when((seen) => seen.problem !== undefined);
  await runs.passUntil(problem?.since ?? '', 90 * MINUTE);
  await run.when((seen) => seen.problem?.gaveUp === true);
  const before = run.fake.callsOf('sweep').length;
  await runs.pass(2 * EVERY + 10 * MINUTE);
  await run.attempted('sweep', before + 2);
  expect(run.fake.callsOf('sweep')).toHaveLength(before + 2);
  await run.when((seen) => seen.problem?.gaveUp === true);
  run.fake.heal('sweep');
  await runs.pass(EVERY);
  await run.when((seen) => seen.problem === undefined);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
});

test('a restart does not wait for the next try', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      persistentOperator(fake);
      fake.fail('receipt', FAULTS.unavailable);
    },
  });
  await gaveUp(run);
  const healedAt = await runs.now();
  run.fake.heal('receipt');
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  expect((await runs.now()) - healedAt).toBeLessThan(EVERY / 2);
});

test.for(['validate', 'authenticate'] as const)(
  'the step %s that gave up is tried once after each such time, and the source recovers',
  async (step) => {
    const run = await runs.start({
      prepare: (fake) => {
        persistentOperator(fake);
        if (step !== 'validate') fake.fail(step, FAULTS.mongodbAway);
      },
    });
    if (step === 'validate') {
      // How often to try again is known once the configuration was read.
      await run.caughtUp();
      run.fake.fail(step, FAULTS.mongodbAway);
      await run.restart();
    }
    const { problem } = await run.when((seen) => seen.problem !== undefined);
    await runs.passUntil(problem?.since ?? '', 90 * MINUTE);
    await run.when((seen) => seen.problem?.gaveUp === true);
    const before = run.fake.callsOf(step).length;
    await runs.pass(2 * EVERY + 10 * MINUTE);
    await run.attempted(step, before + 2);
    expect(run.fake.callsOf(step)).toHaveLength(before + 2);
    await run.when((seen) => seen.problem?.gaveUp === true);
    run.fake.heal(step);
    await runs.pass(EVERY);
    await run.caughtUp();
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  },
);

test('a host that looks wrong is tried every five minutes, and goes on by itself once it is right', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('authenticate', FAULTS.wrongHost) });
  const { problem } = await run.state('Error');
  expect(problem).toMatchObject({ code: 'WrongHost', type: 'ThirdPartyConfig', gaveUp: true });
  await runs.pass(3 * HOUR);
  const times = run.fake.callsOf('authenticate').map(({ at }) => at);
  expect(times.length).toBeGreaterThan(30);
  expect(times.length).toBeLessThanOrEqual(37);
  run.fake.heal('authenticate');
  await runs.pass(6 * MINUTE);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
  const changes = await until(
    () => run.fake.problemChanges(),
    (seen) => seen.at(-1)?.kind === 'closed',
  );
  expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(1);
});

test('an outage at a host that looked wrong for hours is retried as any outage', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('authenticate', FAULTS.wrongHost) });
  await run.state('Error');
  await runs.pass(3 * HOUR);
  run.fake.fail('authenticate', FAULTS.unavailable);
  await runs.pass(30 * MINUTE);
  const { problem } = await run.when((seen) => seen.problem?.code === 'http_503');
  expect(problem).toMatchObject({ gaveUp: false });
  run.fake.heal('authenticate');
  await runs.pass(10 * MINUTE);
  await run.caughtUp();
});
