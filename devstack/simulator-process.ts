/** The simulator as a process of its own, as a real API would be. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts } from '../src/runtime/free-ports.js';
import { type ChoosePort, choosePort, LOOPBACK } from '../src/runtime/ports.js';
import { projectRoot } from '../src/runtime/project-root.js';
import { awaitReady } from './await-ready.js';
import type { DataFolder } from './data-folder.js';
import { type GuardedProcess, spawnGuarded } from './guarded-process.js';
import { lastPort, untilAnswering } from './local-service.js';

const DEFAULT_PORT = 8025;

export interface SimulatorProcess extends GuardedProcess {
  readonly url: string;
  readonly port: number;
}

export interface SimulatorStart {
  /** The exact port. Default: that of its last run or 8025, when free, else any free one. */
  readonly port?: number | undefined;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
  /** Picks a port. Default: `choosePort`. */
  readonly choose?: ChoosePort;
}

/** Starts it on the port of its last run where that is free, so that its address stays in the sources' configurations. */
export function startSimulatorProcess(
  data: DataFolder,
  args: readonly string[],
  { port: exact, signal, choose = choosePort }: SimulatorStart = {},
): Promise<SimulatorProcess> {
  const chooseOne = () =>
    exact === undefined ? choose(lastPort(portFileOf(data)) ?? DEFAULT_PORT) : choose(exact, { required: true });
  return onFreePorts(chooseOne, (port) => startOn(port, data, args, signal));
}

function portFileOf(data: DataFolder): string {
  return data.file('simulator.port');
}

async function startOn(
  port: number,
  data: DataFolder,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SimulatorProcess> {
  const url = `http://${LOOPBACK}:${port}`;
  const program = [join(projectRoot(), 'scripts/run.mjs'), 'simulator/main.ts'];
  const server = await spawnGuarded(
    process.execPath,
    [...program, '--port', String(port), '--data', data.file('simulator'), ...args],
    { name: 'simulator', logFile: data.file('logs/simulator.log') },
  );
  const check = (over: AbortSignal) => untilAnswering('The simulator', `${url}/_simulator/health`, over);
  await awaitReady(server, { ports: [port], check, signal });
  writeFileSync(portFileOf(data), String(port));
  return { ...server, url, port };
}
