/** The project's own stack in a temporary folder, and an administrator's key for its API. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from '../../../devstack/data-folder.js';
import { type Stack, startStack } from '../../../devstack/stack.js';
import { ApiKeyService, type NewKey } from '../../../src/management/keys/api-key-service.js';
import { choosePort } from '../../../src/runtime/ports.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { openDatabase } from '../../../src/store/database.js';

export interface LiveStack {
  /** Of the server, without the base path. */
  readonly origin: string;
  readonly simulatorUrl: string;
  readonly admin: NewKey;
  /** Ends of processes that nobody asked for. */
  readonly selfEnds: readonly string[];
  stop(): Promise<void>;
}

/** The simulator has a history of a few minutes for each of three applications, and nothing new. */
const SIMULATOR = ['--tenants', '3', '--history', '10m', '--history-rate', '10', '--rate', '0'] as const;
/** The most that the server takes: the limit of requests is not what is tried here. */
const RATE = '10000';
/** Other servers than those of the stack are never called. */
const ELSEWHERE = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'MONGODB_URI', 'MONGODB_DB', 'HOST'] as const;

/** @throws after stopping what had started. */
export async function startLiveStack(folder: string, say: (text: string) => void): Promise<LiveStack> {
  const selfEnds: string[] = [];
  // The stack's processes inherit our environment.
  for (const name of ELSEWHERE) delete process.env[name];
  Object.assign(process.env, { MIMECAST_API_RATE: RATE, MIMECAST_DATA_DIR: folder, PORT: String(await choosePort(0)) });
  let booting = true;
  const onProgress = (text: string) => {
    say(text);
    if (!booting) selfEnds.push(text);
  };
  const stack = await startStack({ data: dataFolder(folder), simulatorArguments: SIMULATOR, onProgress });
  booting = false;
  try {
    const { serverUrl, simulatorUrl } = stack;
    const origin = new URL(serverUrl).origin;
    return { origin, simulatorUrl, admin: await administrator(stack), selfEnds, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function administrator({ mongodbUri, mongodbDb }: Stack): Promise<NewKey> {
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb });
  try {
    return await new ApiKeyService(collectionsOf(database)).create({ role: 'administrator', label: 'test:api' });
  } finally {
    await database.close();
  }
}

/** Nobody else knows the folder, so it needs no lock. */
function dataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true });
  return { path, file: (name) => join(path, name), release: () => undefined };
}
