import { expect, test } from 'vitest';
import { SIGNALS } from '../../src/domain/contract/contract.js';
import { FAULTS } from '../support/fake-activities.js';
import { sourceRuns } from '../support/source-runs.js';

const runs = sourceRuns();

test('a stream whose position is reset is collected by itself again, and the others are left alone', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('receipt', 5) });
  await run.caughtUp();
  await run.signal(SIGNALS.resetPosition, { stream: 'receipt', from: '2026-11-20T00:00:00Z' });
  await run.attempted('resetPosition');
  await run.when(() => run.fake.callsOf('collect', 'receipt').length === 2);
  await run.caughtUp();
  expect(run.fake.callsOf('resetPosition')).toMatchObject([{ streams: ['receipt'] }]);
  expect(run.fake.callsOf('collect', 'audit')).toHaveLength(1);
  expect(run.fake.callsOf('validate')).toHaveLength(1);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 0 });
});

test('a stream that was given up is tried again from its new position', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) });
  await run.when(({ streams }) => streams[2]?.phase === 'parked');
  run.fake.heal('dlp');
  await run.signal(SIGNALS.resetPosition, { stream: 'dlp' });
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test('a reset of the only stream while the sweep fails is collected, and the source goes on', async () => {
  const run = await runs.start({ streams: ['receipt'], prepare: (fake) => fake.fail('sweep', FAULTS.mongodbAway) });
  await run.caughtUp();
  await run.signal('collectNow');
  await run.state('Error');
  await run.signal(SIGNALS.resetPosition, { stream: 'receipt' });
  await run.when(() => run.fake.callsOf('collect', 'receipt').length === 2);
  run.fake.heal('sweep');
  await run.signal('collectNow');
  await run.state('Collecting');
});

test('several resets, a restart and a poll at once are all carried out', async () => {
  const run = await runs.start();
  await run.caughtUp();
  await Promise.all([
    run.signal(SIGNALS.resetPosition, { stream: 'receipt' }),
    run.signal(SIGNALS.resetPosition, { stream: 'dlp' }),
    run.restart(),
    run.signal('collectNow'),
  ]);
  await run.when(({ restarts }) => restarts === 1);
  await run.attempted('resetPosition', 2);
  await run.caughtUp();
  // Signals that are sent at once arrive in any order.
  const reset = run.fake.callsOf('resetPosition').flatMap(({ streams }) => streams);
  expect(reset.toSorted()).toEqual(['dlp', 'receipt']);
});

test('a reset that does not succeed holds up no stop', async () => {
  const run = await runs.start({ prepare: (fake) => void fake.hold('resetPosition') });
  await run.caughtUp();
  await run.signal(SIGNALS.resetPosition, { stream: 'receipt' });
  await run.attempted('resetPosition');
  await run.stop();
  expect(await run.end()).toMatchObject({ state: 'Stopped' });
});

test.for([
  { payload: undefined },
  { payload: 'receipt' },
  { payload: { stream: 'no such stream' } },
  { payload: { stream: 'receipt', from: 'yesterday' } },
  // The source does not collect it.
  { payload: { stream: 'hold' } },
])('a reset with $payload is ignored', async ({ payload }) => {
  const run = await runs.start();
  await run.caughtUp();
  await run.signal(SIGNALS.resetPosition, ...(payload === undefined ? [] : [payload]));
  const sweeps = run.fake.callsOf('sweep').length;
  await run.signal('collectNow');
  await run.attempted('sweep', sweeps + 1);
  await run.caughtUp();
  expect(run.fake.callsOf('resetPosition')).toEqual([]);
});
