import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { attributeValues, type History } from '../support/histories.js';
import { POLL_INTERVAL_MS } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

/** A little over the length at which a run is continued as new. */
const LONGEST_RUN = 120;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const runs = timeSkippingRuns();

const lengthOf = ({ events }: History): number => events?.length ?? 0;

/** Bytes of what a run was given. */
function sizeOfInput({ events }: History): number {
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payloads.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
}

test('with a poll each five minutes a run ends after some ten polls, and the next one keeps to the rhythm', async () => {
  const run = await runs.start({ maxHistoryEvents: undefined, prepare: (fake) => fake.deliver('receipt', 100) });
  const { startedAt, since } = await run.caughtUp();
  const hours = 36;
  await runs.pass(hours * HOUR);
  const polls = run.fake.callsOf('sweep').length;
  expect(polls).toBeGreaterThan((hours * HOUR) / POLL_INTERVAL_MS - 10);
  expect(polls).toBeLessThan((hours * HOUR) / POLL_INTERVAL_MS + 10);
  const histories = await run.histories();
  const total = histories.reduce((sum, history) => sum + lengthOf(history), 0);
  expect(Math.max(...histories.map(lengthOf))).toBeLessThan(LONGEST_RUN);
  // Two workflow tasks, a timer and an activity, and a seventh of a new run: nothing else is allowed to creep in.
  expect(total / polls).toBeLessThan(12);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', startedAt, since, restarts: 0 });
  expect(run.fake.callsOf('validate')).toHaveLength(1);
  expect(run.fake.callsOf('collect')).toHaveLength(3);
});

test('two months of many runs hand over state, counts and problems, and what they hand over does not grow', async () => {
  const run = await runs.start({
    maxHistoryEvents: 300,
    prepare: (fake) => {
      fake.settings = { ...fake.settings, pollIntervalMs: 6 * HOUR };
      fake.deliver('receipt', 1_000);
    },
  });
  const { startedAt } = await run.caughtUp();

  await runs.pass(20 * DAY);
  run.fake.deliver('audit', 10, 20);
  await run.signal('collectNow');
  await run.when(({ totals }) => totals.stored === 1_030);
  await run.caughtUp();
  const afterTwentyDays = await run.status();
  expect(afterTwentyDays).toMatchObject({ state: 'Collecting', health: 'Healthy', startedAt, restarts: 0 });

  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  run.fake.fail('dlp', FAULTS.forbidden);
  await run.signal('collectNow');
  const troubled = await run.when(({ streams }) => streams[2]?.phase === 'parked');
  await runs.pass(20 * DAY);
  const later = await run.status();
  expect(later).toMatchObject({ state: 'Error', stage: 'Collecting', startedAt, since: troubled.since, restarts: 1 });
  expect(later.streams[2]?.problem).toEqual(troubled.streams[2]?.problem);

  run.fake.heal('dlp');
  run.fake.deliver('dlp', 7);
  await run.restart();
  await run.when(({ restarts }) => restarts === 2);
  await run.caughtUp();
  await runs.pass(20 * DAY);
  const end = await run.caughtUp();
  expect(end).toMatchObject({ state: 'Collecting', health: 'Healthy', startedAt, restarts: 2, version: 1 });
  expect(end.streams.map(({ stored }) => stored)).toEqual([1_000, 30, 7]);
  expect(end.totals.stored).toBe(1_037);
  expect(end.streams[2]?.lastProblem).toMatchObject({ code: 'app_forbidden' });

  const histories = await run.histories();
  expect(histories.length).toBeGreaterThanOrEqual(8);
  expect(Math.max(...histories.map(lengthOf))).toBeLessThan(400);
  const handedOver = histories.slice(1).map(sizeOfInput);
  expect(Math.max(...handedOver) - Math.min(...handedOver)).toBeLessThan(2_048);
  const stages = ['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting'];
  expect(attributeValues(histories, 'MimecastSourceState')).toEqual([...stages, ...stages, 'Error', ...stages]);
  const changes = run.fake.problemChanges().map(({ kind, subject }) => `${kind} ${subject}`);
  expect(changes).toEqual(['opened dlp', 'closed dlp']);
});
