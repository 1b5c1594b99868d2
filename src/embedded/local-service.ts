/** What the programs of our own that listen on this machine have in common: a port that stays, and a first answer. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const LOOK_MS = 50;

/** The port of the last run, as that run has written it into a file. */
export function lastPort(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** Waits until an address answers well. @throws Error naming the service, when it has not within a minute. */
export async function untilAnswering(service: string, url: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + START_LIMIT_MS; ; await pause(LOOK_MS, undefined, { signal })) {
    const ok = await fetch(url, { signal }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${service} does not answer`);
  }
}
