/** `status --watch`: the status again and again, until Ctrl-C or the end of the source. */

import { setTimeout as pause } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { isFinal, LIFECYCLE_STATES } from '../domain/lifecycle/lifecycle.js';
import type { SourceStatus } from '../management/sources/source-status.js';
import { stopOnSignals } from '../runtime/stop-signals.js';
import type { SourceCommands } from './services/command-services.js';

const INTERVAL_MS = 1_000;

export async function watchStatus(
  service: Pick<SourceCommands, 'status'>,
  idOrName: string,
  draw: (status: SourceStatus) => string,
): Promise<void> {
  const interrupted = stopOnSignals(() => undefined);
  const show = process.stdout.isTTY ? createLogUpdate(process.stdout) : printer();
  while (!interrupted.signal.aborted) {
    const status = await service.status(idOrName);
    show(draw(status));
    if (LIFECYCLE_STATES.some((state) => state === status.state && isFinal(state))) return;
    await pause(INTERVAL_MS, undefined, { signal: interrupted.signal }).catch(ignoreAbort);
  }
}

/** Without a terminal: prints what has changed, whole. */
function printer(): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) process.stdout.write(`${text}\n`);
    last = text;
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
