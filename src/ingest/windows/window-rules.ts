/** What the configuration says of a stream's windows. */

import type { RecordStream } from '../../mimecast/paged-records.js';
import type { LoadedSource } from '../source/source-reader.js';

/** Held messages appear late; the other streams follow the configuration. */
const HOLD_OVERLAP_MS = 3_600_000;

/** Latest end of a window, epoch milliseconds: the present by the API's clock, less the lag. */
export function endOfWindows({ client, lagMs }: LoadedSource, stream: RecordStream): number {
  return client.now() - (stream === 'hold' ? 0 : lagMs);
}

export function overlapOf({ overlapMs }: LoadedSource, stream: RecordStream): number {
  return stream === 'hold' ? HOLD_OVERLAP_MS : overlapMs;
}
