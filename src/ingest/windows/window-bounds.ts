/** What the stream's definition says of its windows, or else the configuration. */

import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import type { LoadedSource } from '../source/source-reader.js';

/** Latest end of a window, epoch milliseconds: the present by the API's clock, less the lag. */
export function endOfWindows({ client, lagMs }: LoadedSource, stream: RecordStream): number {
  return client.now() - (definitionOf(stream).lagMs ?? lagMs);
}

export function overlapOf({ overlapMs }: LoadedSource, stream: RecordStream): number {
  return definitionOf(stream).overlapMs ?? overlapMs;
}
