/** What a slice tells of its work: once per batch, and at its end. */

import { classify } from '../../domain/failures/failure.js';
import type { Counts, StreamOutcome } from '../../domain/streams/outcome.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Method } from '../../metrics/worker-metrics.js';
import { errorFactsOf } from './error-facts-of.js';
import type { SliceOptions } from './slice.js';

type Observed = Pick<SliceOptions, 'source' | 'stream' | 'observer'>;

export function observeCounts(options: Observed, { stored, duplicates, quarantined }: Counts): void {
  const labels = labelsOf(options);
  options.observer?.count('mimecast_records_stored_total', labels, stored);
  options.observer?.count('mimecast_records_duplicate_total', labels, duplicates);
  options.observer?.count('mimecast_records_quarantined_total', labels, quarantined);
}

export function observeGap(options: Observed): void {
  options.observer?.count('mimecast_gaps_total', labelsOf(options));
}

/** Counts how a slice ends; one that is cancelled is not counted. */
export async function observedEnd(
  options: Observed & Pick<SliceOptions, 'signal'>,
  slice: () => Promise<StreamOutcome>,
): Promise<StreamOutcome> {
  const labels = labelsOf(options);
  const { observer } = options;
  const failed = (error_type: string) => {
    observer?.count('mimecast_polls_total', { ...labels, outcome: 'failed' });
    observer?.count('mimecast_poll_failures_total', { ...labels, error_type });
  };
  try {
    const outcome = await slice();
    if (outcome.failure === undefined) observer?.count('mimecast_polls_total', { ...labels, outcome: outcome.result });
    else failed(outcome.failure.type);
    return outcome;
  } catch (error) {
    if (!options.signal.aborted) failed(classify(errorFactsOf(error)).type);
    throw error;
  }
}

function labelsOf({ source, stream }: Observed): { readonly stream: StreamName; readonly method: Method } {
  return { stream, method: source.objects === undefined ? 'api' : 's3' };
}
