/** An outage that finds streams at work by themselves. On the server whose time is not skipped: see `time-skipping-runs.ts`. */

import { expect, test } from 'vitest';
import type { SourceSnapshot } from '../../src/domain/lifecycle/snapshot.js';
import { openProblems } from '../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { COLLECTOR, NEEDS_ATTENTION } from '../../src/management/temporal/search-attribute-keys.js';
import { type ActivityName, FAULTS, type FakeSource } from '../support/fake-activities.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const STREAMS = ['receipt', 'audit', 'dlp'] as const satisfies readonly StreamName[];
const runs = sourceRuns();

const healAll = (fake: FakeSource) => STREAMS.map((stream) => fake.heal(stream));
const united = (run: SourceRun) => run.when(({ problem }) => problem?.step === 'sweep');
const eventsOf = (fake: FakeSource) => fake.problemChanges().map(({ kind, subject }) => `${kind} ${subject}`);

/** All streams have a backlog, and fail at once. */
function failAtWork(fake: FakeSource): void {
  for (const stream of STREAMS) {
    fake.fail(stream, FAULTS.unavailable);
    fake.deliver(stream, 5, 7, 9);
  }
}

/** Waits until the outage is over, and all streams are caught up. */
async function allStored(run: SourceRun, stored: number): Promise<void> {
  const isWell = ({ health, streams }: SourceSnapshot) =>
    health === 'Healthy' && streams.every(({ caughtUp }) => caughtUp);
  // A stream may be in a pause of 80 s, or in the one after it.
  await run.when(isWell);
  expect(await run.status()).toMatchObject({ state: 'Collecting', totals: { stored } });
}

test('it is one problem with one health event, the streams try no more by themselves, and all go on after it', async () => {
  const run = await runs.start({ prepare: failAtWork });
  const { problem, streams } = await united(run);
  expect(problem).toMatchObject({ code: 'http_503', affects: STREAMS });
  expect(streams.map(({ phase }) => phase)).toEqual(['waiting', 'waiting', 'waiting']);
  const alone = run.fake.callsOf('collect').length;
  await run.attempted('sweep', 1);
  const { raw } = await run.handle.describe();
  expect(raw.pendingActivities?.filter(({ activityType }) => activityType?.name === 'collect')).toEqual([]);
  expect(run.fake.callsOf('collect')).toHaveLength(alone);
  await until(
    () => eventsOf(run.fake),
    (events) => events.length > 0,
  );
  expect(new Set(eventsOf(run.fake))).toEqual(new Set(['opened sweep']));
  healAll(run.fake);
  await allStored(run, 63);
});

test('also when its streams fail one after the other', async () => {
  let release: () => void = () => undefined;
  const run = await runs.start({
    prepare: (fake) => {
      failAtWork(fake);
      release = fake.hold('dlp');
    },
  });
  await run.when(({ streams }) => streams.filter(({ phase }) => phase === 'retrying').length === 2);
  expect((await run.status()).problem).toBeUndefined();
  release();
  await united(run);
  expect(openProblems(await run.status())).toHaveLength(1);
  healAll(run.fake);
  await allStored(run, 63);
});

test('a stream that fails for another reason is no hostage of the outage: it is polled on once it works', {
  timeout: 360_000,
}, async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('receipt', FAULTS.unavailable);
      fake.fail('audit', FAULTS.unavailable);
      fake.fail('dlp', FAULTS.mongodbAway);
    },
  });
  const { problem } = await united(run);
  expect(problem).toMatchObject({ code: 'http_503', affects: ['receipt', 'audit'] });
  await run.attempted('sweep', 1);
  run.fake.heal('dlp');
  await run.when(({ problem: open, streams }) => open === undefined && streams[2]?.caughtUp === true);
  const since = (await run.status()).streams.slice(0, 2).map((stream) => stream.problem?.since);
  expect(since).toEqual([problem?.since, problem?.since]);
  for (const stored of [4, 8]) {
    run.fake.deliver('dlp', 4);
    await run.signal('collectNow');
    await run.when(({ totals }) => totals.stored === stored);
  }
  expect((await run.status()).streams.map(({ phase }) => phase)).toEqual(['retrying', 'retrying', 'waiting']);
  healAll(run.fake);
  await allStored(run, 8);
});

test('a slice that ends well while it is being left is counted, and its stream is polled with the others', async () => {
  let release: () => void = () => undefined;
  const run = await runs.start({ prepare: failAtWork });
  await united(run);
  await run.attempted('sweep', 1);
  healAll(run.fake);
  await allStored(run, 63);
  // In the middle of an attempt when the others fail, too: deaf, so that it ends well after all.
  release = run.fake.hold('receipt', { deaf: true });
  run.fake.deliver('receipt', 1, 1, 1);
  await run.signal('collectNow');
  await run.when(({ streams }) => streams[0]?.phase === 'collecting');
  run.fake.fail('audit', FAULTS.unavailable);
  run.fake.fail('dlp', FAULTS.unavailable);
  await run.signal('collectNow');
  await run.when(({ streams }) => streams.filter(({ phase }) => phase === 'retrying').length === 2);
  const failure = (await run.status()).streams[1]?.problem;
  await run.signal('attemptFailed', { subject: 'receipt', failure, attempt: 1, pauseMs: 5_000 });
  await united(run);
  release();
  await run.when(({ totals }) => totals.stored >= 65);
  healAll(run.fake);
  await allStored(run, 66);
});

test.for<[string, readonly ActivityName[]]>([
  ['the poll and all work', ['sweep', 'collect']],
  ['all work', ['collect']],
])('MongoDB is away for %s: that is one problem for all streams', async ([, activities]) => {
  const run = await runs.start({
    prepare: (fake) => {
      for (const stream of activities.length === 1 ? STREAMS : STREAMS.slice(0, 1)) fake.deliver(stream, 1, 1);
      for (const activity of activities) fake.fail(activity, FAULTS.mongodbAway);
    },
  });
  await united(run);
  await run.when((snapshot) => openProblems(snapshot).length === 1);
  expect(openProblems(await run.status())).toEqual([
    expect.objectContaining({ subject: 'sweep', code: 'MongoServerSelectionError' }),
  ]);
  for (const activity of activities) run.fake.heal(activity);
  await allStored(run, activities.length === 1 ? 6 : 2);
});

test('it outlasts runs that are continued as new, and a restart in the middle of it', async () => {
  const run = await runs.start({ maxHistoryEvents: 40, prepare: failAtWork });
  const { problem } = await united(run);
  await until(run.histories, (histories) => histories.length > 1);
  const later = await run.when((snapshot) => (snapshot.problem?.attempt ?? 0) > (problem?.attempt ?? 0));
  expect(later.problem).toMatchObject({ step: 'sweep', since: problem?.since, affects: STREAMS });
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await united(run);
  healAll(run.fake);
  await allStored(run, 63);
});

test('its activities have the names of the streams, and their cards in the Web UI tell when retries end', async () => {
  const run = await runs.start({
    streams: ['internal email protect'],
    prepare: (fake) => {
      fake.fail('internal email protect', FAULTS.unavailable);
    },
  });
  await run.when(({ streams }) => streams[0]?.problem !== undefined);
  const { raw } = await run.handle.describe();
  const [card] = raw.pendingActivities ?? [];
  expect(card?.activityId).toBe('collect-internal-email-protect');
  // The Web UI says "Unlimited" and "No Expiration" where there is no greatest number of attempts.
  expect(card?.maximumAttempts).toBeGreaterThan(0);
  expect(Number(card?.expirationTime?.seconds)).toBeGreaterThan(Number(card?.scheduledTime?.seconds));
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await run.attempted('authenticate', 2);
  const ids = (await run.histories()).flatMap(
    ({ events }) => events?.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityId ?? []) ?? [],
  );
  // An interrupted step may still be open on the server when it is begun again, and IDs of open activities are unique.
  expect(ids).toEqual(expect.arrayContaining(['validate', 'authenticate', 'validate-2', 'authenticate-2']));
});

test('search attributes and memo tell the collector and what needs attention, which a retry does not', async () => {
  const run = await runs.start({
    maxHistoryEvents: 60,
    prepare: (fake) => {
      fake.fail('audit', FAULTS.unavailable);
      fake.fail('dlp', FAULTS.forbidden);
    },
  });
  const told = async () => {
    const { typedSearchAttributes, memo } = await run.handle.describe();
    return {
      ...{ collector: typedSearchAttributes.get(COLLECTOR), attention: typedSearchAttributes.get(NEEDS_ATTENTION) },
      memo,
    };
  };
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,retrying,parked');
  expect(await until(told, ({ attention }) => attention === true)).toMatchObject({
    collector: 'lab',
    memo: { collector: 'lab', attention: expect.stringContaining('dlp: DLP logs: Forbidden') },
  });
  run.fake.heal('dlp');
  await run.restart();
  await run.when(({ streams, restarts }) => restarts === 1 && streams[1]?.phase === 'retrying');
  expect(await until(told, ({ attention }) => attention === false)).toMatchObject({ memo: { collector: 'lab' } });
  expect((await told()).memo).not.toHaveProperty('attention');
  // The memo of a run is that of the next one.
  await until(run.histories, (histories) => histories.length > 1);
  expect(await told()).toMatchObject({ collector: 'lab', attention: false, memo: { collector: 'lab' } });
});
