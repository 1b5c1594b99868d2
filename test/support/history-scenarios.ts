/** Lives of a source whose histories are recorded, so that later versions of the workflow can be tried on them. */

import { FAULTS } from './fake-activities.js';
import type { SourceRun, StartOptions } from './source-runs.js';

/** Lets time pass that is skipped. */
type PassUntil = (iso: string, afterMs: number) => Promise<unknown>;

export interface Scenario {
  readonly name: string;
  readonly options?: StartOptions;
  /** Needs 90 minutes, so it lives on the server whose time is skipped. */
  readonly isLong?: true;
  /** The first folder that has a recording of it; default: all have one. */
  readonly since?: string;
  readonly live: (run: SourceRun, passUntil: PassUntil) => Promise<unknown>;
}

export const SCENARIOS: readonly Scenario[] = [
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
    live: async (run, passUntil) => {
      const { streams } = await run.when((seen) => seen.streams[2]?.problem !== undefined);
      await passUntil(streams[2]?.problem?.since ?? '', 90 * 60_000);
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
    live: async (run, passUntil) => {
      const { problem } = await run.when((seen) => seen.problem !== undefined);
      await passUntil(problem?.since ?? '', 90 * 60_000);
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
    name: 'collect-some-streams',
    since: '3-one-outage',
    live: async (run) => {
      await run.caughtUp();
      run.fake.deliver('audit', 1);
      await run.signal('collectNow', { streams: ['audit'] });
      await run.when(({ totals }) => totals.stored === 1);
      await run.signal('collectNow', { streams: ['weather'] });
      run.fake.deliver('dlp', 1, 1);
      await run.signal('collectNow', { streams: ['receipt', 'dlp'] });
      await run.when(({ totals }) => totals.stored === 3);
      await run.caughtUp();
      await run.signal('collectNow');
      await run.attempted('sweep', 3);
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
