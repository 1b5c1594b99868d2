/** The worker: runs workflows and activities until it is told to stop (SIGINT, SIGTERM, SIGHUP). */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { createActivities } from './activities/index.js';
import { type Environment, readEnvironment } from './config/environment.js';
import { readTemporalConfig } from './config/temporal.js';
import { taskQueueOf } from './domain/contract/installation.js';
import type { WorkerVersion } from './domain/contract/worker-version.js';
import { proxiesOf } from './domain/hosts/proxies.js';
import { Reconciler } from './management/reconcile/reconciler.js';
import { reconcilerTurn } from './management/reconcile/reconciler-turn.js';
import { Reconciliation } from './management/reconcile/reconciliation.js';
import { SourceService } from './management/sources/source-service.js';
import { SourceWorkflows } from './management/sources/source-workflows.js';
import { isOwnRun } from './management/temporal/ownership.js';
import { ensureSearchAttributes } from './management/temporal/search-attributes.js';
import { connectTemporal } from './management/temporal/temporal-client.js';
import { PlacedClient } from './management/temporal/temporal-command.js';
import { temporalRefusalText } from './management/temporal/temporal-errors.js';
import { refuseSharedVersion, VersionConflictError } from './management/temporal/version-conflict.js';
import type { Observer } from './metrics/observer.js';
import { WORKER_METRICS } from './metrics/worker-metrics.js';
import { untilAborted } from './runtime/aborted.js';
import { type AlertSender, alertSender } from './runtime/alert-sender.js';
import { watchCache } from './runtime/cache-watch.js';
import { isGone, ownHolder } from './runtime/lease-holder.js';
import { createLogger, installTemporalLogger } from './runtime/logger.js';
import { onceInAWhile } from './runtime/once-in-a-while.js';
import { messageOf, runProgram } from './runtime/program.js';
import { keyringOf } from './runtime/program-keyring.js';
import { programMetrics } from './runtime/program-metrics.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { SourceWorker } from './runtime/source-worker.js';
import { stopOnSignals } from './runtime/stop-signals.js';
import { installMeasuredTemporal } from './runtime/temporal-metrics.js';
import { workerLimits } from './runtime/worker-limits.js';
import { workerReadiness } from './runtime/worker-readiness.js';
import { workflowCode } from './runtime/workflow-code.js';
import type { Keyring } from './secrets/keyring.js';
import { type Collections, collectionsOf } from './store/collections.js';
import { openDatabase } from './store/database.js';
import { InstallationNameError } from './store/installation-identity.js';

async function main(): Promise<void> {
  const env = environmentWithStack();
  const environment = readEnvironment(env);
  const logger = createLogger(environment.logLevel, 'worker');
  const { signal: stopping } = stopOnSignals((signal) => logger.info({ signal }, 'worker is stopping'));
  let polling: SourceWorker | undefined;
  const { metrics: place } = environment;
  const readiness = async () => workerReadiness(polling, stopping);
  const metrics = programMetrics({ place, definitions: WORKER_METRICS, readiness, logger });
  try {
    if (place === undefined) installTemporalLogger(logger);
    else metrics.addText(await installMeasuredTemporal(logger));
    await metrics.open();
    const { observer } = metrics;
    const onWorker = (worker: SourceWorker) => {
      polling = worker;
    };
    await work({ env, environment, logger, stopping, observer, onWorker });
  } finally {
    await metrics.close();
  }
}

interface Work {
  readonly env: NodeJS.ProcessEnv;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
  readonly observer: Observer;
  readonly onWorker: (worker: SourceWorker) => void;
}

async function work({ env, environment, logger, stopping, observer, onWorker }: Work): Promise<void> {
  const keyring = keyringOf(env, (notice) => logger.warn(notice));
  const database = openDatabase({
    uri: environment.mongodbUri,
    name: environment.mongodbDb,
    appName: 'mimecast-worker',
    observer,
  });
  let alerts: AlertSender | undefined;
  try {
    const collections = collectionsOf(database, environment.installation);
    const { allowInsecure, alertHosts, workerVersion: version } = environment;
    const shared = { collections, keyring, allowInsecure, version, observer };
    // It needs no Temporal: what is stored is told while that is away, too.
    alerts = alertSender({ collections, keyring, allowInsecure, alertHosts, observer, logger });
    const opening = openWorker(env, shared, await workflowCode(), logger);
    const opened = await Promise.race([opening, untilAborted(stopping)]);
    if (!opened) return;
    const { worker, connection, client, temporal } = opened;
    onWorker(worker);
    try {
      const reconciler = createReconciler(client, temporal, shared, logger).start();
      const installation = await shared.collections.installation();
      const taskQueue = taskQueueOf(installation);
      const { cachedWorkflows: cached } = worker;
      const endWatch = watchCache(client, installation, cached, logger);
      const { mongodbDb } = environment;
      const proxy = proxiesOf(env).proxies.https?.name;
      const { namespace } = client.options;
      logger.info({ taskQueue, namespace, database: mongodbDb, installation, cached, version, proxy }, 'worker ready');
      await runUntilStopped(worker, stopping).finally(() => {
        endWatch();
        return reconciler.close();
      });
    } finally {
      await connection.close();
    }
  } finally {
    await alerts?.close();
    await database.close();
    if (stopping.aborted) logger.info('worker stopped');
  }
}

interface Shared {
  readonly collections: Collections;
  readonly keyring: Keyring;
  readonly allowInsecure: boolean;
  readonly version: WorkerVersion | undefined;
  readonly observer: Observer;
}

async function createWorker(
  connection: NativeConnection,
  client: Client,
  shared: Shared,
  workflows: Awaited<ReturnType<typeof workflowCode>>,
): Promise<SourceWorker> {
  const { collections } = shared;
  const access = { collections, client };
  const running = new SourceWorkflows(access);
  return SourceWorker.create({
    connection,
    namespace: client.options.namespace,
    installation: await collections.installation(),
    activities: createActivities({ ...shared, wake: (sourceId) => running.signal(sourceId, 'collectNow') }),
    isOurs: (run, sourceId) => isOwnRun(access, run, sourceId),
    limits: workerLimits(),
    version: shared.version,
    workflows,
  });
}

function createReconciler(client: Client, temporal: string, shared: Shared, logger: Logger): Reconciler {
  return new Reconciler({
    turn: reconcilerTurn(shared.collections, temporal, shared.version, { holder: ownHolder(), isGone }),
    service: new Reconciliation({ ...shared, client, sources: new SourceService({ ...shared, client }) }),
    onStarted: (started) => logger.info(started, 'started a stored source that had no running workflow'),
    onTerminated: (ended) => logger.warn(ended, 'terminated a workflow'),
    onMoved: (move) => logger.info(move, 'a workflow moves to the version of this worker'),
    onError: onceInAWhile((text) => logger.warn(`reconciling the stored sources failed: ${text}`)),
  });
}

/** It ends in good order: it takes no more work, and what runs is stored. */
async function runUntilStopped(worker: SourceWorker, stopping: AbortSignal): Promise<void> {
  const running = worker.run();
  const shutDown = () => worker.shutdown();
  stopping.addEventListener('abort', shutDown, { once: true });
  if (stopping.aborted) shutDown();
  await running;
}

interface OpenedWorker {
  readonly worker: SourceWorker;
  readonly connection: NativeConnection;
  readonly client: Client;
  /** Address and namespace. */
  readonly temporal: string;
}

/**
 * Waits until MongoDB and Temporal answer, however long that takes, and makes the search attributes that are missing.
 *
 * @throws InstallationNameError VersionConflictError
 */
async function openWorker(
  env: NodeJS.ProcessEnv,
  shared: Shared,
  workflows: Awaited<ReturnType<typeof workflowCode>>,
  logger: Logger,
): Promise<OpenedWorker> {
  const { connectionOptions, namespace = 'default', address } = readTemporalConfig(env);
  const temporal = `${address}/${namespace}`;
  for (;;) {
    let connection: NativeConnection | undefined;
    try {
      await shared.collections.installation();
      const operator = await connectTemporal(env);
      await ensureSearchAttributes(operator.connection, { address, namespace }).finally(operator.close);
      connection = await NativeConnection.connect(connectionOptions);
      const client = new PlacedClient({ connection, namespace }, address);
      if (shared.version !== undefined) await refuseSharedVersion({ ...shared, client }, shared.version);
      return { worker: await createWorker(connection, client, shared, workflows), connection, client, temporal };
    } catch (error) {
      await connection?.close();
      if (error instanceof InstallationNameError || error instanceof VersionConflictError) throw error;
      logger.warn(`${temporalRefusalText(error, { address, namespace }) ?? messageOf(error)} Trying again in 5 s.`);
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
