import { expect, test } from 'vitest';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { FAULTS } from '../support/fake-activities.js';
import {
  BACKGROUND,
  historyOf,
  PRESENT,
  REREAD,
  type RecordedHistory,
  recordedHistories,
  recordedHistory,
  writeRecordedHistory,
} from '../support/recorded-histories.js';
import { type SourceRun, type StartOptions, sourceRuns } from '../support/source-runs.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

const runs = sourceRuns();
const skipping = timeSkippingRuns();

interface Scenario {
  readonly name: string;
  readonly options?: StartOptions;
  /** Needs 90 minutes, so it lives on the server whose time is skipped. */
  readonly isLong?: true;
  /** The first folder that has a recording of it; default: all have one. */
  readonly since?: string;
  readonly live: (run: SourceRun) => Promise<unknown>;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'collect-restart-stop',
    options: { prepare: (fake) => fake.deliver('receipt', 1, 2, 3) },
    live: async (run) => {
      await run.caughtUp();
      await run.restart();
      await run.when(({ restarts }) => restarts === 1);
      await run.caughtUp();
      await run.signal('collectNow');
      await run.attempted('sweep', 2);
      await run.caughtUp();
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'wrong-credentials-then-removed',
    options: { prepare: (fake) => fake.fail('authenticate', FAULTS.credentials) },
    live: async (run) => {
      await run.state('Error');
      await run.stop({ remove: true });
      await run.end();
    },
  },
  {
    name: 'back-off-and-recovery',
    options: {
      prepare: (fake) => {
        fake.fail('receipt', FAULTS.unavailable);
        fake.fail('dlp', FAULTS.forbidden);
      },
    },
    live: async (run) => {
      await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'retrying,waiting,parked');
      run.fake.heal('receipt');
      await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
      await run.handle.cancel();
      await run.end();
    },
  },
  {
    name: 'mongodb-away-and-back',
    options: { prepare: (fake) => fake.fail('sweep', FAULTS.mongodbAway) },
    live: async (run) => {
      await run.caughtUp();
      await run.signal('collectNow');
      await run.state('Error');
      run.fake.heal('sweep');
      await run.state('Collecting');
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'updated',
    live: async (run) => {
      await run.caughtUp();
      run.fake.settings = { ...run.fake.settings, streams: ['receipt', 'hold'], version: 2 };
      await run.restart();
      await run.when(({ version, streams }) => version === 2 && streams.every(({ phase }) => phase === 'waiting'));
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'gave-up-after-90-minutes-then-restarted',
    options: { prepare: (fake) => fake.fail('dlp', FAULTS.unavailable) },
    isLong: true,
    live: async (run) => {
      const { streams } = await run.when((seen) => seen.streams[2]?.problem !== undefined);
      await skipping.passUntil(streams[2]?.problem?.since ?? '', 90 * 60_000);
      await run.when((seen) => seen.streams[2]?.problem?.gaveUp === true);
      run.fake.heal('dlp');
      await run.restart();
      await run.when(({ restarts }) => restarts === 1);
      await run.caughtUp();
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'start-up-gave-up-after-90-minutes',
    options: { prepare: (fake) => fake.fail('authenticate', FAULTS.unavailable) },
    isLong: true,
    live: async (run) => {
      const { problem } = await run.when((seen) => seen.problem !== undefined);
      await skipping.passUntil(problem?.since ?? '', 90 * 60_000);
      await run.when((seen) => seen.problem?.gaveUp === true);
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'outage-and-recovery',
    since: '3-one-outage',
    options: {
      prepare: (fake) => {
        for (const stream of ['receipt', 'audit', 'dlp'] as const) fake.fail(stream, FAULTS.unavailable);
      },
    },
    live: async (run) => {
      await run.when(({ problem }) => problem?.step === 'sweep');
      for (const stream of ['receipt', 'audit', 'dlp'] as const) run.fake.heal(stream);
      await run.when(({ health, streams }) => health === 'Healthy' && streams.every(({ caughtUp }) => caughtUp));
      await run.stop();
      await run.end();
    },
  },
  {
    name: 'continued-as-new',
    options: { maxHistoryEvents: 60, prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) },
    live: async (run) => {
      await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
      // Not a flood of them: Temporal refuses to continue as new while signals keep coming in.
      for (let sweeps = 1; (await run.histories()).length < 2; sweeps += 1) {
        await run.signal('collectNow');
        await run.attempted('sweep', sweeps);
      }
    },
  },
];

test.for(SCENARIOS)('the history of $name replays as it was just recorded', async ({ name, options, isLong, live }) => {
  const run = await (isLong ? skipping : runs).start(options);
  await live(run);
  const histories = await run.histories();
  for (const [index, history] of histories.entries()) {
    const recorded = recordedHistory(index === 0 ? name : `${name}, run ${index + 1}`, run.workflowId, history);
    if (process.env.RECORD_HISTORIES === 'true') writeRecordedHistory(recorded);
    await replay(recorded);
  }
});

/** Recorded by the tests of those workflows. */
const OTHERS = [
  ...['backfill', 'verify'].map((name) => `${REREAD}${name}`),
  ...['fill-in', 'watchlist', 'watchlist changed while its webhook refuses'].map((name) => `${BACKGROUND}${name}`),
];

test.for([...recordedHistories()])('every recorded history in the folder %s replays', async ([folder, recorded]) => {
  const all = recorded.map(({ name }) => name).filter((name) => !name.includes(', run '));
  const names = all.filter((name) => !name.startsWith(REREAD) && !name.startsWith(BACKGROUND));
  if (folder === PRESENT) expect(all).toEqual(expect.arrayContaining(OTHERS));
  const scenarios = SCENARIOS.filter(
    ({ since = '' }) => Number.parseInt(folder, 10) >= (Number.parseInt(since, 10) || 0),
  );
  expect(names.sort()).toEqual(scenarios.map(({ name }) => name).sort());
  for (const history of recorded) await replay(history);
});

test('a run that has only just been created has nothing to replay', async () => {
  const [recorded] = recordedHistories().get(PRESENT) ?? [];
  if (recorded === undefined) throw new Error('nothing is recorded');
  const { events } = historyOf(recorded);
  expect(await replayHistory(workflowBundle(), { events: events?.slice(0, 1) ?? [] }, recorded.workflowId)).toBe(false);
  expect(await replayHistory(workflowBundle(), { events: events?.slice(0, 2) ?? [] }, recorded.workflowId)).toBe(true);
});

test('a history that the workflow cannot follow is noticed', async () => {
  const [recorded] = recordedHistories().get(PRESENT) ?? [];
  if (recorded === undefined) throw new Error('nothing is recorded');
  const other = JSON.parse(JSON.stringify(recorded).replaceAll('"validate"', '"verify"')) as typeof recorded;
  await expect(replay(other)).rejects.toThrow(/nondeterminism/i);
});

function replay(recorded: RecordedHistory): Promise<boolean> {
  return replayHistory(workflowBundle(), historyOf(recorded), recorded.workflowId);
}
