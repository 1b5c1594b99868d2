/** An installation in the test's own process: a database, a service for it, and a worker with its reconciler. */

import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import { Reconciler, type TerminatedWorkflow } from '../../src/management/reconcile/reconciler.js';
import { reconcilerTurn } from '../../src/management/reconcile/reconciler-turn.js';
import { Reconciliation } from '../../src/management/reconcile/reconciliation.js';
import type { VersionMove } from '../../src/management/reconcile/version-moves.js';
import { SourceService } from '../../src/management/sources/source-service.js';
import type { E2eStack } from './e2e-stack.js';
import { collectionsIn } from './raw-collections.js';
import { testDatabase } from './test-database.js';
import { testKeyring } from './test-keyring.js';
import { startTestWorker, type TestWorkerOptions } from './test-worker.js';
import { until } from './until.js';

const ROUND_MS = 50;

export type TestInstallation = ReturnType<typeof testInstallation>;

/** Call it outside of tests and hooks. @param name as `MIMECAST_INSTALLATION` gives it. */
export function testInstallation(stack: () => E2eStack, name?: string) {
  const { db, name: database } = testDatabase();
  const collections = collectionsIn(db, name);
  const errors: string[] = [];
  const terminated: TerminatedWorkflow[] = [];
  const moved: VersionMove[] = [];
  let rounds = 0;
  const access = () => ({ collections, client: stack().client, allowInsecure: true, keyring: testKeyring });
  const service = () => new SourceService(access());

  return {
    database,
    collections,
    access,
    service,
    errors: errors,
    terminated,
    moved,
    /** Starts a worker with a reconciler that hardly rests; both end with the test. @returns ends them before. */
    async startWorker(options: TestWorkerOptions = {}): Promise<() => Promise<void>> {
      const { env, client } = stack();
      // A connection takes one worker of a task queue.
      const connection = await NativeConnection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
      const stopWorker = await startTestWorker(connection, client.options.namespace, collections, options);
      const reconciliation = new Reconciliation({ ...access(), sources: service(), version: options.version });
      const reconciler = new Reconciler({
        service: {
          startMissing: (listener) =>
            reconciliation.startMissing(listener).finally(() => {
              rounds += 1;
            }),
        },
        turn: reconcilerTurn(collections, 'temporal', options.version, { holder: randomUUID() }),
        intervalMs: ROUND_MS,
        onStarted: () => undefined,
        onError: (error) => errors.push(String(error)),
        onMoved: (move) => moved.push(move),
        onTerminated: (ended) => terminated.push(ended),
      }).start();
      let isStopped = false;
      const stop = async () => {
        if (isStopped) return;
        isStopped = true;
        await reconciler.close();
        await stopWorker();
        await connection.close();
      };
      onTestFinished(stop);
      return stop;
    },
    /** Waits for whole rounds of the reconciler. */
    async passRounds(count: number): Promise<void> {
      const from = rounds;
      await until(
        () => rounds,
        // The one that is under way may have begun before.
        (now) => now > from + count,
      );
    },
  };
}
