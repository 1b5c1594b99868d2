/** A whole stack for one test file: a Temporal server of its own, the run's MongoDB, a simulator, and workers. */

import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { startTemporal } from '../../devstack/temporal.js';
import type { SimulatorOptions } from '../../simulator/options/options.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { DATA_COLLECTIONS } from '../../src/domain/streams/streams.js';
import { SourceService } from '../../src/management/sources/source-service.js';
import { interceptors } from '../../src/management/temporal/temporal-client.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { quietRuntime } from './quiet-runtime.js';
import { collectionsIn } from './raw-collections.js';
import { temporaryFolder } from './temporary-folder.js';
import { testDatabase } from './test-database.js';
import { TEST_KEYS, testKeyring } from './test-keyring.js';
import { startTestWorker, type TestWorkerOptions } from './test-worker.js';

export interface E2eStack {
  readonly simulator: Simulator;
  readonly service: SourceService;
  readonly folder: string;
  /** By which another process reaches the servers. */
  readonly env: Readonly<Record<string, string>>;
  readonly client: Client;
  /** The Temporal server's own figures, as Prometheus reads them. */
  readonly metricsUrl: string;
  /** A worker in this process. @returns ends it. */
  startWorker(options?: Pick<TestWorkerOptions, 'keyring'>): Promise<() => Promise<void>>;
}

/** All have the task queue that programs use, hence the Temporal server of its own. Call it outside of tests and hooks. */
export function e2eStack(simulatorOptions: SimulatorOptions) {
  quietRuntime();
  const database = testDatabase();
  const collections = collectionsIn(database.db);
  const closing: (() => unknown)[] = [];
  let stack: E2eStack | undefined;

  beforeAll(async () => {
    const folder = temporaryFolder();
    closing.push(() => folder.remove());
    const { temporal: executable } = await findExecutables(['temporal']);
    const temporal = await temporalOnFreePorts(executable, join(folder.path, 'temporal.log'));
    closing.push(() => temporal.stop());
    const simulator = await startSimulator(simulatorOptions);
    closing.push(() => simulator.close());
    const { address, namespace } = temporal;
    const connection = await Connection.connect({ address, interceptors: interceptors() });
    closing.push(() => connection.close());
    const client = new Client({ connection, namespace });
    const native = await NativeConnection.connect({ address });
    closing.push(() => native.close());
    stack = {
      simulator,
      client,
      metricsUrl: temporal.metricsUrl,
      folder: folder.path,
      service: new SourceService({ collections, client, allowInsecure: true, keyring: testKeyring }),
      env: {
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        MONGODB_URI: database.uri,
        MONGODB_DB: database.name,
        MIMECAST_ALLOW_INSECURE: 'true',
        MIMECAST_SECRET_KEYS: TEST_KEYS,
        LOG_LEVEL: 'warn',
      },
      startWorker: async (options) => {
        const stop = await startTestWorker(native, namespace, collections, options);
        closing.push(stop);
        return stop;
      },
    };
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });
  return {
    database,
    collections,
    /** Once the tests run. */
    get: (): E2eStack => {
      if (stack === undefined) throw new Error('the stack exists only while tests run');
      return stack;
    },
  };
}

/** Others may take a free port before Temporal does: then with other ones. */
async function temporalOnFreePorts(executable: string, logFile: string) {
  for (let attempts = 1; ; attempts += 1) {
    const [port, uiPort, metricsPort] = await Promise.all([choosePort(0), choosePort(0), choosePort(0)]);
    const ports = { port, uiPort, metricsPort };
    try {
      const server = await startTemporal({ ...ports, executable, searchAttributes: SEARCH_ATTRIBUTES, logFile });
      return { ...server, metricsUrl: `http://${LOOPBACK}:${metricsPort}/metrics` };
    } catch (error) {
      if (attempts === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

/** A source file for the simulator's first tenant, all streams. */
export function sourceFile(simulator: Pick<Simulator, 'url'>, config: Readonly<Record<string, unknown>> = {}) {
  return {
    'api.version': 'v1',
    source: {
      config: {
        name: 'Tenant',
        clientID: 'sim-client-1',
        clientSecret: 'sim-secret-1',
        dataCollection: DATA_COLLECTIONS,
        baseUrl: simulator.url,
        pollInterval: '1s',
        backfill: '24h',
        ...config,
      },
      schemaRef: { type: 'Mimecast' },
      sourceType: 'Universal',
    },
  };
}
