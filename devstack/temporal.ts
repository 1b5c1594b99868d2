import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { onFreePorts } from '../src/runtime/free-ports.js';
import { type ChoosePort, choosePort, LOOPBACK } from '../src/runtime/ports.js';
import { awaitReady } from './await-ready.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { type ServerSlot, serverSlot } from './server-slot.js';
import { awaitTemporal, type SearchAttributeTypes } from './temporal-ready.js';

const DEFAULT_PORT = 7233;
const DEFAULT_UI_PORT = 8233;

export interface TemporalOptions {
  /** The `temporal` command-line program, see `findExecutables`. */
  executable: string;
  /** SQLite file that keeps workflows across runs. Default: kept in memory and lost at the end. */
  dbFilename?: string;
  /** The exact port of the service. Default 7233 when free, else any free one. */
  port?: number;
  /** The exact port of the Web UI. Default 8233 when free, else any free one. */
  uiPort?: number;
  /** Port of the server's own figures for Prometheus. Default: they are on no fixed port. */
  metricsPort?: number;
  /** Default `default`. */
  namespace?: string;
  /** Custom search attributes, registered when they are not there yet. */
  searchAttributes: SearchAttributeTypes;
  logFile: string;
  onProgress?: (text: string) => void;
  /** Milliseconds until it has to answer. Default 60,000. */
  startTimeoutMs?: number;
  /** Gives up the start. */
  signal?: AbortSignal;
  /** Picks a port. Default: `choosePort`. */
  choose?: ChoosePort;
}

export interface RunningTemporal extends Pick<GuardedProcess, 'pid' | 'exited' | 'stop' | 'wake' | 'describeExit'> {
  /** `host:port`, as `TEMPORAL_ADDRESS` has it. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
}

/**
 * Starts Temporal's development server with its Web UI and waits until it serves.
 *
 * @throws Error with the end of its log when it does not come up
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { dbFilename, onProgress = () => undefined } = options;
  const slot = dbFilename === undefined ? undefined : serverSlot('Temporal', `${dbFilename}.owner`);
  if (dbFilename !== undefined) mkdirSync(dirname(dbFilename), { recursive: true });
  await slot?.free(onProgress, options.signal);
  const { choose = choosePort } = options;
  const choosePorts = async () => ({
    port: await (options.port === undefined ? choose(DEFAULT_PORT) : choose(options.port, { required: true })),
    uiPort: await (options.uiPort === undefined ? choose(DEFAULT_UI_PORT) : choose(options.uiPort, { required: true })),
  });
  return onFreePorts(choosePorts, (ports) => startOn(ports, options, slot));
}

interface Ports {
  readonly port: number;
  readonly uiPort: number;
}

async function startOn(
  { port, uiPort }: Ports,
  options: TemporalOptions,
  slot: ServerSlot | undefined,
): Promise<RunningTemporal> {
  const { dbFilename, namespace = 'default', searchAttributes, logFile, signal, metricsPort } = options;
  const deadline = Date.now() + (options.startTimeoutMs ?? 60_000);
  const args = temporalArguments({ port, uiPort, namespace, searchAttributes, dbFilename, metricsPort });
  const server = await spawnGuarded(options.executable, args, { name: 'Temporal', logFile });
  slot?.occupy(server.pid);
  const address = `${LOOPBACK}:${port}`;
  try {
    const target = { address, namespace, searchAttributes, deadline };
    const ports = [port, uiPort];
    await awaitReady(server, { ports, check: (over) => awaitTemporal(target, over), signal });
  } catch (error) {
    slot?.release();
    throw error;
  }
  return {
    address,
    uiUrl: `http://${LOOPBACK}:${uiPort}`,
    namespace,
    pid: server.pid,
    exited: server.exited,
    wake: server.wake,
    describeExit: (exit) => server.describeExit(exit),
    async stop() {
      await server.stop();
      slot?.release();
    },
  };
}

interface ServerArguments {
  port: number;
  uiPort: number;
  namespace: string;
  searchAttributes: SearchAttributeTypes;
  dbFilename: string | undefined;
  readonly metricsPort: number | undefined;
}

function temporalArguments(options: ServerArguments): string[] {
  const { port, uiPort, namespace, searchAttributes, dbFilename, metricsPort } = options;
  return [
    ...['server', 'start-dev', '--ip', LOOPBACK, '--port', String(port), '--ui-port', String(uiPort)],
    ...['--namespace', namespace, '--log-level', 'warn', '--log-format', 'json', '--ui-disable-news-fetch'],
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
    ...(metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    // Else an attribute that was just added is unknown for up to a minute.
    ...['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=true'],
  ];
}
