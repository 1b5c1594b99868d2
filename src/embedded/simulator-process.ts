/** The simulator as a process of its own, as a real API would be. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awaitReady } from './await-ready.js';
import type { DataFolder } from './data-folder.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { lastPort, untilAnswering } from './local-service.js';
import { choosePort, LOOPBACK } from './ports.js';
import { projectRoot } from './project-root.js';

const DEFAULT_PORT = 8025;

export interface SimulatorProcess extends GuardedProcess {
  readonly url: string;
}

/** Starts it on the port of its last run where that is free, so that its address stays in the sources' configurations. */
export async function startSimulatorProcess(data: DataFolder, args: readonly string[]): Promise<SimulatorProcess> {
  const portFile = data.file('simulator.port');
  const port = await choosePort(lastPort(portFile) ?? DEFAULT_PORT);
  writeFileSync(portFile, String(port));
  const url = `http://${LOOPBACK}:${port}`;
  const program = [join(projectRoot(), 'scripts/run.mjs'), 'src/simulator/main.ts'];
  const server = await spawnGuarded(
    process.execPath,
    [...program, '--port', String(port), '--data', data.file('simulator'), ...args],
    { name: 'simulator', logFile: data.file('logs/simulator.log') },
  );
  await awaitReady(server, (signal) => untilAnswering('The simulator', `${url}/_simulator/health`, signal));
  return { ...server, url };
}
