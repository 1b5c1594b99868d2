/** Ends a run at a good moment, so that it can be continued as new with nothing interrupted. */

import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

/**
 * Runs work until it ends, or until it is time to hand over; then it is cancelled, and has ended when this returns.
 *
 * @throws what the work throws, and CancelledFailure when the surrounding scope is cancelled.
 */
export async function untilHandOver(isTime: () => boolean, work: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  const working = scope.run(work);
  try {
    await Promise.race([working, condition(isTime)]);
  } finally {
    scope.cancel();
    await working.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}
