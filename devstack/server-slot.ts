import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isRunning, parseIdentity } from '../src/runtime/process-identity.js';

/** Longer than a guard's grace: a server whose owner was killed is gone by then. */
const RELEASE_WAIT_MS = 20_000;

/**
 * Remembers which server works on a data folder. After a crash of its owner a server needs some seconds to end, and
 * a successor that opened the same files meanwhile would fail or harm them.
 */
export interface ServerSlot {
  /** Waits until the server that had the slot before is gone. @throws Error when it stays, or the signal's reason */
  free(onWait: (text: string) => void, signal?: AbortSignal): Promise<void>;
  occupy(pid: number): void;
  release(): void;
}

export function serverSlot(name: string, file: string): ServerSlot {
  return {
    async free(onWait, signal) {
      const before = readOwner(file);
      if (before === undefined || !isRunning(before)) return;
      onWait(`Waiting for the ${name} of an earlier run (process ${before.pid}) to end …`);
      for (const deadline = Date.now() + RELEASE_WAIT_MS; isRunning(before); await sleep(100, undefined, { signal })) {
        if (Date.now() > deadline) throw new Error(`${name} already runs on the same data as process ${before.pid}`);
      }
    },
    occupy(pid) {
      writeFileSync(file, JSON.stringify(identifyProcess(pid)));
    },
    release() {
      rmSync(file, { force: true });
    },
  };
}

function readOwner(file: string) {
  try {
    return parseIdentity(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
