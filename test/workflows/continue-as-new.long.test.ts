import { expect, test } from 'vitest';
import { ownPauseMs } from '../../src/domain/failures/retry-budget.js';
import { FAULTS } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();

/** Times of the server and of the worker, both on this machine. */
const CLOCK_TOLERANCE_MS = 50;

/** Polls, one record each, until the source has lived through so many runs more. */
async function liveOn(run: SourceRun, moreRuns: number): Promise<void> {
  const seen = new Set<string>();
  const runsSeen = async () => seen.add((await run.handle.describe()).runId).size;
  while ((await runsSeen()) <= moreRuns) {
    const { totals } = await run.status();
    run.fake.deliver('audit', 1);
    await run.signal('collectNow');
    await run.when((snapshot) => snapshot.totals.stored === totals.stored + 1);
  }
}

function dlpIsParked(run: SourceRun, restarts = 0) {
  return run.when(
    (snapshot) =>
      snapshot.restarts === restarts && snapshot.streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked',
  );
}

test('a long life is many runs with one snapshot', async () => {
  const run = await runs.start({
    maxHistoryEvents: 100,
    prepare: (fake) => {
      fake.deliver('receipt', 100);
      fake.fail('dlp', FAULTS.forbidden);
    },
  });
  await dlpIsParked(run);
  await run.restart();
  const before = await dlpIsParked(run, 1);
  const attempts = run.fake.callsOf('collect', 'dlp').length;
  await liveOn(run, 3);
  const { startedAt, since, restarts, version, streams } = before;
  const after = await run.status();
  expect(after).toMatchObject({ state: 'Error', stage: 'Collecting', startedAt, since, restarts, version });
  expect(after.streams[2]).toEqual(streams[2]);
  expect(after.totals.stored).toBe(100 + (after.streams[1]?.stored ?? 0));
  expect(run.fake.callsOf('collect', 'dlp')).toHaveLength(attempts);
  expect(run.fake.callsOf('validate')).toHaveLength(2);
  expect(run.fake.callsOf('authenticate')).toHaveLength(2);
  const histories = await run.histories();
  expect(attributeValues(histories, 'MimecastSourceState').at(-1)).toBe('Error');
  expect(Math.max(...histories.map(({ events }) => events?.length ?? 0))).toBeLessThan(160);
  const opened = run.fake.problemChanges().filter(({ kind }) => kind === 'opened');
  expect(opened.at(-1)).toMatchObject({ subject: 'dlp' });
});

test('no signal is lost between two runs', async () => {
  const run = await runs.start({ maxHistoryEvents: 40 });
  await run.caughtUp();
  for (let round = 0; round < 40; round += 1) {
    run.fake.deliver('audit', 1);
    await run.signal('collectNow');
  }
  await run.when(({ totals }) => totals.stored === 40);
  expect((await run.histories()).length).toBeGreaterThanOrEqual(3);
  for (let restarts = 1; restarts <= 6; restarts += 1) {
    await run.restart();
    await run.when((snapshot) => snapshot.restarts === restarts);
  }
  await run.caughtUp();
  await Promise.all([run.signal('collectNow'), run.signal('collectNow'), run.stop(), run.signal('collectNow')]);
  expect(await run.end()).toEqual({ state: 'Stopped', stored: 40 });
});

test('a restart in the middle of a flood of signals is carried out', async () => {
  const run = await runs.start({ maxHistoryEvents: 40 });
  await run.caughtUp();
  const flood = Array.from({ length: 40 }, (_, index) => (index === 20 ? run.restart() : run.signal('collectNow')));
  await Promise.all(flood);
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
});

test('a stream failing goes on being retried in the next run, since the same time', async () => {
  const run = await runs.start({
    maxHistoryEvents: 100,
    prepare: (fake) => fake.fail('receipt', FAULTS.unavailable),
  });
  const before = await run.when(
    ({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,waiting',
  );
  await liveOn(run, 1);
  const attempts = run.fake.callsOf('collect', 'receipt').length;
  await until(
    () => run.fake.callsOf('collect', 'receipt').length,
    (count) => count > attempts,
  );
  const { since, until: ends } = before.streams[0]?.problem ?? {};
  expect((await run.stream('receipt'))?.problem).toMatchObject({ since, until: ends, gaveUp: false });
});

test('the pause between two attempts is kept in the next run, and goes on growing', async () => {
  const run = await runs.start({ maxHistoryEvents: 60, prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  const second = await run.when(({ streams }) => (streams[0]?.problem?.attempt ?? 0) >= 2);
  const { retryAt = '', attempt = 0 } = second.streams[0]?.problem ?? {};
  const before = run.fake.callsOf('collect', 'receipt').length;
  await liveOn(run, 1);
  const calls = await until(
    () => run.fake.callsOf('collect', 'receipt'),
    (seen) => seen.length > before,
  );
  expect(calls[before]?.at).toBeGreaterThanOrEqual(Date.parse(retryAt) - CLOCK_TOLERANCE_MS);
  const third = await run.when(({ streams }) => (streams[0]?.problem?.attempt ?? 0) > attempt);
  const pauseMs = Date.parse(third.streams[0]?.problem?.retryAt ?? '') - (calls[before]?.at ?? 0);
  expect(pauseMs).toBeGreaterThanOrEqual(ownPauseMs(attempt + 1) - CLOCK_TOLERANCE_MS);
});

test('a run that continues another one does not poll before its time', async () => {
  const run = await runs.start({ maxHistoryEvents: 40 });
  await run.caughtUp();
  const before = run.fake.callsOf('sweep').length;
  await liveOn(run, 2);
  const { totals } = await run.status();
  expect(run.fake.callsOf('sweep')).toHaveLength(before + totals.stored);
});

test('a poll that is asked for while a run hands over is made by the next one', async () => {
  const run = await runs.start({ maxHistoryEvents: 60, prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,waiting');
  // The pause of a failing stream is cancelled by the server, so a hand-over takes two workflow tasks.
  while ((await run.histories()).length < 4) {
    const sweeps = run.fake.callsOf('sweep').length;
    await run.signal('collectNow');
    await run.attempted('sweep', sweeps + 1);
  }
});

test('the wait that Mimecast asked for is kept in the next run', async () => {
  const run = await runs.start({ maxHistoryEvents: 100, prepare: (fake) => fake.fail('receipt', FAULTS.slowDown) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,waiting');
  const attempts = run.fake.callsOf('collect', 'receipt').length;
  await liveOn(run, 2);
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(attempts);
  expect((await run.stream('receipt'))?.problem?.retryAt).toBeDefined();
});

test('health events that are not written yet go into the next run', async () => {
  const run = await runs.start({
    maxHistoryEvents: 100,
    prepare: (fake) => {
      fake.fail('recordHealth', FAULTS.mongodbAway);
      fake.fail('dlp', FAULTS.forbidden);
    },
  });
  await dlpIsParked(run);
  await liveOn(run, 1);
  expect(run.fake.recorded).toEqual([]);
  run.fake.heal('recordHealth');
  await liveOn(run, 1);
  await until(
    () => run.fake.problemChanges(),
    (changes) => changes.length > 0,
  );
  expect(run.fake.problemChanges().map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(['opened dlp']);
});
