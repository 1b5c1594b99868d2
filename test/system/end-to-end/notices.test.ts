/** What could not be had or read is told as a warning, while the source goes on. */

import { expect, test } from 'vitest';
import { checkpointId } from '../../../src/store/checkpoints.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { addFault, clearFaults } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 1_800_000, historyRate: 30, rate: 0 });
const DAY_MS = 86_400_000;

test('quarantine and gaps: Warning in status, list, health and search attribute, until a restart', async () => {
  const { service, simulator, startWorker, env } = get();
  const stopWorker = await startWorker();
  await addFault(simulator, { endpoint: 'file', match: { type: 'receipt' }, times: 1, action: { malformedLine: 2 } });
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Noticed' }));
  const id = String(sourceId);
  const status = () => service.status(id);
  const quarantined = await until(status, ({ health }) => health === 'Warning');
  expect(quarantined.state).toBe('Collecting');
  const receipt = quarantined.snapshot?.streams.find(({ stream }) => stream === 'receipt');
  expect(receipt?.notices).toMatchObject([
    { code: 'quarantined', count: 1, message: expect.stringMatching(/line \d+: not JSON/) },
  ]);

  // A place that has become older than what Mimecast keeps: the last week is all that is left.
  await until(status, ({ snapshot }) => snapshot?.streams.every(({ caughtUp }) => caughtUp) === true);
  await service.stop(id);
  const longAgo = new Date(Date.now() - 20 * DAY_MS);
  await raw(collections).checkpoints.updateOne(
    { _id: checkpointId(sourceId, 'spam') },
    { $set: { lastEventTime: longAgo } },
  );
  await addFault(simulator, { endpoint: 'batch', match: { type: 'spam' }, times: 1, action: { error: 'retention' } });
  await service.resume(id);
  const gapped = await until(status, ({ health, gaps = [] }) => health === 'Warning' && gaps.length > 0);
  expect(gapped).toMatchObject({
    state: 'Collecting',
    health: 'Warning',
    gaps: [{ stream: 'spam', from: longAgo, reason: expect.stringContaining('retention') }],
  });
  const health = await until(
    () => service.health(id),
    ({ open }) => open.length === 1,
  );
  expect(health.open).toMatchObject([
    { eventName: 'ThirdPartyGenericError', severityLevel: 'Warning', subject: 'spam', details: { error: 'spam: gap' } },
  ]);
  const listed = (await service.list()).find((source) => source.sourceId === sourceId);
  expect(listed).toMatchObject({ state: 'Collecting', health: 'Warning' });
  const { stdout } = await runCli(env, 'status', id);
  expect(stdout).toContain(`gap in spam from ${longAgo.toISOString()}`);

  await service.restart(id);
  await until(status, ({ health: now, snapshot }) => now === 'Healthy' && snapshot?.restarts === 1);
  expect((await status()).gaps).toHaveLength(1);
  await until(
    () => service.health(id),
    ({ open }) => open.length === 0,
  );
  await clearFaults(simulator);
  await service.stop(id);
  await stopWorker();
});
