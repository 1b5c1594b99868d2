/** Exports of the past whose programs die, lose Temporal, or meet the workflow of another installation. */

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import { PAST_EXPORT_WORKFLOW_TYPE, type PastExportRequest } from '../../../src/domain/export/past-export.js';
import { PastExports } from '../../../src/management/past-exports/past-exports.js';
import { installationOf } from '../../../src/management/temporal/ownership.js';
import { endPastExport, nextPastExportId } from '../../../src/store/past-exports.js';
import { newPastExport } from '../../support/past-exporting.js';
import { databaseOf } from '../../support/raw-collections.js';
import { reconciliationStack } from '../../support/reconciliation-stack.js';
import { S3_KEYS, S3_REGION, s3Server } from '../../support/s3-server.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections, access, newCollector, newSource, reconciling } = reconciliationStack();
const server = s3Server();

const service = () => new PastExports({ ...access(), allowInsecure: true, keyring: testKeyring });
const workflowOf = (sourceId: number, exportId: number) =>
  get().client.workflow.getHandle(`${workflowIdOf(sourceId)}-past-export.${exportId}`);
const wish = async () => {
  const { name: bucket } = await server.newBucket();
  return { from: '30d', bucket, region: S3_REGION, endpoint: server.endpoint, ...S3_KEYS.writer };
};

/** A workflow that no worker ever takes a step of. */
const beginByHand = (workflowId: string, request: PastExportRequest) =>
  get().client.workflow.start(PAST_EXPORT_WORKFLOW_TYPE, {
    ...{ workflowId, taskQueue: 'nobody', args: [request] },
    memo: { [INSTALLATION_MEMO]: request.installation },
  });

/** As if it had not been looked at for long. */
const makeQuiet = (sourceId: number) =>
  databaseOf(collections)
    .collection('past_exports')
    .updateMany({ sourceId }, { $set: { updatedAt: new Date(0) } });

test('one that was stored by a program that died then is started by the next round', async () => {
  const sourceId = await newSource(await newCollector());
  const exportId = await newPastExport({ collections, id: sourceId }, await wish());
  await makeQuiet(sourceId);
  const { round, troubles } = reconciling();
  await round();
  await until(
    () => service().get(sourceId, exportId),
    ({ state }) => state === 'Completed',
  );
  expect(troubles).toEqual([]);
});

test('one that has no workflow is canceled all the same', async () => {
  const sourceId = await newSource(await newCollector());
  const exportId = await newPastExport({ collections, id: sourceId }, await wish());
  expect(await service().cancel(String(sourceId))).toMatchObject({ id: exportId, state: 'Canceled' });
  await expect(service().cancel(String(sourceId))).rejects.toThrow('No export of the past');
});

test('a workflow of another installation that has its ID is reported, and is neither joined nor canceled', async () => {
  const sourceId = await newSource(await newCollector());
  const last = await nextPastExportId(collections);
  const foreign = workflowOf(sourceId, last + 1);
  await beginByHand(foreign.workflowId, { sourceId, exportId: last + 1, installation: randomUUID() });
  await expect(service().start(String(sourceId), await wish())).rejects.toThrow('belongs to another installation');
  expect(await service().list(sourceId)).toEqual([]);
  const found = workflowOf(sourceId, last + 2);
  await beginByHand(found.workflowId, { sourceId, exportId: last + 2, installation: randomUUID() });
  expect(await newPastExport({ collections, id: sourceId }, await wish())).toBe(last + 2);
  await makeQuiet(sourceId);
  const { round, troubles } = reconciling();
  await round();
  expect(troubles).toEqual([expect.stringContaining('belongs to another installation')]);
  await service().cancel(String(sourceId));
  for (const each of [foreign, found]) {
    expect((await each.describe()).status.name).toBe('RUNNING');
    await each.terminate('the test is over');
  }
});

test('one is carried out although the workflow of the last one, which has ended, has not closed yet', async () => {
  const sourceId = await newSource(await newCollector());
  const bucket = await wish();
  const first = await newPastExport({ collections, id: sourceId }, bucket);
  const { id: installation } = await installationOf(access());
  const closing = workflowOf(sourceId, first);
  await beginByHand(closing.workflowId, { sourceId, exportId: first, installation });
  await endPastExport(collections, first, 'Completed');
  const { id } = await service().start(String(sourceId), bucket);
  await until(
    () => service().get(sourceId, id),
    ({ state }) => state === 'Completed',
  );
  expect((await closing.describe()).status.name).toBe('RUNNING');
  await closing.terminate('the test is over');
});

test('a source that is deleted takes its exports of the past along', async () => {
  const sourceId = await newSource(await newCollector());
  const { id } = await service().start(String(sourceId), await wish());
  await until(
    () => service().get(sourceId, id),
    ({ state }) => state === 'Completed',
  );
  await get().service.stop(String(sourceId), { remove: true });
  for (const name of ['past_exports', 'past_export_parts'])
    expect(await databaseOf(collections).collection(name).countDocuments({ sourceId })).toBe(0);
});
