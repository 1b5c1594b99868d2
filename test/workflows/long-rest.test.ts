/** On the development server: the one whose time is skipped refuses to cancel an activity that ends at the same moment. */

import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();

test('while the source waits for a restart, signals end no history limit: the next runs rest as well', async () => {
  const run = await runs.start({
    maxHistoryEvents: 60,
    prepare: (fake) => fake.fail('authenticate', FAULTS.credentials),
  });
  await run.state('Error');
  const { problem: { since = '' } = {} } = await run.status();
  for (let round = 0; round < 100; round += 1) await run.signal('collectNow');
  const histories = await until(
    () => run.histories(),
    (seen) => seen.length >= 2,
  );
  expect(Math.max(...histories.map(({ events }) => events?.length ?? 0))).toBeLessThan(300);
  expect(run.fake.callsOf('authenticate')).toHaveLength(1);
  expect(run.fake.callsOf('validate')).toHaveLength(1);
  expect(await run.status()).toMatchObject({ state: 'Error', stage: 'Initialized', problem: { gaveUp: true, since } });
  run.fake.heal('authenticate');
  await run.restart();
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});
