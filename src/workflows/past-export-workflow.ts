/** An export of the past as a workflow: slice after slice until it is over. What it knows of it is stored, not here. */

import { CancellationScope, isCancellation, makeContinueAsNewFunc } from '@temporalio/workflow';
import type { PastExportEnd, PastExportRequest } from '../domain/export/past-export.js';
import { showDetails } from './details.js';
import { failureOf } from './failure-of.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { exportNotes, pastExporting } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export async function mimecastPastExport(request: PastExportRequest): Promise<void> {
  belongTo(request.installation);
  listenForVersions();
  let text = 'Begins';
  showDetails(() => text);
  for (;;) {
    const outcome = await slice(request);
    if (outcome === 'failed') return;
    text = outcome.text;
    if (outcome.result === 'over') return;
    if (isHistoryTooLong(request)) {
      const next = makeContinueAsNewFunc<typeof mimecastPastExport>({ ...withOwnMemo(), ...toCurrentVersion() });
      await next(request);
    }
  }
}

async function slice({ sourceId, exportId }: PastExportRequest) {
  try {
    return await unlessCanceled(
      pastExporting.exportPast.executeWithOptions({ summary: 'export of the past' }, [sourceId, exportId]),
    );
  } catch (error) {
    const isCanceled = isCancellation(error);
    const ended: PastExportEnd = isCanceled ? { state: 'Canceled' } : { state: 'Failed', failure: failureOf(error) };
    await CancellationScope.nonCancellable(() =>
      exportNotes.endPastExport.executeWithOptions({ summary: ended.state }, [sourceId, exportId, ended]),
    );
    if (isCanceled) throw error;
    return 'failed';
  }
}
