/** What the system tells of processes, by `ps`, which every system has. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { DataFolder } from '../../devstack/data-folder.js';
import { processTree } from '../../test/support/process-tree.js';

/** CPU time that a process has used, in seconds. */
export function cpuSeconds(pid: number): number {
  // `[[days-]hours:]minutes:seconds`
  const parts = ps('time', pid).replace('-', ':').split(':').map(Number);
  const units = [1, 60, 3_600, 86_400];
  return parts.reverse().reduce((sum, part, index) => sum + part * (units[index] ?? 0), 0);
}

const PROGRAMS: Readonly<Record<string, RegExp>> = {
  worker: /src\/worker\.ts/,
  server: /src\/server\.ts/,
  simulator: /simulator\/main\.ts/,
  temporal: /temporal server start-dev/,
  mongod: /mongod /,
};

/** Seconds of CPU time that the programs of this process's stack have used. */
export function cpuByProgram(): Record<string, number> {
  const used: Record<string, number> = {};
  for (const pid of processTree(process.pid)) {
    const command = ps('args', pid);
    const [name] = Object.entries(PROGRAMS).find(([, pattern]) => pattern.test(command)) ?? [];
    if (name !== undefined) used[name] = (used[name] ?? 0) + cpuSeconds(pid);
  }
  return used;
}

export function residentMiB(pid: number): number {
  return Number(ps('rss', pid)) / 1_024;
}

/** Of the Temporal server that works on the data folder. */
export function temporalPid(data: DataFolder): number {
  return Number(JSON.parse(readFileSync(data.file('temporal/temporal.db.owner'), 'utf8')).pid);
}

function ps(column: string, pid: number): string {
  return spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
