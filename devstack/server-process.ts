/** The management server as a process of its own. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readServerEnvironment } from '../src/config/server-environment.js';
import { onFreePorts } from '../src/runtime/free-ports.js';
import { type ChoosePort, choosePort } from '../src/runtime/ports.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { awaitReady } from './await-ready.js';
import type { DataFolder } from './data-folder.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { lastPort, untilAnswering } from './local-service.js';

const DEFAULT_PORT = 8080;

export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** Base address of the API. */
  readonly url: string;
}

export interface RunningServer extends GuardedProcess {
  readonly place: ServerPlace;
}

/** A worker that stores what it holds, and requests that are answered, take less; then come the servers that both use. */
export const PROGRAM_GRACE_SECONDS = 8;

export interface ServerStart {
  /** The exact place. Default: the port of its last run where that is free; one that was asked for with PORT has to be. */
  readonly place?: ServerPlace | undefined;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
  /** Picks a port. Default: `choosePort`. */
  readonly choose?: ChoosePort;
}

/** @throws Error naming the port, when it was asked for and another program has it */
export function startServerProcess(
  data: DataFolder,
  environment: Readonly<Record<string, string>>,
  { place, signal, choose = choosePort }: ServerStart = {},
): Promise<RunningServer> {
  const choosePlace = async () => {
    if (place === undefined) return freePlace(data, choose);
    await choose(place.port, { required: true, host: place.host });
    return place;
  };
  return onFreePorts(choosePlace, (chosen) => startAt(chosen, data, environment, signal));
}

async function freePlace(data: DataFolder, choose: ChoosePort): Promise<ServerPlace> {
  const { host, port: wanted, tls } = readServerEnvironment();
  const preferred = wanted ?? lastPort(portFileOf(data)) ?? DEFAULT_PORT;
  const port = await choose(preferred, { required: wanted !== undefined, host });
  return { host, port, url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/api/v1` };
}

function portFileOf(data: DataFolder): string {
  return data.file('server.port');
}

async function startAt(
  place: ServerPlace,
  data: DataFolder,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<RunningServer> {
  const { host, port, url } = place;
  const server = await spawnGuarded(process.execPath, [join(projectRoot(), 'scripts/run.mjs'), 'src/server.ts'], {
    name: 'server',
    logFile: data.file('logs/server.log'),
    env: { ...environment, HOST: host, PORT: String(port) },
    graceSeconds: PROGRAM_GRACE_SECONDS,
  });
  const check = (over: AbortSignal) => untilAnswering('The management server', `${url}/openapi.json`, over);
  await awaitReady(server, { ports: [port], check, signal });
  writeFileSync(portFileOf(data), String(port));
  return { ...server, place };
}
