/**
 * The export of a source as a workflow: slice after slice for as long as the source exports. It fails by itself: what it
 * cannot write holds up no collecting.
 */

import {
  ApplicationFailure,
  condition,
  defineSignal,
  isCancellation,
  makeContinueAsNewFunc,
  setHandler,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { EXPORT_CHANGED_SIGNAL, type ExportOutcome, type ExportRequest } from '../domain/export/export.js';
import { LOST_PAUSE_MS } from '../domain/failures/retry-budget.js';
import { showDetails } from './details.js';
import { ExportHealth } from './export-health.js';
import { failureOf } from './failure-of.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { exporting } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, shouldMove, toCurrentVersion } from './version-move.js';

export const exportChanged = defineSignal(EXPORT_CHANGED_SIGNAL);

/** A run of so many events is continued as new: about twenty slices. */
const ENOUGH_EVENTS = 200;
/** So many attempts in a row may be lost with their worker before that is a problem. */
const MOST_LOST = 5;

export async function mimecastExport(request: ExportRequest): Promise<void> {
  belongTo(request.installation);
  listenForVersions();
  const { sourceId, maxHistoryEvents = ENOUGH_EVENTS } = request;
  const health = new ExportHealth(sourceId, request.carried);
  let isChanged = false;
  let lost = 0;
  setHandler(
    exportChanged,
    () => {
      isChanged = true;
    },
    { description: 'The source was changed, restarted or asked to poll: export at once.' },
  );
  showDetails(() => health.text);
  if (workflowInfo().continuedFromExecutionRunId === undefined) await health.clear();

  for (;;) {
    if (isHistoryTooLong({ maxHistoryEvents })) {
      const next = makeContinueAsNewFunc<typeof mimecastExport>({ ...withOwnMemo(), ...toCurrentVersion() });
      // Not what was carried into this run: that may be over.
      const { carried: _, ...same } = request;
      await next({ ...same, ...health.carried });
    }
    isChanged = false;
    const ended = await attempt();
    if (ended === 'lost') {
      await condition(() => isChanged, LOST_PAUSE_MS);
      continue;
    }
    // What was changed meanwhile may have it go on.
    if (ended.result === 'ended' && !isChanged) return health.recover('exportEnded');
    if (ended.failure !== undefined) await health.fail(ended.failure, ended.hasProgressed);
    else await health.recover();
    const pauseMs = health.pauseMs ?? (ended.result === 'more' ? 0 : ended.intervalMs);
    const isAwaited = () => isChanged || shouldMove();
    if (pauseMs === 'none') await condition(isAwaited);
    else if (pauseMs > 0) await condition(isAwaited, pauseMs);
    if (isChanged) await health.restart();
  }

  async function attempt(): Promise<(ExportOutcome & { readonly hasProgressed: boolean }) | 'lost'> {
    try {
      const outcome = await unlessCanceled(
        exporting.exportRecords.executeWithOptions({ summary: 'export' }, [sourceId]),
      );
      lost = 0;
      return { ...outcome, hasProgressed: true };
    } catch (error) {
      if (isCancellation(error)) throw error;
      lost = isLost(error) ? lost + 1 : 0;
      if (lost > 0 && lost < MOST_LOST) return 'lost';
      return { result: 'more', intervalMs: 0, failure: failureOf(error), hasProgressed: false };
    }
  }
}

/** As the worker of Temporal reports an activity that it has ended while it was shutting down. */
const WORKER_SHUTDOWN = 'WorkerShutdown';

/** The worker has died, was shut down or was cut off: it says nothing of the export. */
function isLost(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TimeoutFailure || (cause instanceof ApplicationFailure && cause.type === WORKER_SHUTDOWN);
}
