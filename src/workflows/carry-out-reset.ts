/** Carries out a reset of a stream's position, while nothing is collected. */

import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { PositionReset } from '../domain/streams/position-reset.js';
import type { SourceState } from './source-state.js';
import { steps } from './steps.js';

/** The source waits no longer for it: while MongoDB is away, collecting has to tell of that. */
const LIMIT_MS = 60_000;

/** One that does not succeed in time is dropped, as is every one once the source is to stop. */
export async function resetPosition(
  source: SourceState,
  { stream, from }: PositionReset,
  isOver: () => boolean,
): Promise<void> {
  if (!source.snapshot.streams.some((status) => status.stream === stream)) {
    return log.warn('A position cannot be reset: the source does not collect this stream', { stream });
  }
  const scope = new CancellationScope();
  const summary = `${stream}: collect again ${from === undefined ? 'from the end of what is known to be complete' : `from ${from}`}`;
  const options = { summary, scheduleToCloseTimeout: LIMIT_MS };
  const resetting = scope.run(() =>
    steps.resetPosition.executeWithOptions(options, [source.snapshot.sourceId, stream, from]),
  );
  try {
    const progress = await Promise.race([resetting, condition(isOver)]);
    if (progress !== undefined) source.write({ kind: 'repositioned', progress });
  } catch (error) {
    // The workflow is cancelled, which is a stop: the main loop sees to that.
    if (isCancellation(error)) return;
    log.warn('A position could not be reset; try again', { stream, error });
  } finally {
    scope.cancel();
    // Its cancellation is no failure.
    resetting.catch(() => undefined);
  }
}
