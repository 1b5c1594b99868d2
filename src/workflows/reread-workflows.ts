/** `backfill` and `verify` as workflows: all streams side by side, each in slices of work until it has read its range. */

import {
  defineQuery,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { SIGNALS, workflowIdOf } from '../domain/contract/contract.js';
import {
  isOver,
  newReport,
  PROGRESS_QUERY,
  type RereadKind,
  type RereadReport,
  type RereadRequest,
  type StreamReread,
  withStream,
} from '../domain/rereads/reread.js';
import { rereadDetails } from '../domain/rereads/reread-details.js';
import type { StreamName } from '../domain/streams/streams.js';
import { showDetails } from './details.js';
import { failureOf } from './failure-of.js';
import { type HistoryLimit, isHistoryTooLong } from './history.js';
import { belongTo, ownInstallation, withOwnMemo } from './own-installation.js';
import { rereading } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export const progressQuery = defineQuery<RereadReport>(PROGRESS_QUERY);

export function mimecastBackfill(request: RereadRequest & HistoryLimit): Promise<RereadReport> {
  return reread(request, 'backfill');
}

export function mimecastVerify(request: RereadRequest & HistoryLimit): Promise<RereadReport> {
  return reread(request, 'verify');
}

/** How long the collection has to store what had only just appeared when it was read here, and so seemed missing. */
const RECHECK_DELAY_MS = 15_000;

type Update = (news: Partial<StreamReread> & Pick<StreamReread, 'stream'>) => void;

async function reread(request: RereadRequest & HistoryLimit, kind: RereadKind): Promise<RereadReport> {
  belongTo(request.installation);
  listenForVersions();
  let report = request.carried ?? newReport(request, kind, workflowInfo().firstExecutionRunId);
  const update: Update = (news) => {
    report = withStream(report, news);
  };
  setHandler(progressQuery, () => report, { description: 'Progress: counts per stream and in total.' });
  showDetails(() => rereadDetails(report));

  const unfinished = report.streams.filter((stream) => !isOver(stream));
  await Promise.all(unfinished.map(({ stream }) => readAgain(report, stream, update, () => isHistoryTooLong(request))));
  if (!report.streams.every(isOver)) {
    const next = makeContinueAsNewFunc<typeof mimecastVerify>({ ...withOwnMemo(), ...toCurrentVersion() });
    await next({ ...request, carried: report });
  }
  if (kind === 'verify' && report.totals.missing > 0) await recheckMissing(report, update);
  return report;
}

/** Slice by slice, until the stream has read its range, or this run's history is long enough. */
async function readAgain(
  report: RereadReport,
  stream: StreamName,
  update: Update,
  isDue: () => boolean,
): Promise<void> {
  const { sourceId, kind, run, from, to } = report;
  try {
    for (let done = false; !done && !isDue(); ) {
      const range = { kind, run, from, to };
      const outcome = await unlessCanceled(
        rereading.reread.executeWithOptions({ summary: `${stream}: read again` }, [sourceId, stream, range]),
      );
      update({ stream, ...outcome });
      done = outcome.done;
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    update({ stream, failure: failureOf(error).message });
  }
}

/** Lets the collection store what was too new, and strikes that off. */
async function recheckMissing(report: RereadReport, update: Update): Promise<void> {
  const { sourceId, run } = report;
  if (await wake(sourceId))
    await sleep(RECHECK_DELAY_MS, { summary: 'waiting for the newest records to be collected' });
  else log.info('The source does not run: what it has not collected yet counts as missing');
  for (const { stream, counts } of report.streams.filter(({ counts }) => counts.missing > 0)) {
    const missing = await rereading.recheck.executeWithOptions({ summary: `${stream}: check again` }, [
      sourceId,
      stream,
      run,
    ]);
    update({ stream, counts: { ...counts, missing } });
  }
}

/** Lets the collection poll. @returns whether it runs. */
async function wake(sourceId: number): Promise<boolean> {
  try {
    if (ownInstallation() !== undefined)
      return await rereading.wake.executeWithOptions({ summary: 'make the source poll' }, [sourceId]);
    // As runs of earlier versions did, which have to be replayed.
    await getExternalWorkflowHandle(workflowIdOf(sourceId)).signal(SIGNALS.collectNow);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}
