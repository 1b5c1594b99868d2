/** A slow Mimecast, and one that is away, as an operator and the Temporal server see them. */

import { expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { historiesOf } from '../../support/histories.js';
import { runCli } from '../../support/run-cli.js';
import { addFault, clearFaults } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const { get } = e2eStack({ historyMs: 600_000, historyRate: 30, rate: 120 });

function isCaughtUp({ snapshot }: SourceStatus): boolean {
  return snapshot?.streams.length === STREAMS.length && snapshot.streams.every(({ caughtUp }) => caughtUp);
}

test('streams that have little to store stay in the sweep, however slowly Mimecast answers', async () => {
  const { service, simulator, startWorker, client } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Slow' }));
  const id = String(sourceId);
  const status = () => service.status(id);
  const scheduled = async () => {
    const histories = await historiesOf(client.workflow, workflowIdOf(sourceId));
    const names = histories
      .flatMap(({ events }) => events ?? [])
      .flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
    return {
      sweeps: names.filter((name) => name === 'sweep').length,
      collects: names.filter((name) => name === 'collect').length,
    };
  };
  await until(status, isCaughtUp);
  const { totals } = (await status()).snapshot ?? {};
  await addFault(simulator, { endpoint: '*', times: -1, action: { delayMs: 1_200 } });
  const before = await scheduled();
  const after = await until(scheduled, ({ sweeps }) => sweeps >= before.sweeps + 4);
  expect(after.collects).toBe(before.collects);
  expect((await status()).snapshot?.totals.stored).toBeGreaterThan(totals?.stored ?? 0);
  await clearFaults(simulator);
  await service.stop(id);
  await stopWorker();
});

test('an outage is one paragraph, one health event and one pending activity, and collection goes on after it', async () => {
  const { service, simulator, startWorker, client, env } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Out' }));
  const id = String(sourceId);
  const status = () => service.status(id);
  await until(status, isCaughtUp);
  await addFault(simulator, { endpoint: '*', times: -1, action: { status: 503 } });
  await until(status, ({ snapshot }) => snapshot?.problem?.step === 'sweep');
  await until(
    () => service.health(id),
    ({ open }) => open.length > 0,
  );
  const { open, recent } = await service.health(id);
  expect(open.map(({ subject }) => subject)).toEqual(['sweep']);
  expect(open[0]?.details.description).toMatch(
    new RegExp(`^No records can be collected from ${STREAMS.length} streams: .*HTTP 503`),
  );
  // On a busy machine the first streams may have been reported before it was known that all fail; the outage closes those.
  const before = recent.filter(({ status: reported, subject }) => reported === 'UnHealthy' && subject !== 'sweep');
  expect(before.filter(({ resolvedAt }) => resolvedAt === undefined)).toEqual([]);
  const { stdout } = await runCli(env, 'status', id);
  expect(stdout.match(/^! /gm)).toHaveLength(1);
  expect(stdout).toContain('All of its streams fail.');
  expect(stdout).not.toMatch(/caught up|waiting/);
  const { raw } = await until(
    () => client.workflow.getHandle(workflowIdOf(sourceId)).describe(),
    (described) => described.raw.pendingActivities?.some(({ activityId }) => activityId === 'sweep') === true,
  );
  expect(raw.pendingActivities?.map(({ activityId }) => activityId)).toEqual(['sweep']);

  await clearFaults(simulator);
  await until(status, ({ state, health }) => state === 'Collecting' && health === 'Healthy');
  await until(
    () => service.health(id),
    ({ open: still }) => still.length === 0,
  );
  const { totals } = (await status()).snapshot ?? {};
  await until(status, ({ snapshot }) => (snapshot?.totals.stored ?? 0) > (totals?.stored ?? 0));
  await service.stop(id);
  await stopWorker();
});
