import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import { sourceRuns } from '../support/source-runs.js';

const runs = sourceRuns();

test.for([
  ['Pending', 'validate'],
  ['Started', 'initialize'],
  ['Initialized', 'authenticate'],
] as const)('a restart from %s does not wait for the running %s', async ([state, step]) => {
  const run = await runs.start({ prepare: (fake) => fake.hold(step) });
  await run.attempted(step);
  expect((await run.status()).state).toBe(state);
  const held = run.fake.callsOf(step).length;
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  run.fake.release();
  await run.caughtUp();
  expect(run.fake.callsOf(step).length).toBe(held + 1);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 1 });
});

test('a restart of a source that is caught up begins with the validation and reads every stream', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('audit', 4) });
  await run.caughtUp();
  run.fake.settings = { ...run.fake.settings, name: 'Renamed', version: 2, streams: ['audit', 'hold'] };
  await run.restart();
  await run.when(({ version }) => version === 2);
  await run.caughtUp();
  const { streams, ...snapshot } = await run.status();
  expect(streams.map(({ stream }) => stream)).toEqual(['audit', 'hold']);
  expect(snapshot).toMatchObject({ name: 'Renamed', restarts: 1, totals: { stored: 4 } });
  const histories = await run.histories();
  const usual = ['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting'];
  expect(attributeValues(histories, 'MimecastSourceState')).toEqual([...usual, ...usual]);
  expect(attributeValues(histories, 'MimecastSourceName').at(-1)).toBe('Renamed');
});

test('a restart waits until the work in progress has ended', async () => {
  const run = await runs.start({ prepare: (fake) => fake.hold('receipt') });
  await run.when(({ streams }) => streams.filter(({ phase }) => phase === 'waiting').length === 2);
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  run.fake.release();
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  expect(run.fake.callsOf('collect', 'receipt')).toHaveLength(2);
});

test("a restart interrupts a stream's back-off at once", async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('receipt', FAULTS.slowDown);
      fake.deliver('receipt', 3);
    },
  });
  await run.when(({ streams }) => streams[0]?.problem !== undefined);
  run.fake.heal('receipt');
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 3 } });
  expect(await run.stream('receipt')).toMatchObject({ lastProblem: { code: 'http_429' } });
});

test.for(['validate', 'initialize', 'authenticate', 'sweep'] as const)(
  'a restart interrupts the back-off of %s at once',
  async (step) => {
    const run = await runs.start({ prepare: (fake) => fake.fail(step, FAULTS.mongodbAway) });
    if (step === 'sweep') {
      await run.caughtUp();
      await run.signal('collectNow');
    }
    await run.state('Error');
    run.fake.heal(step);
    await run.restart();
    await run.when(({ restarts }) => restarts === 1);
    await run.caughtUp();
    expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  },
);

test('a restart brings a parked stream back', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  await run.restart();
  await run.when(({ restarts, streams }) => restarts === 1 && streams[2]?.phase === 'parked');
  run.fake.heal('dlp');
  run.fake.deliver('dlp', 2);
  await run.restart();
  await run.when(({ restarts }) => restarts === 2);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 2 } });
});

test('many restarts at once lose nothing and leave one source that collects', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('audit', 1, 2, 3) });
  await Promise.all(Array.from({ length: 12 }, () => run.restart()));
  await run.caughtUp();
  await Promise.all([run.restart(), run.restart()]);
  await run.when(({ restarts }) => restarts > 0);
  await run.caughtUp();
  const { totals, restarts, state } = await run.status();
  expect({ state, stored: totals.stored }).toEqual({ state: 'Collecting', stored: 6 });
  expect(restarts).toBeLessThanOrEqual(14);
});
