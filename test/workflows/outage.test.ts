/** An outage of Mimecast, or of MongoDB, is one problem of the source. */

import { describe, expect, test } from 'vitest';
import { needsAttention, openProblems } from '../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { FAULTS, type FakeSource } from '../support/fake-activities.js';
import { POLL_INTERVAL_MS, type SourceRun } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;
const STREAMS = ['receipt', 'audit', 'dlp'] as const satisfies readonly StreamName[];
const BAD_GATEWAY = { origin: 'mimecast', status: 502, message: 'Bad gateway' } as const;
const NOT_THERE = { origin: 'mimecast', status: 404, message: 'No resource' } as const;
const runs = timeSkippingRuns();

const failAll = (fake: FakeSource) => STREAMS.map((stream) => fake.fail(stream, FAULTS.unavailable));
const healAll = (fake: FakeSource) => STREAMS.map((stream) => fake.heal(stream));
const united = (run: SourceRun) => run.when(({ problem }) => problem?.step === 'sweep');
const eventsOf = (fake: FakeSource) => fake.problemChanges().map(({ kind, subject }) => `${kind} ${subject}`);

const over = (run: SourceRun) =>
  run.when(({ health, streams }) => health === 'Healthy' && streams.every(({ phase }) => phase === 'waiting'));

/** A source that is caught up when the outage comes. */
async function sourceInOutage(prepare: (fake: FakeSource) => unknown = () => undefined): Promise<SourceRun> {
  const run = await runs.start({ prepare: (fake) => void prepare(fake) });
  await run.caughtUp();
  failAll(run.fake);
  await run.signal('collectNow');
  await united(run);
  return run;
}

describe('an outage', () => {
  test('of a source that is caught up is one problem, one probe and one health event', async () => {
    const run = await sourceInOutage();
    const collects = run.fake.callsOf('collect').length;
    await runs.pass('20 minutes');
    const snapshot = await run.status();
    expect(snapshot).toMatchObject({ state: 'Error', health: 'Error', stage: 'Collecting' });
    expect(openProblems(snapshot)).toEqual([
      expect.objectContaining({ subject: 'sweep', code: 'http_503', affects: STREAMS, gaveUp: false }),
    ]);
    expect(needsAttention(snapshot)).toBe(false);
    expect(run.fake.callsOf('collect')).toHaveLength(collects);
    expect(new Set(run.fake.problemChanges().map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(eventsOf(run.fake))).toEqual(new Set(['opened sweep']));

    healAll(run.fake);
    await runs.pass('3 minutes');
    await over(run);
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
    await until(
      () => eventsOf(run.fake).at(-1),
      (last) => last === 'closed sweep',
    );
  });

  test('is given up as one, 85 to 90 minutes after its first failure, and begun again by a restart', async () => {
    const run = await sourceInOutage();
    const since = (await run.status()).problem?.since ?? '';
    await runs.passUntil(since, 85 * MINUTE);
    expect((await run.status()).problem).toMatchObject({ gaveUp: false, since });
    await runs.passUntil(since, 90 * MINUTE);
    const snapshot = await run.when(({ problem }) => problem?.gaveUp === true);
    expect(needsAttention(snapshot)).toBe(true);
    const sweeps = run.fake.callsOf('sweep').length;
    await runs.pass('3 hours');
    expect(run.fake.callsOf('sweep')).toHaveLength(sweeps);
    healAll(run.fake);
    await run.restart();
    await run.when(({ restarts }) => restarts === 1);
    await run.caughtUp();
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  });

  test('that was given up is over when a stream that is begun again by hand turns out to work', async () => {
    const run = await sourceInOutage();
    await runs.passUntil((await run.status()).problem?.since ?? '', 90 * MINUTE);
    await run.when(({ problem }) => problem?.gaveUp === true);
    healAll(run.fake);
    await run.signal('resetPosition', { stream: 'dlp' });
    await over(run);
    expect(await run.status()).toMatchObject({ state: 'Collecting', restarts: 0 });
  });

  test('that was given up is tried once more after each `retryAgainEvery`', async () => {
    const run = await sourceInOutage((fake) => {
      fake.settings = { ...fake.settings, retryAgainEveryMs: 120 * MINUTE };
    });
    const since = (await run.status()).problem?.since ?? '';
    await runs.passUntil(since, 90 * MINUTE);
    const { problem } = await run.when((seen) => seen.problem?.gaveUp === true);
    expect(Date.parse(problem?.againAt ?? '') - Date.parse(problem?.gaveUpAt ?? '')).toBe(120 * MINUTE);
    const sweeps = run.fake.callsOf('sweep').length;
    await runs.pass('250 minutes');
    await run.attempted('sweep', sweeps + 2);
    expect(run.fake.callsOf('sweep')).toHaveLength(sweeps + 2);
    await run.when((seen) => seen.problem?.gaveUp === true);
    healAll(run.fake);
    await runs.pass('125 minutes');
    await over(run);
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
  });

  test('that ends for one stream leaves the others their problem, which began with it', async () => {
    const run = await sourceInOutage();
    const since = (await run.status()).problem?.since ?? '';
    await runs.passUntil(since, 60 * MINUTE);
    run.fake.heal('receipt');
    await runs.pass('5 minutes');
    const snapshot = await run.when(({ problem }) => problem === undefined);
    expect(openProblems(snapshot).map(({ subject, since: began }) => [subject, began])).toEqual([
      ['audit', since],
      ['dlp', since],
    ]);
    expect(snapshot.streams[0]?.phase).toBe('waiting');
    await runs.passUntil(since, 85 * MINUTE);
    expect(await run.stream('dlp')).toMatchObject({ phase: 'retrying' });
    await runs.passUntil(since, 90 * MINUTE);
    await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,parked,parked');
    const sweeps = run.fake.callsOf('sweep', 'receipt').length;
    await runs.pass(POLL_INTERVAL_MS * 2);
    await until(
      () => run.fake.callsOf('sweep', 'receipt').length,
      (count) => count > sweeps,
    );
  });

  test('whose cause changes stays one problem, with the cause of the moment', async () => {
    const run = await sourceInOutage();
    const since = (await run.status()).problem?.since;
    for (const stream of STREAMS) run.fake.fail(stream, BAD_GATEWAY);
    await runs.pass('5 minutes');
    const snapshot = await run.when(({ problem }) => problem?.code === 'http_502');
    expect(openProblems(snapshot)).toEqual([expect.objectContaining({ subject: 'sweep', since })]);
  });

  test('is looked for at once when one stream begins to fail, long before the next poll', async () => {
    const run = await runs.start({
      prepare: (fake) => {
        fake.settings = { ...fake.settings, pollIntervalMs: 60 * MINUTE };
      },
    });
    await run.caughtUp();
    run.fake.fail('receipt', FAULTS.unavailable);
    await run.signal('collectNow');
    await run.when(({ streams }) => streams[0]?.phase === 'retrying');
    await runs.pass('10 minutes');
    const sweeps = run.fake.callsOf('sweep').length;
    // It recovers for a slice, and begins to fail again.
    run.fake.deliver('receipt', 1, 1, 1);
    run.fake.fail('receipt', FAULTS.unavailable, 1);
    await runs.pass('3 minutes');
    await run.attempted('sweep', sweeps + 1);
    await runs.pass('10 minutes');
    expect(run.fake.callsOf('sweep')).toHaveLength(sweeps + 1);
  });
});

describe('no outage', () => {
  test('is made of different reasons', async () => {
    const run = await runs.start();
    await run.caughtUp();
    failAll(run.fake);
    run.fake.fail('audit', FAULTS.mongodbAway);
    run.fake.fail('dlp', NOT_THERE);
    await run.signal('collectNow');
    await run.when(({ streams }) => streams.every(({ phase }) => phase === 'retrying'));
    await runs.pass('10 minutes');
    const snapshot = await run.status();
    expect(snapshot.problem).toBeUndefined();
    expect(openProblems(snapshot).map(({ subject, code }) => [subject, code])).toEqual([
      ['receipt', 'http_503'],
      ['audit', 'MongoServerSelectionError'],
      ['dlp', 'http_404'],
    ]);
    healAll(run.fake);
    await runs.pass('3 minutes');
    await over(run);
  });

  test('hides the problem of a stream that had it before', async () => {
    const run = await runs.start({ prepare: (fake) => fake.fail('dlp', BAD_GATEWAY) });
    const { streams } = await run.when((seen) => seen.streams[2]?.problem !== undefined);
    // Between two polls: this server does not take it well when a timer that fires is ended by a signal at the same moment.
    await runs.pass('22 minutes');
    failAll(run.fake);
    run.fake.fail('dlp', BAD_GATEWAY);
    await run.signal('collectNow');
    const snapshot = await united(run);
    expect(openProblems(snapshot).map(({ subject, since }) => [subject, since])).toEqual([
      ['sweep', snapshot.problem?.since],
      ['dlp', streams[2]?.problem?.since],
    ]);
    expect(snapshot.problem?.affects).toEqual(['receipt', 'audit']);
    healAll(run.fake);
    await runs.pass('3 minutes');
    await over(run);
  });
});

test('a worker of earlier code, which knows of no probe, makes no busy loop of an outage', async () => {
  const run = await sourceInOutage((fake) => {
    fake.knowsProbes = false;
  });
  const since = (await run.status()).problem?.since ?? '';
  await runs.passUntil(since, 90 * MINUTE);
  await run.when(({ problem }) => problem?.gaveUp === true);
  expect(run.fake.callsOf('sweep').length).toBeLessThan(70);
  healAll(run.fake);
  await run.signal('collectNow');
  await over(run);
});
