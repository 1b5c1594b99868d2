/** Where the records of a source lie that reads a bucket. */

import type { StreamName } from '../../domain/streams/streams.js';
import type { Bucket } from '../../s3/bucket.js';
import type { SourceQueue } from './source-queue.js';
import { StreamKeys } from './stream-keys.js';

export interface SourceObjects {
  readonly bucket: Bucket;
  /** What the state of its objects is kept under: those of another bucket are others, whatever their keys. */
  readonly bucketName: string;
  /** Of the objects of each stream. */
  readonly keys: ReadonlyMap<StreamName, StreamKeys>;
  /** Of its notifications. */
  readonly queue?: SourceQueue;
  /** Whether the records of all streams lie together, to be told apart one by one. */
  readonly areMixed: boolean;
}

/** Of a stream that the source does not have, nothing in particular. */
export function keysOf({ keys }: SourceObjects, stream: StreamName): StreamKeys {
  return keys.get(stream) ?? new StreamKeys('');
}
