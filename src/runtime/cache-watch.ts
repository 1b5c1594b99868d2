/** Tells when the sources are more than the workers can keep in memory. */

import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { WORKFLOW_TYPE } from '../domain/contract/contract.js';
import { type Installation, taskQueueOf } from '../domain/contract/installation.js';
import { workersOf } from '../management/temporal/workers.js';

const LOOK_MS = 60_000;

export interface CacheFacts {
  readonly sources: number;
  readonly workers: number;
  /** Sources that each worker keeps in memory. */
  readonly cached: number;
}

/** What to tell; `undefined` while all sources have room. */
export function cacheWarning({ sources, workers, cached }: CacheFacts): string | undefined {
  const room = Math.max(1, workers) * cached;
  if (sources <= room) return undefined;
  return (
    `${sources} sources run on ${workers} ${workers === 1 ? 'worker that keeps' : 'workers that keep'} ${room} of them in ` +
    'memory: for the others, the history is replayed at each poll. Start another worker, or give this one more memory ' +
    '(--max-old-space-size)'
  );
}

/** Looks every minute, and logs a change. @returns ends it. */
export function watchCache(client: Client, installation: Installation, cached: number, logger: Logger): () => void {
  let reported: string | undefined;
  const look = async () => {
    const warning = cacheWarning({ ...(await countRunning(client, installation)), cached });
    if (warning !== undefined && warning !== reported) logger.warn(warning);
    reported = warning;
  };
  // A server that is away is told of by others; the next look comes soon enough.
  const timer = setInterval(
    () => void look().catch((error: unknown) => logger.debug({ err: error }, 'the sources could not be counted')),
    LOOK_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}

async function countRunning(client: Client, installation: Installation): Promise<Omit<CacheFacts, 'cached'>> {
  const taskQueue = taskQueueOf(installation);
  const running = `WorkflowType = "${WORKFLOW_TYPE}" AND ExecutionStatus = "Running" AND TaskQueue = "${taskQueue}"`;
  const [{ count: sources }, { count: workers }] = await Promise.all([
    client.workflow.count(running),
    workersOf(client, installation),
  ]);
  return { sources, workers };
}
