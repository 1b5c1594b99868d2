/** What the worker that reconciles does for exports: those that nobody told of a change, and those that are nobody's. */

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import { EXPORT_WORKFLOW_TYPE } from '../../../src/domain/export/export.js';
import { audited } from '../../../src/management/audited.js';
import { exportStatusOf } from '../../../src/management/exports/export-status.js';
import { RereadService } from '../../../src/management/rereads/reread-service.js';
import { SourceEditor } from '../../../src/management/sources/source-editor.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { listRunning } from '../../../src/management/temporal/ownership.js';
import { deafClient } from '../../support/deaf-client.js';
import { exportConfig } from '../../support/exporting-source.js';
import { raw } from '../../support/raw-collections.js';
import { reconciliationStack } from '../../support/reconciliation-stack.js';
import { S3_KEYS, s3Server } from '../../support/s3-server.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const stack = reconciliationStack();
const { get, collections, actor, editor, file, newName, newCollector, reconciling } = stack;
const server = s3Server();

const exportIdOf = (sourceId: number) => `${workflowIdOf(sourceId)}-export`;
const handleOf = (workflowId: string) => get().client.workflow.getHandle(workflowId);
const statusOf = async (workflowId: string) => (await handleOf(workflowId).describe()).status.name;

/** An export that no worker works for. */
async function startedExport(workflowId: string, sourceId: number, installation: string): Promise<void> {
  await get().client.workflow.start(EXPORT_WORKFLOW_TYPE, {
    ...{ workflowId, taskQueue: 'nobody' },
    args: [{ sourceId, installation }],
    memo: { [INSTALLATION_MEMO]: installation },
  });
  onTestFinished(async () => {
    await handleOf(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  });
  await until(
    () => listRunning(get().client, [EXPORT_WORKFLOW_TYPE]),
    (running) => running.some((one) => one.workflowId === workflowId),
  );
}

test('an export that gave up is told of a corrected configuration although the signal was lost', async () => {
  const bucket = await server.newBucket();
  const name = newName();
  const exporting = (keys: object) =>
    file(name, { dataCollection: 'siem', export: exportConfig(server.endpoint, bucket.name, { ...keys }) });
  const collectorId = await newCollector();
  const { _id } = await editor().create(collectorId, exporting(S3_KEYS.reader), { actor });
  await until(
    () => exportStatusOf(collections, _id),
    (status) => status?.problem?.gaveUp === true,
  );
  const { round, troubles } = reconciling();
  await round();
  const attempts = async () => (await raw(collections).exports.findOne({ _id }))?.problem?.since;
  const since = await attempts();

  const options = { collections, client: deafClient(get().client), allowInsecure: true, keyring: testKeyring };
  await new SourceEditor(options).replace(collectorId, _id, exporting(S3_KEYS.writer), { actor });
  expect(await attempts()).toBe(since);
  await round();
  const healed = await until(
    () => exportStatusOf(collections, _id),
    (status) => status?.state === 'Exporting' && status.records > 0,
  );
  expect(healed?.problem).toBeUndefined();
  expect(troubles).toEqual([]);

  // And that it exports no longer.
  const withoutExport = file(name, { export: undefined });
  await new SourceEditor(options).replace(collectorId, _id, withoutExport, { actor });
  await round();
  await until(
    () => statusOf(exportIdOf(_id)),
    (status) => status === 'COMPLETED',
  );
  await round();
  const { version } = (await raw(collections).sources.findOne({ _id })) ?? {};
  expect((await raw(collections).exports.findOne({ _id }))?.seenVersion).toBe(version);
});

test('an export of another installation with the same ID is neither signalled nor joined, but reported', async () => {
  const bucket = await server.newBucket();
  const collectorId = await newCollector();
  const name = newName();
  const { _id } = await editor().create(collectorId, file(name), { actor });
  const workflowId = exportIdOf(_id);
  await startedExport(workflowId, _id, randomUUID());
  const exporting = file(name, { export: exportConfig(server.endpoint, bucket.name) });
  await editor().replace(collectorId, _id, exporting, { actor });
  await raw(collections).exports.updateOne({ _id }, { $set: { updatedAt: new Date(0) } });
  const { round, troubles, terminated } = reconciling();
  await round();
  expect(troubles).toEqual([expect.stringContaining(`${workflowId} belongs to another installation`)]);
  expect(terminated).toEqual([]);
  const { events } = await handleOf(workflowId).fetchHistory();
  expect(events?.map((event) => event.workflowExecutionSignaledEventAttributes ?? 'none')).toEqual(['none', 'none']);

  await handleOf(workflowId).terminate('no longer needed');
  await round();
  // Ours has begun, and has looked at its configuration.
  await until(
    () => raw(collections).exports.findOne({ _id }),
    (known) => known?.seenVersion === 2,
  );
});

test('what a backfill stores of a stopped source is exported, and until then the export is not said to be complete', async () => {
  const bucket = await server.newBucket();
  const [name, collectorId] = [newName(), await newCollector()];
  const siem = { dataCollection: 'siem', siemTypes: ['receipt'] };
  const { _id } = await editor().create(collectorId, file(name, siem), { actor });
  const records = raw(collections).records('receipt');
  const statusUntil = (isWanted: (status: SourceStatus) => boolean) =>
    until(() => get().service.status(String(_id)), isWanted);
  await statusUntil(({ snapshot }) => snapshot?.streams[0]?.caughtUp === true && snapshot.totals.stored > 0);
  // Before there is an export, so that it is new to it when it is stored again.
  await records.deleteOne({ _sourceId: _id });
  const exporting = file(name, { ...siem, export: exportConfig(server.endpoint, bucket.name) });
  await editor().replace(collectorId, _id, exporting, { actor });
  await get().service.stop(String(_id));
  await until(
    () => exportStatusOf(collections, _id),
    (status) => status?.state === 'Stopped',
  );
  const before = (await exportStatusOf(collections, _id))?.records ?? 0;
  await until(
    () => statusOf(exportIdOf(_id)),
    (status) => status === 'COMPLETED',
  );

  const rereads = new RereadService({ collections, client: get().client });
  await rereads.start('backfill', String(_id), {});
  const { report } = await until(
    () => rereads.report('backfill', _id),
    ({ state }) => state === 'COMPLETED',
  );
  expect(report?.totals.restored).toBe(1);
  expect(await exportStatusOf(collections, _id)).toMatchObject({ state: 'Exporting', records: before });
  await raw(collections).exports.updateOne({ _id }, { $set: { updatedAt: new Date(0) } });
  const { round, troubles } = reconciling();
  await round();
  const after = await until(
    () => exportStatusOf(collections, _id),
    (status) => status?.state === 'Stopped',
  );
  expect(after?.records).toBe(before + 1);
  expect(troubles).toEqual([]);
});

describe('an export without a stored source', () => {
  let orphans = 900_000;

  async function newOrphan(installation: string, isDeleted: boolean): Promise<string> {
    orphans += 1;
    const sourceId = orphans;
    await startedExport(exportIdOf(sourceId), sourceId, installation);
    const entry = { actor, action: 'source.delete', sourceId };
    if (isDeleted) await audited(collections, entry, async () => ({ result: undefined }));
    return exportIdOf(sourceId);
  }

  test('is ended when its source is known to be deleted', async () => {
    const { id } = await collections.installation();
    const workflowId = await newOrphan(id, true);
    const { round, terminated, troubles } = reconciling();
    await round();
    expect(await statusOf(workflowId)).toBe('TERMINATED');
    expect(terminated).toEqual([{ workflowId, reason: `Source ${orphans} was deleted` }]);
    expect(troubles).toEqual([]);
  });

  test('has some time to end by itself', async () => {
    const { id } = await collections.installation();
    const workflowId = await newOrphan(id, true);
    const { round, terminated } = reconciling(undefined, 60_000);
    for (let rounds = 0; rounds < 2; rounds += 1) await round();
    expect(await statusOf(workflowId)).toBe('RUNNING');
    expect(terminated).toEqual([]);
  });

  test('is reported and left alone when nothing is known of a deletion', async () => {
    const { id } = await collections.installation();
    const workflowId = await newOrphan(id, false);
    const { round, troubles } = reconciling();
    await round();
    expect(await statusOf(workflowId)).toBe('RUNNING');
    expect(troubles).toEqual([expect.stringContaining(`The workflow ${workflowId} runs, but there is no source`)]);
  });

  test('is not touched when it belongs to another installation', async () => {
    const workflowId = await newOrphan(randomUUID(), true);
    const { round, troubles, terminated } = reconciling();
    await round();
    expect(await statusOf(workflowId)).toBe('RUNNING');
    expect({ terminated, troubles }).toEqual({ terminated: [], troubles: [] });
  });
});

test('an export that runs under a former name of the installation is ended', async () => {
  const { id } = await collections.installation();
  const workflowId = 'mimecast-source-north-910001-export';
  await startedExport(workflowId, 910_001, id);
  await audited(collections, { actor, action: 'source.delete', sourceId: 910_001 }, async () => ({
    result: undefined,
  }));
  const { round, terminated } = reconciling();
  await round();
  expect(terminated.map((ended) => ended.workflowId)).toContain(workflowId);
});
