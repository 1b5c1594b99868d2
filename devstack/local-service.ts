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
    if (await answersWell(url, signal)) return;
    if (Date.now() > deadline) throw new Error(`${service} does not answer`);
  }
}

async function answersWell(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal });
    // An answer that is not read keeps its connection busy, and the service from closing.
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
