/** What the signal and the update `collectNow` ask for, as the code knew it that the run is replayed for. */

import { type CollectRequest, collectRequestOf, type NoCollectRequest } from '../domain/streams/collect-request.js';
import { collectsSome } from './patches.js';

/** Without a payload nothing is asked of the history: the commands are those of all code before. */
export function wantedBy(payload: unknown): CollectRequest | NoCollectRequest {
  const wanted = collectRequestOf(payload);
  const isForAll = !('mistakes' in wanted) && wanted.streams === undefined;
  return isForAll || collectsSome() ? wanted : {};
}
