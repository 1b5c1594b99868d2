/** Notes that streams are caught up, from which their lag is told. */

import { log } from '@temporalio/activity';
import type { StreamName } from '../domain/streams/streams.js';
import { noteCaughtUp } from '../store/checkpoints.js';
import type { Collections } from '../store/collections.js';

/** What was collected stands without it, so nothing is done again because it fails. @param at when the look began */
export async function tellCaughtUp(
  collections: Collections,
  sourceId: number,
  streams: readonly StreamName[],
  at: Date,
): Promise<void> {
  try {
    await noteCaughtUp(collections, sourceId, streams, at);
  } catch (cause) {
    log.warn('The lag of streams is told from an earlier look', { streams, cause });
  }
}
