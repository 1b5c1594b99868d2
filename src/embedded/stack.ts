/** Everything that a source needs, on one machine: Temporal, MongoDB, the simulator, a worker and the server. */

import { join } from 'node:path';
import { readEnvironment } from '../config/environment.js';
import { readTemporalConfig } from '../config/temporal.js';
import { announceStack } from '../runtime/running-stack.js';
import { SEARCH_ATTRIBUTES } from '../source/contract.js';
import type { DataFolder } from './data-folder.js';
import { findExecutables } from './executables.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { startMongod } from './mongod.js';
import { projectRoot } from './project-root.js';
import { ensureSecretKeys } from './secret-keys.js';
import { chooseServerPlace, startServerProcess } from './server-process.js';
import { startSimulatorProcess } from './simulator-process.js';
import { supervise } from './supervised.js';
import { startTemporal } from './temporal.js';

export interface StackOptions {
  readonly data: DataFolder;
  /** Arguments of the simulator, without port and data folder. */
  readonly simulatorArguments: readonly string[];
  readonly onProgress: (text: string) => void;
}

export interface Stack {
  /** The environment by which any program reaches these servers. */
  readonly env: NodeJS.ProcessEnv;
  readonly temporalAddress: string;
  readonly namespace: string;
  /** Address of the Web UI; absent when Temporal is not ours. */
  readonly uiUrl?: string;
  readonly mongodbUri: string;
  readonly mongodbDb: string;
  readonly simulatorUrl: string;
  /** Base address of the management API. */
  readonly serverUrl: string;
  /** Where the servers and the worker write their logs. */
  readonly logFolder: string;
  /** Process id of the worker as it runs now. */
  readonly workerPid: () => number;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts all servers, those that do not need each other at the same time. @throws after stopping what had started. */
export async function startStack({ data, simulatorArguments, onProgress }: StackOptions): Promise<Stack> {
  const started: Stoppable[] = [];
  const stop = async () => {
    // In reverse: whoever uses a server ends before it.
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  const track = async <T extends Stoppable>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  try {
    const starting = [
      ownTemporal(data, onProgress, track),
      ownMongodb(data, onProgress, track),
      track(supervise('The simulator', () => startSimulatorProcess(data, simulatorArguments), onProgress)),
    ] as const;
    // Waits for all before it throws, so that a server that is still starting can be stopped.
    await Promise.allSettled(starting);
    const [temporal, mongodb, simulator] = await Promise.all(starting);
    const place = await chooseServerPlace(data);
    const environment = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      MONGODB_URI: mongodb.uri,
      MONGODB_DB: readEnvironment().mongodbDb,
      MIMECAST_INSTALLATION: readEnvironment().installation ?? '',
      MIMECAST_ALLOW_INSECURE: 'true',
      MIMECAST_SERVER_URL: place.url,
      ...secretKeys(data),
    };
    const withdraw = announceStack(data.path, environment);
    started.push({ stop: async () => withdraw() });
    const env = { ...process.env, ...environment };
    const starts = [
      track(supervise('The worker', () => startWorker(data, environment), onProgress)),
      track(supervise('The server', () => startServerProcess(data, place, environment), onProgress)),
    ] as const;
    await Promise.allSettled(starts);
    const [worker] = await Promise.all(starts);
    return {
      env,
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      ...(temporal.uiUrl === undefined ? {} : { uiUrl: temporal.uiUrl }),
      mongodbUri: mongodb.uri,
      mongodbDb: environment.MONGODB_DB,
      simulatorUrl: simulator.current.url,
      serverUrl: place.url,
      logFolder: data.file('logs'),
      workerPid: () => worker.current.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keys that stand in the environment alone are nothing to write into a file: other terminals have to be given them. */
function secretKeys(data: DataFolder) {
  const { MIMECAST_SECRET_KEYS: given, MIMECAST_SECRET_KEYS_FILE: file } = process.env;
  if (given) return { MIMECAST_SECRET_KEYS_FILE: '', MIMECAST_SECRET_KEYS_NEEDED: 'true' };
  return { MIMECAST_SECRET_KEYS_FILE: file || ensureSecretKeys(data.path), MIMECAST_SECRET_KEYS_NEEDED: '' };
}

type Track = <T extends Stoppable>(starting: Promise<T>) => Promise<T>;

async function ownTemporal(data: DataFolder, onProgress: (text: string) => void, track: Track) {
  const { address, namespace = 'default' } = readTemporalConfig();
  if (process.env.TEMPORAL_ADDRESS) return { address, namespace, uiUrl: undefined };
  const { temporal: executable } = await findExecutables(['temporal'], { onProgress });
  let ports: { readonly port?: number; readonly uiPort?: number } = {};
  const server = await track(
    supervise(
      'Temporal',
      async () => {
        const running = await startTemporal({
          executable,
          dbFilename: data.file('temporal/temporal.db'),
          searchAttributes: SEARCH_ATTRIBUTES,
          namespace,
          logFile: data.file('logs/temporal.log'),
          onProgress,
          ...ports,
        });
        ports = { port: portOf(`tcp://${running.address}`), uiPort: portOf(running.uiUrl) };
        return running;
      },
      onProgress,
    ),
  );
  return { address: server.current.address, namespace, uiUrl: server.current.uiUrl };
}

async function ownMongodb(data: DataFolder, onProgress: (text: string) => void, track: Track) {
  if (process.env.MONGODB_URI) return { uri: process.env.MONGODB_URI };
  const { mongod: executable } = await findExecutables(['mongod'], { onProgress });
  let ports: { readonly port?: number } = {};
  const server = await track(
    supervise(
      'MongoDB',
      async () => {
        const dataDir = data.file('mongodb');
        const running = await startMongod({
          executable,
          dataDir,
          logFile: data.file('logs/mongod.log'),
          onProgress,
          ...ports,
        });
        ports = { port: running.port };
        return running;
      },
      onProgress,
    ),
  );
  return { uri: server.current.uri };
}

/** As `npm run worker` has them: without such limits, Node lets garbage pile up to half a gigabyte and more. */
const WORKER_MEMORY = ['--max-semi-space-size=4', '--max-old-space-size=512'] as const;

function startWorker(data: DataFolder, environment: Readonly<Record<string, string>>): Promise<GuardedProcess> {
  return spawnGuarded(process.execPath, [...WORKER_MEMORY, join(projectRoot(), 'scripts/run.mjs'), 'src/worker.ts'], {
    name: 'worker',
    logFile: data.file('logs/worker.log'),
    env: environment,
  });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
