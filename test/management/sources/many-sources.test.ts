/** Lists of many sources: one query for most, single descriptions only where store and Temporal differ. */

import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../../src/domain/contract/contract.js';
import { INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import { statesOf } from '../../../src/management/sources/shown-state.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { visibleSources } from '../../../src/management/sources/visible-sources.js';
import type { SourceDocument } from '../../../src/store/sources.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 60_000, historyRate: 1, rate: 0 });

const COUNT = 201;
/** No workflow; a workflow although it is stopped; one that was terminated. */
const [MISSING, STOPPED, TERMINATED] = [5, 6, 7];
const DIFFERENT = [MISSING, STOPPED, TERMINATED];

const at = new Date();
const document = (_id: number): SourceDocument => ({
  ...{ _id, name: `source ${_id}`, collectorId: 1, config: {}, version: 1, createdAt: at, updatedAt: at },
  ...(_id === STOPPED ? { stoppedAt: at } : {}),
});

/** Counts and may refuse the descriptions that a client asks for. */
function watched(
  client: Client,
  onDescribe: (workflowId: string) => Promise<void>,
): { client: Client; most: () => number } {
  let open = 0;
  let most = 0;
  const handleOf = (workflowId: string) => {
    const handle = client.workflow.getHandle(workflowId);
    const describe = async () => {
      open += 1;
      most = Math.max(most, open);
      try {
        await onDescribe(workflowId);
        return await handle.describe();
      } finally {
        open -= 1;
      }
    };
    return Object.assign(Object.create(handle), { describe });
  };
  const workflow = new Proxy(client.workflow, {
    get: (target, key) => (key === 'getHandle' ? handleOf : Reflect.get(target, key, target)),
  });
  const proxied = new Proxy(client, {
    get: (target, key) => (key === 'workflow' ? workflow : Reflect.get(target, key, target)),
  });
  return { client: proxied, most: () => most };
}

const serviceOf = (client: Client) => new SourceService({ collections, client, allowInsecure: true });

test('201 sources: only those that differ are described, and every state is true', async () => {
  const { client } = get();
  const ids = Array.from({ length: COUNT }, (_, n) => n + 1);
  await raw(collections).sources.insertMany(ids.map(document));
  const memo = { [INSTALLATION_MEMO]: (await collections.installation()).id };
  for (const id of ids.filter((one) => one !== MISSING)) {
    await client.workflow.start(WORKFLOW_TYPE, { workflowId: workflowIdOf(id), taskQueue: TASK_QUEUE, memo });
  }
  await client.workflow.getHandle(workflowIdOf(TERMINATED)).terminate();
  await until(
    () => visibleSources({ collections, client }),
    (visible) => visible.size === COUNT - 2,
  );
  const described: string[] = [];
  const { client: counting } = watched(client, async (id) => void described.push(id));
  const listings = await serviceOf(counting).list();
  expect(described.sort()).toEqual(DIFFERENT.map(workflowIdOf));
  expect(listings.map(({ sourceId }) => sourceId)).toEqual(ids);
  expect(listings[MISSING - 1]?.state).toBe('Pending');
  expect(listings[TERMINATED - 1]?.state).toBe('Terminated');
  expect(new Set(listings.map(({ noteCode }) => noteCode))).toEqual(new Set(['NoWorker', undefined]));
  const states = await statesOf({ collections, client }, await raw(collections).sources.find().toArray());
  expect(states.map(({ state }) => state.errorCode)).toEqual(
    ids.map((id) => (id === TERMINATED ? 'WorkflowEnded' : 'NoWorker')),
  );
});

test('what has to be described is, a few at a time; what Temporal does not describe in time is Unknown, and no more', async () => {
  const { client } = get();
  await raw(collections).sources.updateMany({}, { $set: { stoppedAt: at } });
  const refused = workflowIdOf(9);
  const away = Object.assign(new Error('4 DEADLINE_EXCEEDED: in a test'), { code: 4 });
  const { client: slow, most } = watched(client, (id) => (id === refused ? Promise.reject(away) : Promise.resolve()));
  const listings = await serviceOf(slow).list();
  expect(listings).toHaveLength(COUNT);
  expect(listings.filter(({ state }) => state === 'Unknown').map(({ workflowId }) => workflowId)).toEqual([refused]);
  expect(listings[8]).toMatchObject({ health: 'Unknown', note: expect.stringContaining('try again') });
  expect(most()).toBe(8);
});

test('of a few, each is described, and a Temporal that does not answer is no state', async () => {
  const { client } = get();
  const sources = await raw(collections)
    .sources.find({ _id: { $lte: 8 } })
    .toArray();
  const away = Object.assign(new Error('14 UNAVAILABLE: in a test'), { code: 14 });
  const { client: gone } = watched(client, () => Promise.reject(away));
  await expect(statesOf({ collections, client: gone }, sources)).rejects.toThrow('UNAVAILABLE');
});
