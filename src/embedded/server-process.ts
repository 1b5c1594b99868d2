/** The management server as a process of its own. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readServerEnvironment } from '../config/server-environment.js';
import { awaitReady } from './await-ready.js';
import type { DataFolder } from './data-folder.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { lastPort, untilAnswering } from './local-service.js';
import { choosePort } from './ports.js';
import { projectRoot } from './project-root.js';

const DEFAULT_PORT = 8080;

export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** Base address of the API. */
  readonly url: string;
}

/** On the port of its last run where that is free; one that was asked for with PORT has to be. */
export async function chooseServerPlace(data: DataFolder): Promise<ServerPlace> {
  const { host, port: wanted } = readServerEnvironment();
  const portFile = data.file('server.port');
  const port = await choosePort(wanted ?? lastPort(portFile) ?? DEFAULT_PORT, { required: wanted !== undefined, host });
  writeFileSync(portFile, String(port));
  return { host, port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/api/v1` };
}

export async function startServerProcess(
  data: DataFolder,
  { host, port, url }: ServerPlace,
  environment: Readonly<Record<string, string>>,
): Promise<GuardedProcess> {
  const server = await spawnGuarded(process.execPath, [join(projectRoot(), 'scripts/run.mjs'), 'src/server.ts'], {
    name: 'server',
    logFile: data.file('logs/server.log'),
    env: { ...environment, HOST: host, PORT: String(port) },
  });
  await awaitReady(server, (signal) => untilAnswering('The management server', `${url}/openapi.json`, signal));
  return server;
}
