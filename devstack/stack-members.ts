/** The processes of `npm start`, each kept running on the ports that its first start has found. */

import { readTemporalConfig } from '../src/config/temporal.js';
import { SEARCH_ATTRIBUTES } from '../src/domain/contract/contract.js';
import type { DataFolder } from './data-folder.js';
import { findExecutables } from './executables.js';
import type { Keep } from './members.js';
import { startMongod } from './mongod.js';
import { type ServerPlace, startServerProcess } from './server-process.js';
import { startSimulatorProcess } from './simulator-process.js';
import { startTemporal } from './temporal.js';
import { startWorkerProcess } from './worker-process.js';

interface ProgramContext {
  readonly data: DataFolder;
  readonly keep: Keep;
}

interface ServerContext extends ProgramContext {
  readonly onProgress: (text: string) => void;
  readonly stopping: AbortSignal | undefined;
}

type Environment = Readonly<Record<string, string>>;

export async function ownTemporal({ data, onProgress, keep, stopping }: ServerContext) {
  const { address, namespace = 'default' } = readTemporalConfig();
  if (process.env.TEMPORAL_ADDRESS) return { address, namespace, uiUrl: undefined };
  const { temporal: executable } = await findExecutables(['temporal'], { onProgress, ...given(stopping) });
  let ports: { readonly port?: number; readonly uiPort?: number } = {};
  const server = await keep('Temporal', async (signal) => {
    const running = await startTemporal({
      executable,
      dbFilename: data.file('temporal/temporal.db'),
      searchAttributes: SEARCH_ATTRIBUTES,
      namespace,
      logFile: data.file('logs/temporal.log'),
      onProgress,
      signal,
      ...ports,
    });
    ports = { port: portOf(`tcp://${running.address}`), uiPort: portOf(running.uiUrl) };
    return running;
  });
  return { address: server.current.address, namespace, uiUrl: server.current.uiUrl };
}

export async function ownMongodb({ data, onProgress, keep, stopping }: ServerContext) {
  if (process.env.MONGODB_URI) return { uri: process.env.MONGODB_URI };
  const { mongod: executable } = await findExecutables(['mongod'], { onProgress, ...given(stopping) });
  let ports: { readonly port?: number } = {};
  const server = await keep('MongoDB', async (signal) => {
    const running = await startMongod({
      executable,
      dataDir: data.file('mongodb'),
      logFile: data.file('logs/mongod.log'),
      onProgress,
      signal,
      ...ports,
    });
    ports = { port: running.port };
    return running;
  });
  return { uri: server.current.uri };
}

export async function ownSimulator({ data, keep }: ProgramContext, args: readonly string[]) {
  let port: number | undefined;
  const simulator = await keep('The simulator', async (signal) => {
    const running = await startSimulatorProcess(data, args, { port, signal });
    port = running.port;
    return running;
  });
  return { url: simulator.current.url };
}

export async function ownServer({ data, keep }: ProgramContext, environment: Environment) {
  let place: ServerPlace | undefined;
  const server = await keep(
    'The server',
    async (signal) => {
      const running = await startServerProcess(data, environment, { place, signal });
      place = running.place;
      return running;
    },
    data.file('logs/server.log'),
  );
  return server.current.place;
}

export function ownWorker({ data, keep }: ProgramContext, environment: Environment) {
  const logFile = data.file('logs/worker.log');
  return keep('The worker', () => startWorkerProcess(logFile, environment), logFile);
}

/** Optional properties may not be `undefined`. */
function given(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
