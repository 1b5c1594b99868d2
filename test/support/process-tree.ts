/** Processes and their descendants, by `ps`, which every system has. */

import { execFileSync } from 'node:child_process';

/** A process and all that it has started, itself first and each before its children. */
export function processTree(root: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const children = new Map<number, number[]>();
  for (const line of table.trim().split('\n')) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  // Grows while it is walked.
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Stops processes, for so long, and lets them go on. Those that have ended meanwhile are left out. */
export async function paused(pids: readonly number[], pause: () => Promise<unknown>): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGSTOP');
  try {
    await pause();
  } finally {
    for (const pid of [...pids].reverse()) signal(pid, 'SIGCONT');
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
