import { expect, test } from 'vitest';
import { FAULTS } from '../support/fake-activities.js';
import { sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();

test('a step that fails only after a restart has left it behind does not put the source into Error', async () => {
  let release: () => void = () => undefined;
  const run = await runs.start({
    prepare: (fake) => {
      release = fake.hold('authenticate', { deaf: true });
    },
  });
  await run.attempted('authenticate');
  run.fake.ungate('authenticate');
  await run.restart();
  await run.caughtUp();
  run.fake.fail('authenticate', FAULTS.unavailable);
  release();
  await until(
    async () => (await run.handle.fetchHistory()).events ?? [],
    (events) =>
      events.some(({ workflowExecutionSignaledEventAttributes: sent }) => sent?.signalName === 'attemptFailed'),
  );
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', restarts: 1 });
});
