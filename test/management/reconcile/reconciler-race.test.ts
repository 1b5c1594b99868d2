/** A source that is stopped or removed while a reconciler is looking at it. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client } from '@temporalio/client';
import { beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });

beforeAll(async () => {
  await get().startWorker();
});

/** Runs what it is given without the deadline of whoever calls it. */
const outside = AsyncLocalStorage.snapshot();

/** A client that does something before it describes a workflow; Temporal's index does not show it yet. */
function pausingClient(before: () => Promise<void>): Client {
  const { client } = get();
  const workflow = {
    start: client.workflow.start.bind(client.workflow),
    async *list() {
      yield* [];
    },
    getHandle: (id: string) => ({
      // However long that takes: the reconciler's own calls have a deadline.
      describe: () =>
        outside(async () => {
          await before();
          return client.workflow.getHandle(id).describe();
        }),
    }),
  };
  return Object.create(client, { workflow: { value: workflow } });
}

test.for([
  ['stopped', {}],
  ['removed', { remove: true }],
] as const)(
  'a source that is %s after the store was read and before Temporal is asked stays so',
  async ([how, request]) => {
    const { client, service, simulator } = get();
    const { sourceId } = await service.start(sourceFile(simulator, { name: `To be ${how}` }));
    const id = String(sourceId);
    await until(
      () => service.status(id),
      ({ state }) => state === 'Collecting',
    );
    const handle = client.workflow.getHandle(workflowIdOf(sourceId));
    const { runId } = await handle.describe();
    const slow = pausingClient(async () => {
      await service.stop(id, request);
      await handle.result();
    });
    const reconciled: unknown[] = [];
    const slowService = new SourceService({ collections, client: slow, allowInsecure: true });
    await slowService.startMissing({
      onStarted: (one) => reconciled.push(one),
      onError: (error) => reconciled.push(error),
    });
    const now = await handle.describe();
    await handle.terminate('the test is over').catch(() => undefined);
    await raw(collections).sources.deleteOne({ _id: sourceId });
    expect({ runId: now.runId, status: now.status.name }).toEqual({ runId, status: 'COMPLETED' });
    expect(reconciled).toEqual([]);
  },
);

test('a source that cannot be started holds up none of the others', async () => {
  const { client, service, simulator } = get();
  const ids: number[] = [];
  for (const name of ['Refused', 'Next']) ids.push((await service.start(sourceFile(simulator, { name }))).sourceId);
  const [refused = 0] = ids;
  for (const id of ids) await client.workflow.getHandle(workflowIdOf(id)).terminate('by hand');
  // Temporal's index follows after a while, and what it calls running is not missing.
  await until(
    () => client.workflow.count('ExecutionStatus = "Running"'),
    ({ count }) => count === 0,
  );
  const workflow = Object.create(client.workflow, {
    start: {
      value: (type: string, options: { readonly workflowId: string }) =>
        options.workflowId === workflowIdOf(refused)
          ? Promise.reject(new Error('the server refuses this one'))
          : client.workflow.start(type, { taskQueue: 'nobody', ...options }),
    },
  });
  const partly = Object.create(client, { workflow: { value: workflow } });
  const told: unknown[] = [];
  await new SourceService({ collections, client: partly, allowInsecure: true }).startMissing({
    onStarted: ({ sourceId }) => told.push(sourceId),
    onError: (error) => told.push(error),
  });
  expect(told).toEqual([expect.objectContaining({ message: 'the server refuses this one' }), ids[1]]);
  for (const id of ids)
    await client.workflow
      .getHandle(workflowIdOf(id))
      .terminate('over')
      .catch(() => undefined);
  await raw(collections).sources.deleteMany({ _id: { $in: ids } });
});
