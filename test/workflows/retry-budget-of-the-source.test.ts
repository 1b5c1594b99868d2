import { expect, test } from 'vitest';
import { classify } from '../../src/domain/failures/failure.js';
import { FAULTS } from '../support/fake-activities.js';
import { POLL_PASSED_MS, type SourceRun } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;
const runs = timeSkippingRuns();

async function problemOf(run: SourceRun) {
  const { problem } = await run.when((snapshot) => snapshot.problem !== undefined);
  if (problem === undefined) throw new Error('the source has no problem any more');
  return problem;
}

test('wrong credentials: Error at once, and no further attempt until a restart', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('authenticate', FAULTS.credentials) });
  const { problem } = await run.state('Error');
  expect(problem).toMatchObject({
    step: 'authenticate',
    type: 'ThirdPartyConfig',
    message: 'Client credentials are invalid',
    attempt: 1,
    gaveUp: true,
  });
  await runs.pass('1 day');
  expect(run.fake.callsOf('authenticate')).toHaveLength(1);
  await run.signal('collectNow');
  expect(await run.status()).toMatchObject({ state: 'Error', stage: 'Initialized' });
  run.fake.heal('authenticate');
  await run.restart();
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 1 });
  expect(run.fake.callsOf('authenticate')).toHaveLength(2);
});

test('a permission that is missing parks its stream only, and is not asked for again', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });
  expect(await run.stream('dlp')).toMatchObject({ problem: { type: 'ThirdPartyConfig', gaveUp: true } });
  await runs.pass('3 hours');
  expect(run.fake.callsOf('collect', 'dlp')).toHaveLength(1);
  expect(run.fake.callsOf('sweep').length).toBeGreaterThanOrEqual(35);
  expect(run.fake.callsOf('sweep', 'dlp')).toEqual([]);
});

test('a permission that is found missing at authentication costs not even one attempt', async () => {
  const failure = classify(FAULTS.forbidden);
  const run = await runs.start({
    prepare: (fake) => {
      fake.permissions = { denied: [{ stream: 'dlp', failure }] };
    },
  });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  await runs.pass('1 hour');
  expect(run.fake.callsOf('collect', 'dlp')).toEqual([]);
  expect(await run.status()).toMatchObject({ state: 'Error', stage: 'Collecting' });
});

test('a permission that is lost while collecting parks the stream at the next poll', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('dlp', FAULTS.forbidden);
  await runs.pass(POLL_PASSED_MS);
  await run.when(({ streams }) => streams[2]?.phase === 'parked');
  await runs.pass('1 hour');
  expect(run.fake.callsOf('collect', 'dlp')).toHaveLength(1);
  expect(run.fake.callsOf('sweep', 'dlp')).toHaveLength(1);
  expect(run.fake.callsOf('sweep', 'audit').length).toBeGreaterThanOrEqual(12);
});

test.for(['validate', 'initialize', 'authenticate'] as const)(
  'the step %s is tried for 85 to 90 minutes, then the source waits for a restart',
  async (step) => {
    const run = await runs.start({ prepare: (fake) => fake.fail(step, FAULTS.mongodbAway) });
    const { since, ...problem } = await problemOf(run);
    expect(problem).toMatchObject({ step, type: 'FirstPartyGeneric', gaveUp: false });
    await runs.passUntil(since, 85 * MINUTE);
    expect(await run.status()).toMatchObject({ state: 'Error', problem: { gaveUp: false, since } });
    await runs.passUntil(since, 90 * MINUTE);
    await run.when((snapshot) => snapshot.problem?.gaveUp === true);
    const attempts = run.fake.callsOf(step).length;
    await runs.pass('5 hours');
    expect(run.fake.callsOf(step)).toHaveLength(attempts);
    run.fake.heal(step);
    await run.restart();
    await run.caughtUp();
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  },
);

test('MongoDB away for an hour while sweeping: Error, then Collecting by itself', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.mongodbAway);
  run.fake.deliver('audit', 9);
  await run.signal('collectNow');
  const { since } = await problemOf(run);
  expect(await run.status()).toMatchObject({ state: 'Error', problem: { step: 'sweep', type: 'FirstPartyGeneric' } });
  await runs.passUntil(since, 60 * MINUTE);
  run.fake.heal('sweep');
  await runs.pass('2 minutes');
  await run.when(({ problem }) => problem === undefined);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 9 } });
});

test('MongoDB away for longer than the retry budget lasts: no sweeps any more until a restart', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.mongodbAway);
  await run.signal('collectNow');
  const { since } = await problemOf(run);
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.status()).toMatchObject({ problem: { gaveUp: false, since } });
  await runs.passUntil(since, 90 * MINUTE);
  await run.when(({ problem }) => problem?.gaveUp === true);
  const attempts = run.fake.callsOf('sweep').length;
  await runs.pass('5 hours');
  expect(run.fake.callsOf('sweep')).toHaveLength(attempts);
  run.fake.heal('sweep');
  await run.restart();
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  await runs.pass(POLL_PASSED_MS);
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count > attempts,
  );
});
