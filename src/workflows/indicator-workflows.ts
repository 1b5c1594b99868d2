/** The fill-in as a workflow: slice after slice, until all records have their indicators. */

import { defineQuery, makeContinueAsNewFunc, setHandler } from '@temporalio/workflow';
import { FILL_IN_QUERY, type FillInProgress, type FillInRequest } from '../domain/fill-in/indicator-fill-in.js';
import { showDetails } from './details.js';
import { isHistoryTooLong } from './history.js';
import { belongTo, withOwnMemo } from './own-installation.js';
import { background } from './steps.js';
import { unlessCanceled } from './unless-canceled.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export const fillInQuery = defineQuery<FillInProgress>(FILL_IN_QUERY);

export async function mimecastIndicatorFillIn(request: FillInRequest): Promise<FillInProgress> {
  belongTo(request.installation);
  listenForVersions();
  let progress: FillInProgress = { read: 0, filled: 0, isDone: false, position: 'not begun' };
  setHandler(fillInQuery, () => progress, { description: 'Progress: counts, and where it stands.' });
  showDetails(() => `${progress.position}\n\n${progress.read} records looked at, ${progress.filled} filled in`);
  while (!progress.isDone) {
    progress = await unlessCanceled(background.fillInIndicators.executeWithOptions({ summary: progress.position }, []));
    if (!progress.isDone && isHistoryTooLong(request)) {
      const next = makeContinueAsNewFunc<typeof mimecastIndicatorFillIn>({ ...withOwnMemo(), ...toCurrentVersion() });
      await next(request);
    }
  }
  return progress;
}
