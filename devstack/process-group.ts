/** Signals to a process group, whatever is left of it. */

import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from '../src/runtime/process-identity.js';

const LOOK_MS = 50;

/** Nothing happens when the group is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM is what macOS says of a group of which only zombies are left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** Asks the group to end, kills it after the grace, and waits until `member` is gone. */
export async function endGroup(leader: number, member: ProcessIdentity, graceMs: number): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  signalGroup(leader, 'SIGCONT');
  for (const deadline = performance.now() + graceMs; isRunning(member); await pause(LOOK_MS)) {
    if (performance.now() > deadline) break;
  }
  signalGroup(leader, 'SIGKILL');
  while (isRunning(member)) await pause(LOOK_MS);
}
