/** The processes of this machine, from proc(5): Linux. */

import { readdirSync, readFileSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All that have the variable in the environment they were started with, whoever their parent is by now. */
export function processesWith(name: string, value: string): FoundProcess[] {
  const wanted = `${name}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => read(pid, 'environ').split('\0').includes(wanted))
    .map((pid) => ({
      pid: Number(pid),
      parent: Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1]),
      command: read(pid, 'cmdline').replaceAll('\0', ' ').trim(),
    }));
}

/** Empty for a process that is gone meanwhile, or only waits for its parent to take notice. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
