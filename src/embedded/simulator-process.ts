/** The simulator as a process of its own, as a real API would be. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { awaitReady } from './await-ready.js';
import type { DataFolder } from './data-folder.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { choosePort, LOOPBACK } from './ports.js';
import { projectRoot } from './project-root.js';

const DEFAULT_PORT = 8025;
const START_LIMIT_MS = 60_000;

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
  await awaitReady(server, (signal) => answering(`${url}/_simulator/health`, signal));
  return { ...server, url };
}

function lastPort(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

async function answering(url: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + START_LIMIT_MS; ; await pause(50, undefined, { signal })) {
    const ok = await fetch(url, { signal }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error('The simulator does not answer');
  }
}
