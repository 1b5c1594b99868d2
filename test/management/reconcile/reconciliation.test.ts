/** Rounds of reconciliation beside programs that fail, die, or do something else at the same time. */

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../../src/domain/contract/contract.js';
import { INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import { audited } from '../../../src/management/audited.js';
import { SourceEditor } from '../../../src/management/sources/source-editor.js';
import { SourceRemoval } from '../../../src/management/sources/source-removal.js';
import { runningSources } from '../../../src/management/temporal/ownership.js';
import { Keyring } from '../../../src/secrets/keyring.js';
import { deafClient } from '../../support/deaf-client.js';
import { Died, dyingAt } from '../../support/dying.js';
import { raw, withMethods } from '../../support/raw-collections.js';
import { reconciliationStack } from '../../support/reconciliation-stack.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const stack = reconciliationStack();
const { get, collections, actor, access, editor, file, newName, newCollector, newSource } = stack;
const { handleOf, isRunning, reconciling } = stack;

const trailOf = (filter: object) => raw(collections).auditTrail.find(filter).sort({ at: 1 }).toArray();

test('a secret whose key is lost is reported, and holds up none of the other sources', async () => {
  const collectorId = await newCollector();
  const lostRing = Keyring.parse(`lost:${Buffer.alloc(32, 5).toString('base64')}`);
  const name = newName();
  const { _id } = await editor(lostRing).create(collectorId, file(name), { actor });
  const other = await newSource(collectorId);
  await handleOf(other).terminate('by hand');
  const { prepare, round, troubles } = reconciling();
  await prepare();
  await round();
  expect(await isRunning(other)).toBe(true);
  expect(troubles).toEqual([
    expect.stringContaining(`Source ${_id}: The client secret was encrypted with the key "lost"`),
  ]);
  // Typed again, the secret mends it.
  const { version } = await editor().replace(collectorId, _id, file(name), { actor });
  expect(version).toBe(2);
  await until(
    () => get().service.status(String(_id)),
    ({ state }) => state === 'Collecting',
  );
  await round();
  expect(troubles).toHaveLength(1);
});

test('what ends properly after a remove is left to end, however often there is a round', async () => {
  const collectorId = await newCollector();
  const { round } = reconciling();
  let going = true;
  const rounds = (async () => {
    while (going) await round();
  })();
  onTestFinished(() => {
    going = false;
  });
  for (let times = 0; times < 5; times += 1) {
    const sourceId = await newSource(collectorId);
    await get().service.stop(String(sourceId), { remove: true });
    expect((await handleOf(sourceId).describe()).status.name).toBe('COMPLETED');
  }
  going = false;
  await rounds;
});

describe('a workflow without a stored source', () => {
  let orphans = 700_000;

  /** @param installation whose it says that it is. */
  async function newOrphan(installation: string): Promise<number> {
    orphans += 1;
    const sourceId = orphans;
    const args = [{ sourceId, name: 'orphan', collector: '', installation }];
    const workflowId = workflowIdOf(sourceId);
    const options = { workflowId, taskQueue: TASK_QUEUE, args, memo: { [INSTALLATION_MEMO]: installation } };
    await get().client.workflow.start(WORKFLOW_TYPE, options);
    await until(
      () => runningSources(get().client, {}),
      (running) => running.some((one) => one.sourceId === sourceId),
    );
    return sourceId;
  }

  const deletionOf = async (sourceId: number) => {
    const entry = { actor, action: 'source.delete', sourceId };
    await audited(collections, entry, async () => ({ result: undefined }));
  };

  test('ends when its deletion is known, and leaves no health event open and a trace', async () => {
    const { id } = await collections.installation();
    const sourceId = await newOrphan(id);
    const open = () =>
      raw(collections).healthEvents.countDocuments({ sourceId, status: 'UnHealthy', resolvedAt: { $exists: false } });
    await until(open, (count) => count > 0);
    await deletionOf(sourceId);
    const { round, terminated } = reconciling();
    await round();
    expect(await isRunning(sourceId)).toBe(false);
    expect(await open()).toBe(0);
    const workflowId = workflowIdOf(sourceId);
    expect(terminated).toEqual([{ workflowId, reason: `Source ${sourceId} was deleted` }]);
    expect(await trailOf({ action: 'source.terminate', sourceId })).toMatchObject([
      { actor: 'reconciler', name: workflowId, outcome: 'done' },
    ]);
  });

  test('is reported and left alone when nothing is known of a deletion', async () => {
    const { id } = await collections.installation();
    const sourceId = await newOrphan(id);
    const { round, terminated, troubles } = reconciling();
    await round();
    expect(await isRunning(sourceId)).toBe(true);
    expect(terminated).toEqual([]);
    expect(troubles).toEqual([
      expect.stringContaining(`there is no source ${sourceId} in MongoDB and no record of its deletion`),
    ]);
    await handleOf(sourceId).terminate('the test is over');
  });

  test('is not touched when it belongs to another installation', async () => {
    const sourceId = await newOrphan(randomUUID());
    await deletionOf(sourceId);
    const { round, terminated, troubles } = reconciling();
    await round();
    expect(await isRunning(sourceId)).toBe(true);
    expect({ terminated, troubles }).toEqual({ terminated: [], troubles: [] });
    await handleOf(sourceId).terminate('the test is over');
  });

  test('is one of a few at a time that end', async () => {
    const { id } = await collections.installation();
    const ids = await Promise.all(Array.from({ length: 7 }, () => newOrphan(id)));
    for (const sourceId of ids) await deletionOf(sourceId);
    const { round, terminated } = reconciling();
    await round();
    expect(terminated).toHaveLength(5);
    await until(
      async () => {
        await round();
        return terminated.length;
      },
      (count) => count === 7,
    );
  });
});

test('what runs under a former name of the installation ends; what was started under an ID of its own does not', async () => {
  const { id } = await collections.installation();
  const [former, own] = ['mimecast-source-north-800001', 'tried-by-hand'];
  for (const workflowId of [former, own]) {
    const args = [{ sourceId: 800_001, installation: id }];
    await get().client.workflow.start(WORKFLOW_TYPE, { workflowId, taskQueue: TASK_QUEUE, args });
  }
  const statusOf = async (workflowId: string) =>
    (await get().client.workflow.getHandle(workflowId).describe()).status.name;
  const { round, terminated } = reconciling();
  await until(
    async () => {
      await round();
      return statusOf(former);
    },
    (status) => status === 'TERMINATED',
  );
  const reason = 'The installation was renamed: the source runs as mimecast-source-800001';
  expect(terminated).toEqual([{ workflowId: former, reason }]);
  expect(await statusOf(own)).toBe('RUNNING');
  await get().client.workflow.getHandle(own).terminate('the test is over');
});

describe('deletions', () => {
  test('a source that was stored while its collector was being deleted goes as well', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    await raw(collections).collectors.deleteOne({ _id: collectorId });
    const { round } = reconciling();
    await until(
      async () => {
        await round();
        return raw(collections).sources.countDocuments({ _id: sourceId });
      },
      (count) => count === 0,
    );
    // The document goes first, and then the workflow ends.
    await until(
      () => isRunning(sourceId),
      (running) => !running,
    );
    expect(await trailOf({ sourceId, action: 'source.delete' })).toMatchObject([
      { actor: 'reconciler', outcome: 'done' },
    ]);
  });

  test('of a collector that dies half-way: each of its sources has its entry in the audit trail', async () => {
    const collectorId = await newCollector();
    const sources = [await newSource(collectorId), await newSource(collectorId)];
    const isMarked = async () =>
      (await raw(collections).collectors.findOne({ _id: collectorId }))?.deletingAt !== undefined;
    for (let step = 1; !(await isMarked()); step += 1) {
      const dying = dyingAt(access(), step, 'after');
      await expect(new SourceRemoval(dying).removeCollector(collectorId, actor, 0)).rejects.toThrow(Died);
    }
    const { round } = reconciling();
    await until(
      async () => {
        await round();
        return raw(collections).collectors.countDocuments({ _id: collectorId });
      },
      (count) => count === 0,
    );
    const entries = await trailOf({ action: 'source.delete', sourceId: { $in: sources } });
    expect(entries.map(({ sourceId }) => sourceId).sort()).toEqual(sources.sort());
  });

  test('two at once are one deletion in the audit trail', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    const remove = () => new SourceRemoval(access()).removeSource(collectorId, sourceId, actor).catch(() => undefined);
    await Promise.all([remove(), remove(), remove()]);
    const outcomes = (await trailOf({ sourceId, action: 'source.delete' })).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
  });
});

describe('changes', () => {
  test('each one whose signal is lost is announced by the next round', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    const { name = '' } = (await raw(collections).sources.findOne({ _id: sourceId })) ?? {};
    const { round } = reconciling();
    for (const description of ['first', 'second']) {
      await lostSignal(collectorId, sourceId, file(name, { description }));
      await round();
      await until(
        () => raw(collections).sources.findOne({ _id: sourceId }),
        (source) => source?.seenVersion === source?.version,
      );
    }
    expect((await raw(collections).sources.findOne({ _id: sourceId }))?.version).toBe(3);
  });

  test('many at once that name no version are all made, one after the other', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    const { name = '' } = (await raw(collections).sources.findOne({ _id: sourceId })) ?? {};
    const replaced = ['a', 'b', 'c'].map((description) =>
      editor().replace(collectorId, sourceId, file(name, { description }), { actor }),
    );
    expect((await Promise.all(replaced)).map(({ version }) => version).sort()).toEqual([2, 3, 4]);
  });

  test('of those that name one, all but the first are refused', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    const { name = '' } = (await raw(collections).sources.findOne({ _id: sourceId })) ?? {};
    const mayReplace = ({ version }: { readonly version: number }) => version === 1;
    const replaced = ['a', 'b'].map((description) =>
      editor().replace(collectorId, sourceId, file(name, { description }), { actor, mayReplace }),
    );
    const outcomes = await Promise.allSettled(replaced);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

test('a change that was made is not reported as failed because its note could not be completed', async () => {
  const replaceOne = () => Promise.reject(new Error('away'));
  const failing = withMethods(collections, /^audit_trail$/, () => ({ replaceOne }));
  const change = async () => ({ result: 'changed' });
  expect(await audited(failing, { actor, action: 'x.y' }, change)).toBe('changed');
  expect(await trailOf({ action: 'x.y' })).toMatchObject([{ outcome: 'begun' }]);
});

/** A change is stored, and the program dies before its workflow hears of it. */
async function lostSignal(collectorId: number, sourceId: number, json: unknown): Promise<void> {
  const options = { collections, client: deafClient(get().client), allowInsecure: true, keyring: testKeyring };
  await new SourceEditor(options).replace(collectorId, sourceId, json, { actor });
}
