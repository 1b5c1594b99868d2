import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { POLL_PASSED_MS, type SourceRun } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

const MINUTE = 60_000;
const runs = timeSkippingRuns();

/** The stream's open problem once it is failing. */
async function problemOf(run: SourceRun, name: 'receipt' | 'dlp' = 'receipt') {
  await run.when(({ streams }) => streams.some(({ stream, problem }) => stream === name && problem !== undefined));
  const problem = (await run.stream(name))?.problem;
  if (problem === undefined) throw new Error(`${name} has no problem any more`);
  return problem;
}

test('a failing stream puts the source into Error and names itself at its first failure; the others go on', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  const problem = await problemOf(run);
  expect(problem).toMatchObject({ type: 'ThirdPartyGeneric', code: 'http_503', gaveUp: false, attempt: 1 });
  expect(Date.parse(problem.until ?? '') - Date.parse(problem.since)).toBe(90 * MINUTE);
  expect(Date.parse(problem.retryAt ?? '')).toBeGreaterThan(Date.parse(problem.since));
  await run.when(({ streams }) => streams.filter(({ phase }) => phase === 'waiting').length === 2);
  expect(await run.status()).toMatchObject({ state: 'Error', stage: 'Collecting', health: 'Error' });
  run.fake.deliver('audit', 3, 4);
  await runs.pass(POLL_PASSED_MS);
  await run.when(({ totals }) => totals.stored === 7);
  expect(await run.status()).toMatchObject({ state: 'Error' });
});

test('a stream that fails for ever is given up 85 to 90 minutes after its first failure, and then left alone', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  const { since } = await problemOf(run);
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false, since } });
  await runs.passUntil(since, 90 * MINUTE);
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
  const { problem } = (await run.stream('receipt')) ?? {};
  expect(problem).toMatchObject({ gaveUp: true, since, type: 'ThirdPartyGeneric', code: 'http_503' });
  expect(problem).not.toHaveProperty('retryAt');
  const attempts = run.fake.callsOf('collect', 'receipt');
  expect(problem?.attempt).toBe(attempts.length);
  const sweeps = run.fake.callsOf('sweep').length;
  await runs.pass('3 hours');
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(attempts.length);
  expect(run.fake.callsOf('sweep').length - sweeps).toBeGreaterThanOrEqual(35);
  expect(run.fake.callsOf('sweep').filter(({ streams }) => streams.includes('receipt'))).toEqual([]);
  expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });
});

test('the pauses between two attempts grow to two minutes', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await problemOf(run);
  await runs.pass('30 minutes');
  const times = run.fake.callsOf('collect', 'receipt').map(({ at }) => at);
  const pauses = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1_000));
  expect(pauses.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 120]);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(121);
});

test('a stream that recovers after 80 minutes is Collecting again and has lost nothing', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('receipt', FAULTS.unavailable);
      fake.deliver('receipt', 5, 7);
    },
  });
  const { since } = await problemOf(run);
  await runs.passUntil(since, 80 * MINUTE);
  run.fake.heal('receipt');
  await runs.pass('2 minutes');
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 12 } });
  expect(await run.stream('receipt')).toMatchObject({ lastProblem: { code: 'http_503', since } });
  expect((await run.stream('receipt'))?.problem).toBeUndefined();
});

test("progress renews a stream's the retry budget", async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('receipt', FAULTS.unavailable);
      fake.deliver('receipt', 1, 1, 1);
    },
  });
  const first = await problemOf(run);
  await runs.passUntil(first.since, 60 * MINUTE);
  run.fake.fail('receipt', FAULTS.unavailable, 1);
  await runs.pass('3 minutes');
  await run.when(({ totals, streams }) => totals.stored === 1 && streams[0]?.problem !== undefined);
  const second = await problemOf(run);
  expect(Date.parse(second.since) - Date.parse(first.since)).toBeGreaterThanOrEqual(60 * MINUTE);
  await runs.passUntil(second.since, 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false } });
  await runs.passUntil(second.since, 90 * MINUTE);
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
});

test('a rate limit with a Retry-After of two hours is a warning, not the end', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.slowDown) });
  const { since } = await problemOf(run);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Warning' });
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false } });
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(1);
  run.fake.heal('receipt');
  await runs.passUntil(since, 90 * MINUTE);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test('a rate limit that outlasts the whole retry budget is an error at last', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.slowDown) });
  const { since } = await problemOf(run);
  await runs.passUntil(since, 90 * MINUTE);
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
  expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(2);
});

test('a Retry-After of ten minutes is kept', async () => {
  const run = await runs.start({
    prepare: (fake) => fake.fail('receipt', { ...FAULTS.slowDown, retryAfterMs: 10 * MINUTE }),
  });
  await problemOf(run);
  await runs.pass('35 minutes');
  const times = run.fake.callsOf('collect', 'receipt').map(({ at }) => at);
  expect(times).toHaveLength(4);
  for (const [index, at] of times.slice(1).entries()) {
    expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE - 1_000);
  }
});

test('a stream that fails in the sweep is collected alone, with the retry budget of its own', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('dlp', FAULTS.unavailable);
  await runs.pass(POLL_PASSED_MS);
  const { since } = await problemOf(run, 'dlp');
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.stream('dlp')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false, since } });
  await runs.passUntil(since, 90 * MINUTE);
  await run.when(({ streams }) => streams[2]?.phase === 'parked');
  expect((await run.stream('dlp'))?.problem?.since).toBe(since);
  expect(run.fake.callsOf('sweep').at(-1)?.streams).toEqual(['receipt', 'audit']);
});
