import { expect, test } from 'vitest';
import { withoutWorker } from '../../src/management/source-status.js';
import { hasWorkers } from '../../src/management/workers.js';
import { e2eStack } from '../support/e2e-stack.js';
import { until } from '../support/until.js';

const { get } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });
const MINUTE = 60_000;

test('workers are there while they ask for work, and gone a minute after they have stopped asking', async () => {
  const { client, startWorker } = get();
  expect(await hasWorkers(client)).toBe(false);
  const stopWorker = await startWorker();
  await until(
    () => hasWorkers(client),
    (there) => there,
  );
  await stopWorker();
  expect(await hasWorkers(client, Date.now() + 2 * MINUTE)).toBe(false);
});

test.each([
  ['Collecting', 'Unknown'],
  ['Error', 'Unknown'],
  ['Stopping', 'Unknown'],
  ['Stopped', 'Healthy'],
  ['Deleted', 'Healthy'],
  ['Terminated', 'Healthy'],
])('without workers, the health of a source that is %s is %s', (state, health) => {
  const listing = { sourceId: 1, name: 'n', collector: 'c', workflowId: 'w', state, health: 'Healthy' } as const;
  expect(withoutWorker(listing)).toMatchObject({ state, health });
  expect(withoutWorker(listing).note !== undefined).toBe(health === 'Unknown');
});
