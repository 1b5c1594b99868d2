/**
 * The server is killed at every step of creating, changing and deleting a source or a collector. Whatever it leaves
 * behind, a reconciliation brings the stored sources and the running workflows into line.
 */

import { ObjectId } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { INSTALLATION_MEMO } from '../../../src/domain/contract/installation.js';
import { CollectorService } from '../../../src/management/collectors/collector-service.js';
import { Reconciliation } from '../../../src/management/reconcile/reconciliation.js';
import { SourceEditor } from '../../../src/management/sources/source-editor.js';
import { SourceRemoval } from '../../../src/management/sources/source-removal.js';
import { Died, type Dying, dyingAt } from '../../support/dying.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 60_000, historyRate: 10, rate: 0 });

beforeAll(async () => {
  await collections.ensureIndexes();
  await get().startWorker();
});

const file = (name: string, more: Readonly<Record<string, unknown>> = {}) =>
  sourceFile(get().simulator, { name, pollInterval: '1m', dataCollection: ['dlp'], ...more });
const access = () => ({ collections, client: get().client });
const editor = (of: Pick<Dying, 'collections' | 'client'>) =>
  new SourceEditor({ ...of, allowInsecure: true, keyring: testKeyring });

let made = 0;
const newName = () => {
  made += 1;
  return `killed ${made}`;
};
const newCollector = async () =>
  (await new CollectorService(collections).create({ name: newName() }, { actor: 'test' }))._id;

async function newSource(collectorId: number): Promise<number> {
  const { _id } = await editor(access()).create(collectorId, file(newName()), { actor: 'test' });
  await until(
    () => get().service.status(String(_id)),
    ({ state }) => state === 'Collecting',
  );
  return _id;
}

/** Runs an operation on a program that dies at its first step, then at its second, … until it has one step too few to die. */
async function killAtEveryStep(
  prepare: () => Promise<(of: Dying) => Promise<unknown>>,
  check: () => Promise<void>,
): Promise<number> {
  let steps = 0;
  for (const when of ['before', 'after'] as const) {
    for (let step = 1; ; step += 1) {
      const operation = await prepare();
      const dying = dyingAt(access(), step, when);
      const outcome = await operation(dying).then(
        () => 'done',
        (error: unknown) => (error instanceof Died ? 'died' : Promise.reject(error)),
      );
      await reconciled();
      await check();
      if (outcome === 'done') break;
      steps += 1;
    }
  }
  return steps;
}

/** Reconciles until nothing is left to do, and demands that what is stored is what runs. */
async function reconciled(): Promise<void> {
  const troubles: unknown[] = [];
  const reconciliation = new Reconciliation({ ...access(), sources: get().service, changeAgeMs: 0 });
  const round = () =>
    reconciliation.startMissing({ onStarted: () => undefined, onError: (error) => troubles.push(error) });
  await until(
    async () => {
      await round();
      const stored = await raw(collections).sources.find().sort({ _id: 1 }).toArray();
      const deleting = await raw(collections).collectors.countDocuments({ deletingAt: { $exists: true } });
      const ids = stored.map(({ _id }) => _id).filter((id) => id > settledUntil);
      return { stored: ids, running: await runningIds(), behind: behindOf(stored), deleting };
    },
    ({ stored, running, behind, deleting }) =>
      JSON.stringify(stored) === JSON.stringify(running) && behind + deleting === 0,
    { everyMs: 100 },
  );
  expect(troubles).toEqual([]);
}

function behindOf(
  stored: readonly { readonly version: number; readonly seenVersion?: number; readonly deletingAt?: Date }[],
) {
  return stored.filter(({ version, seenVersion, deletingAt }) => seenVersion !== version || deletingAt !== undefined)
    .length;
}

const highestId = async () => (await raw(collections).counters.findOne({ _id: 'source' }))?.value ?? 0;

/** Sources up to this one are not looked at: a look takes a call for each. The last test looks at all of them again. */
let settledUntil = 0;

const settleEarlier = async () => {
  settledUntil = await highestId();
};

/** By what Temporal itself says of each workflow that was started here: its index lags behind. */
async function runningIds(): Promise<number[]> {
  const ids = Array.from({ length: (await highestId()) - settledUntil }, (_, index) => settledUntil + index + 1);
  const states = await Promise.all(
    ids.map((id) =>
      get()
        .client.workflow.getHandle(workflowIdOf(id))
        .describe()
        .then(
          ({ status }) => status.name,
          () => 'NONE',
        ),
    ),
  );
  return ids.filter((_, index) => states[index] === 'RUNNING');
}

describe('killed at every step of', { sequential: true, timeout: 900_000 }, () => {
  test('creating a source', async () => {
    const collectorId = await newCollector();
    const steps = await killAtEveryStep(
      async () => (of) => editor(of).create(collectorId, file(newName()), { actor: 'test' }),
      async () => {
        for (const { name } of await raw(collections).sources.find().toArray()) expect(name).toMatch(/^killed/);
      },
    );
    expect(steps).toBeGreaterThanOrEqual(12);
  });

  test('changing a source', async () => {
    const collectorId = await newCollector();
    const sourceId = await newSource(collectorId);
    const { name } = (await raw(collections).sources.findOne({ _id: sourceId })) ?? {};
    let wish = 0;
    const steps = await killAtEveryStep(
      async () => {
        wish += 1;
        return (of) =>
          editor(of).replace(collectorId, sourceId, file(String(name), { description: String(wish) }), {
            actor: 'test',
          });
      },
      async () => {
        const source = await raw(collections).sources.findOne({ _id: sourceId });
        const { snapshot } = await until(
          () => get().service.status(String(sourceId)),
          (status) => status.snapshot?.version === source?.version,
        );
        expect(snapshot?.version).toBe(source?.version);
      },
    );
    expect(steps).toBeGreaterThanOrEqual(8);
  });

  test('deleting a source', async () => {
    const collectorId = await newCollector();
    let sourceId = 0;
    const steps = await killAtEveryStep(
      async () => {
        await settleEarlier();
        sourceId = await newSource(collectorId);
        return (of) => new SourceRemoval(of).removeSource(collectorId, sourceId, 'test');
      },
      async () => {
        const isStored = (await raw(collections).sources.findOne({ _id: sourceId })) !== null;
        const checkpoints = await raw(collections).checkpoints.countDocuments({ sourceId });
        expect(checkpoints > 0).toBe(isStored);
      },
    );
    expect(steps).toBeGreaterThanOrEqual(8);
  });

  test('deleting a collector with two sources', async () => {
    let collectorId = 0;
    const steps = await killAtEveryStep(
      async () => {
        await settleEarlier();
        collectorId = await newCollector();
        await newSource(collectorId);
        await newSource(collectorId);
        return (of) => new SourceRemoval(of).removeCollector(collectorId, 'test', 0);
      },
      async () => {
        const isStored = (await raw(collections).collectors.findOne({ _id: collectorId })) !== null;
        expect((await raw(collections).sources.countDocuments({ collectorId })) > 0).toBe(isStored);
      },
    );
    expect(steps).toBeGreaterThanOrEqual(16);
  });

  test('what is stored is what runs, of all that were ever made', async () => {
    settledUntil = 0;
    await reconciled();
  });

  test('the audit trail has every change that was made, and marks those that nobody saw the end of', async () => {
    const trail = await raw(collections).auditTrail.find().toArray();
    const created = trail.filter(({ action }) => action === 'source.create');
    const stored = await raw(collections).sources.find().toArray();
    for (const { name } of stored) expect(created.map((entry) => entry.name)).toContain(name);
    expect(new Set(trail.map(({ outcome }) => outcome))).toEqual(new Set(['begun', 'done']));
    expect(JSON.stringify(trail)).not.toContain('sim-secret');
  });
});

test('a workflow whose source was removed while it was being started is ended', async () => {
  const sourceId = 900_001;
  const { id: installation } = await collections.installation();
  await raw(collections).auditTrail.insertOne({
    ...{ _id: new ObjectId(), at: new Date(), actor: 'test', action: 'source.delete', sourceId, outcome: 'done' },
  });
  const args = [{ sourceId, name: 'orphan', collector: '', installation }];
  const workflowId = workflowIdOf(sourceId);
  const handle = await get().client.workflow.start('mimecastSource', {
    workflowId,
    taskQueue: 'mimecast-source',
    args,
    memo: { [INSTALLATION_MEMO]: installation },
  });
  const reconciliation = new Reconciliation({ ...access(), sources: get().service });
  await until(
    async () => {
      await reconciliation.startMissing({ onStarted: () => undefined, onError: () => undefined });
      return (await handle.describe()).status.name;
    },
    (status) => status === 'TERMINATED',
    { everyMs: 100 },
  );
});
