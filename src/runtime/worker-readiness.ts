import type { Readiness } from '../metrics/readiness.js';
import type { SourceWorker } from './source-worker.js';

/** Ready while it asks for work: not while it waits for MongoDB and Temporal at first, nor once it is to stop. */
export function workerReadiness(worker: Pick<SourceWorker, 'isPolling'> | undefined, stopping: AbortSignal): Readiness {
  if (stopping.aborted) return { isReady: false, body: { status: 'stopping' } };
  const isReady = worker?.isPolling === true;
  return { isReady, body: { status: isReady ? 'ready' : 'starting' } };
}
