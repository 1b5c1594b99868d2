import { readFileSync } from 'node:fs';

/** Tells one process from another even after its pid was given to somebody else. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in a form only good for comparing; empty where the system does not tell cheaply. */
  startedAt: string;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: startTime(pid) };
}

/** Whether that very process still runs. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  // A zombie, which only waits for its parent to take notice, still accepts signals and yet is gone.
  if (startedAt !== '') return startTime(pid) === startedAt;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Reads an identity that was written as JSON; undefined when the text is not one. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value) || !('startedAt' in value)) return undefined;
    if (typeof value.pid !== 'number' || typeof value.startedAt !== 'string') return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined;
  }
}

/**
 * Linux: the boot, and the clock tick since then, which is field 22 of proc(5) `stat`. Fields are counted after the
 * command's name, which may contain anything. Empty for a process that is gone, and on other systems.
 */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot}/${fields[19]}`;
  } catch {
    return '';
  }
}
