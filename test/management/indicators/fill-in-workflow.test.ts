/** The fill-in as a workflow: through a worker that ends in the middle, once, and again only when there is something to do. */

import { expect, test } from 'vitest';
import { FILL_IN_WORKFLOW_TYPE, type FillInProgress } from '../../../src/domain/fill-in/indicator-fill-in.js';
import { startFillIn } from '../../../src/management/indicators/fill-in-workflow.js';
import { replayHistory } from '../../../src/runtime/replay-history.js';
import { unfinishedFillIn } from '../../../src/store/indicator-fill-in.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { workflowBundle } from '../../support/temporal-connection.js';
import { until } from '../../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 1, historyRate: 0, rate: 0 });
const stored = raw(collections).records('receipt');
const RECORDS = 20_000;

const runs = async () => {
  const found: string[] = [];
  for await (const { workflowId } of stack().client.workflow.list({
    query: `WorkflowType = "${FILL_IN_WORKFLOW_TYPE}"`,
  }))
    found.push(workflowId);
  return found;
};

test('it survives its worker, and ends when all is done', async () => {
  const { client, startWorker } = stack();
  for (let at = 0; at < RECORDS; at += 5_000)
    await stored.insertMany(numbers(5_000).map((n) => recordOf({ n: at + n, messageId: `<m${at + n}@x.com>` })));
  const access = { client, collections };
  const stop = await startWorker();
  await Promise.all([startFillIn(access), startFillIn(access), startFillIn(access)]);
  await until(
    () => unfinishedFillIn(collections),
    (state) => state !== undefined && state.read > 0,
  );
  await stop();
  const half = await stored.countDocuments({ _indicators: { $exists: false } });
  expect(half).toBeGreaterThan(0);

  await startWorker();
  await startFillIn(access);
  const [workflowId = ''] = await runs();
  const handle = client.workflow.getHandle(workflowId);
  const progress = (await handle.result()) as FillInProgress;
  expect(progress).toMatchObject({ isDone: true, read: RECORDS, filled: expect.any(Number) });
  expect(await stored.countDocuments({ _indicators: { $exists: false } })).toBe(0);

  await startFillIn(access);
  expect(await runs()).toEqual([workflowId]);
  expect(await replayHistory(workflowBundle(), await handle.fetchHistory(), workflowId)).toBe(true);
});
