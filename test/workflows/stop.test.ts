import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';

const runs = sourceRuns();

interface Situation {
  readonly name: string;
  readonly prepare?: (fake: SourceRun['fake']) => void;
  readonly reach: (run: SourceRun) => Promise<unknown>;
}

const SITUATIONS: readonly Situation[] = [
  ...(['validate', 'initialize', 'authenticate'] as const).flatMap((step) => [
    {
      name: `during ${step}`,
      prepare: (fake: SourceRun['fake']) => void fake.hold(step),
      reach: (run: SourceRun) => run.attempted(step),
    },
    {
      name: `in the back-off of ${step}`,
      prepare: (fake: SourceRun['fake']) => fake.fail(step, FAULTS.mongodbAway),
      reach: (run: SourceRun) => run.state('Error'),
    },
    {
      name: `parked at ${step}`,
      prepare: (fake: SourceRun['fake']) => fake.fail(step, FAULTS.credentials),
      reach: (run: SourceRun) => run.state('Error'),
    },
  ]),
  { name: 'caught up', reach: (run) => run.caughtUp() },
  {
    name: 'in the middle of a slice',
    prepare: (fake) => void fake.hold('receipt'),
    reach: (run) => run.when(({ streams }) => streams.some(({ phase }) => phase === 'waiting')),
  },
  {
    name: "in a stream's back-off",
    prepare: (fake) => fake.fail('receipt', FAULTS.slowDown),
    reach: (run) => run.when(({ health }) => health === 'Warning'),
  },
  {
    name: 'with a parked stream',
    prepare: (fake) => fake.fail('dlp', FAULTS.forbidden),
    reach: (run) => run.state('Error'),
  },
  {
    name: 'in the middle of a sweep',
    prepare: (fake) => void fake.hold('sweep'),
    reach: async (run) => {
      await run.caughtUp();
      await run.signal('collectNow');
      await run.attempted('sweep');
    },
  },
];

test.for(SITUATIONS)('a stop $name ends the source as Stopped', async ({ prepare, reach }) => {
  const run = await runs.start(prepare === undefined ? {} : { prepare });
  await reach(run);
  await run.stop();
  expect(await run.end()).toEqual({ state: 'Stopped', stored: 0 });
  expect(run.fake.finalized).toEqual([{ remove: false }]);
  const histories = await run.histories();
  expect(attributeValues(histories, 'MimecastSourceState').slice(-2)).toEqual(['Stopping', 'Stopped']);
  expect(await run.status()).toMatchObject({ state: 'Stopped' });
});

test.for([
  ['nothing', [], false],
  ['null', [null], false],
  ['a text', ['now'], false],
  ['a number', [0], false],
  ['a list', [[true]], false],
  ['an empty object', [{}], false],
  ['remove as a text', [{ remove: 'yes' }], false],
  ['remove as a number', [{ remove: 1 }], false],
  ['remove: false', [{ remove: false }], false],
  ['remove: true', [{ remove: true }], true],
  ['remove: true and more', [{ remove: true, why: 'gone' }, 'twice'], true],
] as const)('a stop with %s removes only what was asked for', async ([, payload, remove]) => {
  const run = await runs.start();
  await run.caughtUp();
  await run.signal('stop', ...payload);
  expect(await run.end()).toMatchObject({ state: remove ? 'Deleted' : 'Stopped' });
  expect(run.fake.finalized).toEqual([{ remove }]);
});

test('a cancellation from the Web UI is a stop', async () => {
  const run = await runs.start();
  await run.caughtUp();
  await run.handle.cancel();
  expect(await run.end()).toEqual({ state: 'Stopped', stored: 0 });
  expect(run.fake.finalized).toEqual([{ remove: false }]);
});

test('a restart changes nothing once a stop is under way', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const release = run.fake.hold('finalize');
  await run.stop();
  await run.attempted('finalize');
  await run.restart();
  await run.signal('collectNow');
  release();
  expect(await run.end()).toMatchObject({ state: 'Stopped' });
  expect(await run.status()).toMatchObject({ restarts: 0 });
});
