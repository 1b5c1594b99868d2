import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts } from '../src/runtime/free-ports.js';
import { type ChoosePort, choosePort, LOOPBACK } from '../src/runtime/ports.js';
import { awaitReady } from './await-ready.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { becomePrimary, REPLICA_SET } from './replica-set.js';
import { type ServerSlot, serverSlot } from './server-slot.js';

const DEFAULT_PORT = 27_017;

export interface MongodOptions {
  /** The program, see `findExecutables`. */
  executable: string;
  /** Created when missing. */
  dataDir: string;
  /** The exact port. Default 27017 when free, else any free one. */
  port?: number;
  logFile: string;
  /** More of its `--setParameter`s. Default none. */
  parameters?: Readonly<Record<string, string>>;
  onProgress?: (text: string) => void;
  /** Milliseconds until it has to accept writes. Default 60,000: recovery after a kill takes its time. */
  startTimeoutMs?: number;
  /** Gives up the start. */
  signal?: AbortSignal;
  /** Picks a port. Default: `choosePort`. */
  choose?: ChoosePort;
}

export interface RunningMongod extends Pick<GuardedProcess, 'pid' | 'exited' | 'stop' | 'wake' | 'describeExit'> {
  /** Without a database name. */
  readonly uri: string;
  readonly port: number;
}

/**
 * Starts a mongod as a replica set of one, which transactions need, and waits until it accepts writes.
 * The journal is on, so a kill loses nothing that was acknowledged.
 *
 * @throws Error with the end of its log when it does not come up
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const { dataDir, onProgress = () => undefined } = options;
  mkdirSync(dataDir, { recursive: true });
  const slot = serverSlot('mongod', join(dataDir, 'mongod.owner'));
  await slot.free(onProgress, options.signal);
  const { choose = choosePort } = options;
  const chooseOne = () =>
    options.port === undefined ? choose(DEFAULT_PORT) : choose(options.port, { required: true });
  return onFreePorts(chooseOne, (port) => startOn(port, options, slot));
}

async function startOn(port: number, options: MongodOptions, slot: ServerSlot): Promise<RunningMongod> {
  const { executable, dataDir, logFile, parameters = {}, signal } = options;
  const deadline = Date.now() + (options.startTimeoutMs ?? 60_000);
  const server = await spawnGuarded(executable, mongodArguments(dataDir, port, parameters), {
    name: 'mongod',
    logFile,
  });
  slot.occupy(server.pid);
  try {
    await awaitReady(server, { ports: [port], check: (over) => becomePrimary(port, deadline, over), signal });
  } catch (error) {
    slot.release();
    throw error;
  }
  return {
    uri: `mongodb://${LOOPBACK}:${port}/?replicaSet=${REPLICA_SET}&directConnection=true`,
    port,
    pid: server.pid,
    exited: server.exited,
    wake: server.wake,
    describeExit: (exit) => server.describeExit(exit),
    async stop() {
      await server.stop();
      slot.release();
    },
  };
}

function mongodArguments(dataDir: string, port: number, parameters: Readonly<Record<string, string>>): string[] {
  return [
    ...['--dbpath', dataDir, '--port', String(port), '--bind_ip', LOOPBACK, '--replSet', REPLICA_SET],
    // Defaults would take half of the memory for the cache, and 5 % of the disk for an oplog that nobody follows.
    ...['--wiredTigerCacheSizeGB', '1', '--oplogSize', '256'],
    // A socket file in /tmp would be left behind by a kill.
    ...['--nounixsocket', '--quiet'],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ...Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ];
}
