import { expect, test } from 'vitest';
import { untilAtRest } from '../support/at-rest.js';
import { FAULTS } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import { POLL_INTERVAL_MS, POLL_PASSED_MS } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const runs = timeSkippingRuns();

test('a source passes through its states in order, each once', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const histories = await run.histories();
  expect(attributeValues(histories, 'MimecastSourceState')).toEqual([
    'Pending',
    'Started',
    'Initialized',
    'Authenticated',
    'Collecting',
  ]);
  expect(attributeValues(histories, 'MimecastSourceHealth')).toEqual(['Healthy']);
  expect(attributeValues(histories, 'MimecastSourceName')).toEqual(['as it was created', `Tenant ${run.sourceId}`]);
  const steps = run.fake.calls
    .map(({ activity }) => activity)
    .filter((activity) => activity !== 'collect' && activity !== 'recordHealth');
  expect(steps).toEqual(['validate', 'initialize', 'authenticate']);
});

test('the first collection of each stream is an activity of its own', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.deliver('receipt', 100, 200, 300);
      fake.deliver('dlp', 5);
    },
  });
  const { totals } = await run.caughtUp();
  expect(totals.stored).toBe(605);
  expect(await run.stream('receipt')).toMatchObject({ stored: 600, position: 'record 600', caughtUp: true });
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(3);
  expect(run.fake.callsOf('collect', 'audit')).toHaveLength(1);
});

test('streams that are caught up are polled together, once per interval', async () => {
  const run = await runs.start();
  let planned = await run.caughtUp();
  const polls = 10;
  for (let poll = 1; poll <= polls; poll += 1) {
    const { nextPollAt = '' } = planned;
    await runs.passUntil(nextPollAt, 1_000);
    planned = await run.when((snapshot) => snapshot.nextPollAt !== nextPollAt);
  }
  const sweeps = run.fake.callsOf('sweep');
  expect(sweeps.map(({ streams }) => streams.length)).toEqual(Array.from({ length: polls }, () => 3));
  for (const [index, { at }] of sweeps.slice(1).entries()) {
    const gap = at - (sweeps[index]?.at ?? 0);
    expect(gap).toBeGreaterThanOrEqual(POLL_INTERVAL_MS * 0.95);
    expect(gap).toBeLessThan(POLL_INTERVAL_MS * 1.05 + 5_000);
  }
  expect(run.fake.callsOf('collect')).toHaveLength(3);
});

test('a poll is told what the workflow knows, so that it can report what was counted since', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('receipt', 100, 50) });
  await run.caughtUp();
  await run.signal('collectNow');
  await until(
    () => run.fake.told,
    (told) => told !== undefined,
  );
  expect(run.fake.told).toEqual({ receipt: [150, 0, 0], audit: [0, 0, 0], dlp: [0, 0, 0] });
});

test('the next poll is announced, and the newest record is a search attribute', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('audit', 1) });
  const { nextPollAt, streams } = await run.caughtUp();
  const planned = Date.parse(nextPollAt ?? '');
  expect(planned - (await runs.now())).toBeGreaterThan(POLL_INTERVAL_MS - 60_000);
  const newest = streams.find(({ stream }) => stream === 'audit')?.lastEventTime ?? '';
  const histories = await run.histories();
  const shown = attributeValues(histories, 'MimecastLastEventTime').map((time) => Date.parse(String(time)));
  expect(Math.abs((shown.at(-1) ?? 0) - Date.parse(newest))).toBeLessThanOrEqual(60_000);
});

test('collectNow polls at once, and the interval begins again', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.deliver('audit', 7);
  await run.signal('collectNow');
  await run.when(({ totals }) => totals.stored === 7);
  expect(run.fake.callsOf('sweep')).toHaveLength(1);
  await runs.pass(POLL_INTERVAL_MS - 30_000);
  expect(run.fake.callsOf('sweep')).toHaveLength(1);
  await runs.pass(60_000);
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count === 2,
  );
});

test('a collectNow that arrives during a sweep is followed by another one', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const release = run.fake.hold('sweep');
  await run.signal('collectNow');
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count === 1,
  );
  await run.signal('collectNow');
  await run.status();
  release();
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count === 2,
  );
});

test('a stream with more to come leaves the sweep and joins it again', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.deliver('audit', 10, 20, 30);
  run.fake.deliver('dlp', 1);
  await runs.pass(POLL_PASSED_MS);
  await run.when(({ totals }) => totals.stored === 61);
  await run.caughtUp();
  expect(run.fake.callsOf('collect', 'audit')).toHaveLength(3);
  expect(run.fake.callsOf('collect', 'dlp')).toHaveLength(1);
  await runs.pass(POLL_PASSED_MS);
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count === 2,
  );
  expect(run.fake.callsOf('sweep').at(-1)?.streams).toEqual(['receipt', 'audit', 'dlp']);
});

test('while a stream is collected alone, the others are polled', async () => {
  const run = await runs.start({ prepare: (fake) => fake.hold('receipt') });
  await run.when(({ streams }) => streams.filter(({ phase }) => phase === 'waiting').length === 2);
  await run.signal('collectNow');
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count === 1,
  );
  expect(run.fake.callsOf('sweep')[0]?.streams).toEqual(['audit', 'dlp']);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'collecting', caughtUp: false });
  run.fake.release();
  await run.caughtUp();
});

test('each activity has a heartbeat timeout: a worker that died in it is noticed within 10 seconds', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  await run.signal('collectNow');
  await run.attempted('sweep', 1);
  // The time-skipping server never goes on when the stop cancels a sweep that has just ended (ACTIVITY_UNKNOWN).
  await untilAtRest(run.handle);
  await run.stop();
  await run.end();
  const scheduled = (await run.histories())
    .flatMap(({ events }) => events ?? [])
    .flatMap(({ activityTaskScheduledEventAttributes: attributes }) => attributes ?? []);
  const names = new Set(scheduled.map(({ activityType }) => activityType?.name));
  expect([...names].sort()).toEqual([
    ...['authenticate', 'collect', 'finalize', 'initialize', 'recordHealth', 'sweep', 'validate'],
  ]);
  expect(new Set(scheduled.map(({ heartbeatTimeout }) => Number(heartbeatTimeout?.seconds)))).toEqual(new Set([10]));
});
