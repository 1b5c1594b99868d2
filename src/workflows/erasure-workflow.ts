/** An erasure as a workflow: slice after slice, until it has counted, or has erased and found nothing left. */

import { defineQuery, makeContinueAsNewFunc, setHandler } from '@temporalio/workflow';
import { ERASURE_QUERY, type ErasureProgress, type ErasureRequest } from '../domain/erasure/erasure.js';
import { showDetails } from './details.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { background } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export const erasureQuery = defineQuery<ErasureProgress>(ERASURE_QUERY);

export async function mimecastErasure(request: ErasureRequest): Promise<ErasureProgress> {
  belongTo(request.installation);
  listenForVersions();
  let progress: ErasureProgress = { isDone: false, position: 'not begun' };
  setHandler(erasureQuery, () => progress, { description: 'Progress: where it stands.' });
  showDetails(() => progress.position);
  while (!progress.isDone) {
    progress = await unlessCanceled(
      background.erase.executeWithOptions({ summary: progress.position }, [request.erasureId]),
    );
    if (!progress.isDone && isHistoryTooLong(request)) {
      const next = makeContinueAsNewFunc<typeof mimecastErasure>({ ...withOwnMemo(), ...toCurrentVersion() });
      await next(request);
    }
  }
  return progress;
}
