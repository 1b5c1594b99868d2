/** Everything that a source needs, on one machine: Temporal, MongoDB, the simulator, a worker and the server. */

import { readEnvironment } from '../src/config/environment.js';
import { announceStack } from '../src/runtime/running-stack.js';
import { ensureSecretKeys } from '../src/runtime/secret-keys.js';
import type { DataFolder } from './data-folder.js';
import { members } from './members.js';
import { ownMongodb, ownServer, ownSimulator, ownTemporal, ownWorker } from './stack-members.js';

export interface StackOptions {
  readonly data: DataFolder;
  /** Arguments of the simulator, without port and data folder. */
  readonly simulatorArguments: readonly string[];
  readonly onProgress: (text: string) => void;
  /** Gives up the start, and starts nothing again that ends from then on. */
  readonly stopping?: AbortSignal;
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

/** Starts all servers, those that do not need each other at the same time. @throws after stopping what had started. */
export async function startStack({ data, simulatorArguments, onProgress, stopping }: StackOptions): Promise<Stack> {
  const { keepServer, keepProgram, stop: stopAll } = members(onProgress, stopping);
  let withdraw: (() => void) | undefined;
  const stop = async () => {
    withdraw?.();
    await stopAll();
  };
  try {
    const context = { data, onProgress, keep: keepServer, stopping };
    const [temporal, mongodb, simulator] = await allStarted([
      ownTemporal(context),
      ownMongodb(context),
      ownSimulator(context, simulatorArguments),
    ]);
    const environment = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      MONGODB_URI: mongodb.uri,
      MONGODB_DB: readEnvironment().mongodbDb,
      MIMECAST_INSTALLATION: readEnvironment().installation ?? '',
      // Its only worker is the current one.
      TEMPORAL_DEPLOYMENT_NAME: '',
      TEMPORAL_WORKER_BUILD_ID: '',
      MIMECAST_ALLOW_INSECURE: 'true',
      ...secretKeys(data),
    };
    // Both have the environment of this program, and no two can have one port.
    const unwatched = { METRICS_PORT: '', METRICS_HOST: '' };
    const webUi = temporal.uiUrl ?? process.env.TEMPORAL_UI_URL ?? '';
    const [worker, server] = await allStarted([
      ownWorker({ data, keep: keepProgram }, { ...environment, ...unwatched }),
      ownServer({ data, keep: keepProgram }, { ...environment, ...unwatched, TEMPORAL_UI_URL: webUi }),
    ]);
    const announced = { ...environment, MIMECAST_SERVER_URL: server.url };
    withdraw = announceStack(data.path, announced);
    return {
      env: { ...process.env, ...announced },
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      ...(temporal.uiUrl === undefined ? {} : { uiUrl: temporal.uiUrl }),
      mongodbUri: mongodb.uri,
      mongodbDb: environment.MONGODB_DB,
      simulatorUrl: simulator.url,
      serverUrl: server.url,
      logFolder: data.file('logs'),
      workerPid: () => worker.current.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for all before it throws, so that a server that is still starting can be stopped. */
async function allStarted<const T extends readonly Promise<unknown>[]>(starting: T) {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

/** Keys that stand in the environment alone are nothing to write into a file: other terminals have to be given them. */
function secretKeys(data: DataFolder) {
  const { MIMECAST_SECRET_KEYS: given, MIMECAST_SECRET_KEYS_FILE: file } = process.env;
  if (given) return { MIMECAST_SECRET_KEYS_FILE: '', MIMECAST_SECRET_KEYS_NEEDED: 'true' };
  return { MIMECAST_SECRET_KEYS_FILE: file || ensureSecretKeys(data.path), MIMECAST_SECRET_KEYS_NEEDED: '' };
}
