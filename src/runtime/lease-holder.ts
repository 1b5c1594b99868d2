/**
 * The name under which this process holds leases. It says where the process runs, so that one that is started again after
 * it was killed, or another one beside it, need not wait for the end of a lease whose holder is dead.
 */

import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { identifyProcess, isRunning } from './process-identity.js';

/** `<host> <space of process IDs> <process ID> <boot>/<start>`, of which the second and the last are empty but on Linux. */
export function ownHolder(): string {
  const { pid, startedAt } = identifyProcess(process.pid);
  return [hostname(), processSpace(), pid, startedAt].join(' ');
}

/** Whether that process is known to be gone: it ran where this one runs, and runs no more. */
export function isGone(holder: string): boolean {
  const [host, space, pid, startedAt = ''] = holder.split(' ');
  const isNear = host === hostname() && space === processSpace() && bootOf(startedAt) === bootOf(ownStart());
  return isNear && /^[1-9]\d*$/.test(pid ?? '') && !isRunning({ pid: Number(pid), startedAt });
}

function ownStart(): string {
  return identifyProcess(process.pid).startedAt;
}

function bootOf(startedAt: string): string | undefined {
  return startedAt.split('/')[0];
}

/** Containers on one machine may have the same host name, but each has its own process IDs. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not on Linux: the host name has to do. Were it ambiguous, two programs would do the same for a while.
    return '';
  }
}
