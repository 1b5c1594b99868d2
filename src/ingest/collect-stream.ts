/** One slice of work on any stream, from opening its checkpoint to the outcome. */

import { log } from '@temporalio/activity';
import type { StreamEnd, StreamOutcome } from '../domain/streams/outcome.js';
import { isSiemStream } from '../domain/streams/streams.js';
import { collectFiles } from './files/collect-files.js';
import { collectBucket } from './objects/collect-bucket.js';
import { observedEnd } from './slice/observed-slice.js';
import { Slice, type SliceOptions } from './slice/slice.js';
import { storeRuleMatches } from './source/store-rule-matches.js';
import { collectWindows } from './windows/collect-windows.js';

/** @throws what stopped the slice, unless it got somewhere before; then the outcome tells both. */
export function collectStream(options: SliceOptions, onOpen?: (slice: Slice) => void): Promise<StreamOutcome> {
  return observedEnd(options, () => runSlice(options, onOpen));
}

async function runSlice(options: SliceOptions, onOpen?: (slice: Slice) => void): Promise<StreamOutcome> {
  const slice = await Slice.open(options);
  onOpen?.(slice);
  try {
    const result = await collected(slice, options);
    await slice.markCounted();
    await storeRuleMatches(options.collections, options.source);
    return slice.outcome(result);
  } catch (error) {
    await slice.markCounted().catch((cause: unknown) => {
      const { stream } = options;
      log.warn('The totals will be counted again in the next slice', { stream, cause });
    });
    return slice.outcomeOrThrow(error);
  } finally {
    await slice.close();
  }
}

function collected(slice: Slice, { source, stream }: SliceOptions): Promise<StreamEnd> {
  if (source.objects !== undefined) return collectBucket(slice, stream, source.objects);
  return isSiemStream(stream) ? collectFiles(slice, stream) : collectWindows(slice, stream);
}
