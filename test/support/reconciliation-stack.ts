/** Rounds of reconciliation on a stack of its own, with a worker. */

import { beforeAll } from 'vitest';
import { workflowIdOf } from '../../src/domain/contract/contract.js';
import { CollectorService } from '../../src/management/collectors/collector-service.js';
import type { TerminatedWorkflow } from '../../src/management/reconcile/reconciler.js';
import { Reconciliation } from '../../src/management/reconcile/reconciliation.js';
import { SourceEditor } from '../../src/management/sources/source-editor.js';
import { SourceService } from '../../src/management/sources/source-service.js';
import { e2eStack, sourceFile } from './e2e-stack.js';
import { testKeyring } from './test-keyring.js';
import { until } from './until.js';

/** Call it outside of tests and hooks. */
export function reconciliationStack() {
  const { get, collections } = e2eStack({ historyMs: 60_000, historyRate: 10, rate: 0 });
  const actor = 'test';

  beforeAll(async () => {
    await collections.ensureIndexes();
    await get().startWorker();
  });

  const access = () => ({ collections, client: get().client });
  const editor = (keyring = testKeyring) => new SourceEditor({ ...access(), allowInsecure: true, keyring });
  const file = (name: string, more: Readonly<Record<string, unknown>> = {}) =>
    sourceFile(get().simulator, { name, pollInterval: '1m', dataCollection: ['dlp'], ...more });

  let made = 0;
  const newName = () => {
    made += 1;
    return `reconciled ${made}`;
  };
  const newCollector = async () => (await new CollectorService(collections).create({ name: newName() }, { actor }))._id;

  async function newSource(collectorId: number, name = newName()): Promise<number> {
    const { _id } = await editor().create(collectorId, file(name), { actor });
    await until(
      () => get().service.status(String(_id)),
      ({ state }) => state === 'Collecting',
    );
    return _id;
  }

  const handleOf = (sourceId: number) => get().client.workflow.getHandle(workflowIdOf(sourceId));
  const isRunning = async (sourceId: number) => (await handleOf(sourceId).describe()).status.name === 'RUNNING';

  /** A reconciliation, and its rounds. @param exportEndMs see `ReconciliationOptions`; default 0. */
  function reconciling(of = access(), exportEndMs = 0) {
    const troubles: string[] = [];
    const terminated: TerminatedWorkflow[] = [];
    const sources = new SourceService({ ...of, allowInsecure: true, keyring: testKeyring });
    const reconciliation = new Reconciliation({ ...of, sources, changeAgeMs: 0, exportEndMs });
    const onError = (error: unknown) => troubles.push(String(error));
    const onTerminated = (ended: TerminatedWorkflow) => terminated.push(ended);
    const listener = { onStarted: () => undefined, onError, onTerminated };
    return {
      ...{ troubles, terminated },
      prepare: () => reconciliation.prepare(listener),
      round: () => reconciliation.startMissing(listener),
    };
  }

  return {
    get,
    collections,
    actor,
    access,
    editor,
    file,
    newName,
    newCollector,
    newSource,
    handleOf,
    isRunning,
    reconciling,
  };
}
