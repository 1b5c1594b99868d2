/** Work that fails while it is being canceled has been canceled: its failure says nothing more. */

import { CancellationScope, CancelledFailure, isCancellation } from '@temporalio/workflow';

/** @throws CancelledFailure when the scope is canceled, whatever the work failed with; else what the work throws. */
export async function unlessCanceled<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled && !isCancellation(error))
      throw new CancelledFailure('failed while it was being canceled', [], error instanceof Error ? error : undefined);
    throw error;
  }
}
