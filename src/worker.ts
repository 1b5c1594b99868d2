/** The worker: runs workflows and activities until it is told to stop (SIGINT, SIGTERM, SIGHUP). */

import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { failureInterceptor } from './activities/failure-interceptor.js';
import { createActivities } from './activities/index.js';
import { readEnvironment } from './config/environment.js';
import { readTemporalConfig } from './config/temporal.js';
import { Reconciler } from './management/reconciler.js';
import { Reconciliation } from './management/reconciliation.js';
import { ensureSearchAttributes } from './management/search-attributes.js';
import { SourceService } from './management/source-service.js';
import { connectTemporal } from './management/temporal-client.js';
import { untilAborted } from './runtime/aborted.js';
import { watchCache } from './runtime/cache-watch.js';
import { keyringOf } from './runtime/keyring.js';
import { createLogger, installTemporalLogger } from './runtime/logger.js';
import { messageOf, runProgram } from './runtime/program.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { stopOnSignals } from './runtime/stop-signals.js';
import { workerLimits } from './runtime/worker-limits.js';
import { workflowCode } from './runtime/workflow-code.js';
import type { Keyring } from './secrets/keyring.js';
import { TASK_QUEUE } from './source/contract.js';
import { type Collections, collectionsOf } from './store/collections.js';
import { openDatabase } from './store/database.js';

async function main(): Promise<void> {
  const env = environmentWithStack();
  const environment = readEnvironment(env);
  const logger = createLogger(environment.logLevel, 'worker');
  installTemporalLogger(logger);
  const { signal: stopping } = stopOnSignals((signal) => logger.info({ signal }, 'worker is stopping'));
  const keyring = keyringOf(env, (notice) => logger.warn(notice));
  const database = openDatabase({
    uri: environment.mongodbUri,
    name: environment.mongodbDb,
    appName: 'mimecast-worker',
  });
  try {
    const collections = collectionsOf(database.db);
    const shared = { collections, keyring, allowInsecure: environment.allowInsecure };
    const opening = openWorker(env, shared, await workflowCode(), logger);
    const opened = await Promise.race([opening, untilAborted(stopping)]);
    if (!opened) return;
    const { worker, connection, namespace } = opened;
    try {
      const client = new Client({ connection, namespace });
      const reconciler = createReconciler(client, shared, logger).start();
      const { maxCachedWorkflows: cached } = worker.options;
      const endWatch = watchCache(client, cached, logger);
      logger.info({ taskQueue: TASK_QUEUE, namespace, database: environment.mongodbDb, cached }, 'worker ready');
      await runUntilStopped(worker, stopping).finally(() => {
        endWatch();
        return reconciler.close();
      });
    } finally {
      await connection.close();
    }
  } finally {
    await database.close();
    if (stopping.aborted) logger.info('worker stopped');
  }
}

interface Shared {
  readonly collections: Collections;
  readonly keyring: Keyring;
  readonly allowInsecure: boolean;
}

function createWorker(
  connection: NativeConnection,
  namespace: string,
  { collections, keyring, allowInsecure }: Shared,
  workflows: Awaited<ReturnType<typeof workflowCode>>,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    ...workflows,
    activities: createActivities({ collections, allowInsecure, keyring }),
    interceptors: { activity: [failureInterceptor] },
    ...workerLimits(),
  });
}

function createReconciler(client: Client, shared: Shared, logger: Logger): Reconciler {
  return new Reconciler({
    service: new Reconciliation({ ...shared, client, sources: new SourceService({ ...shared, client }) }),
    onStarted: (started) => logger.info(started, 'started a stored source that had no running workflow'),
    onTrouble: (error) => logger.warn(`the stored sources could not be reconciled: ${messageOf(error)}`),
  });
}

/** It ends in good order: it takes no more work, and what runs is stored. */
async function runUntilStopped(worker: Worker, stopping: AbortSignal): Promise<void> {
  const running = worker.run();
  const shutDown = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stopping.addEventListener('abort', shutDown, { once: true });
  if (stopping.aborted) shutDown();
  await running;
}

interface OpenedWorker {
  readonly worker: Worker;
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** Waits until Temporal answers, however long that takes, and makes the search attributes that are missing. */
async function openWorker(
  env: NodeJS.ProcessEnv,
  shared: Shared,
  workflows: Awaited<ReturnType<typeof workflowCode>>,
  logger: Logger,
): Promise<OpenedWorker> {
  const { connectionOptions } = readTemporalConfig(env);
  for (;;) {
    let connection: NativeConnection | undefined;
    try {
      const temporal = await connectTemporal(env);
      const { namespace } = temporal;
      await ensureSearchAttributes(temporal.connection, namespace).finally(temporal.close);
      connection = await NativeConnection.connect(connectionOptions);
      return { worker: await createWorker(connection, namespace, shared, workflows), connection, namespace };
    } catch (error) {
      await connection?.close();
      logger.warn(`${messageOf(error)} Trying again in 5 s.`);
      await pause(5_000);
    }
  }
}

await runProgram(
  new Command('worker')
    .description('Runs the workflows and activities of Mimecast sources. Configured by environment: see the README.')
    .action(main),
);
// What still waits for a Temporal that is away must not keep a stopped worker alive.
process.exit();
