import { INDICATORS_VERSION } from '../../src/domain/indicators/indicator.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import type { Collections } from '../../src/store/collections.js';
import { type FillInDocument, forgetFillIns, saveFillIn } from '../../src/store/indicator-fill-in.js';

/**
 * Notes that all records have their indicators, as a worker does when there were none before it.
 *
 * @param receipts how it stands with these, if otherwise.
 */
export async function noteFilledIn(
  collections: Collections,
  receipts: Pick<FillInDocument, 'isDone' | 'before'> = { isDone: true },
): Promise<void> {
  await forgetFillIns(collections);
  for (const stream of STREAMS) {
    const name = { _id: `${INDICATORS_VERSION}/${stream}`, version: INDICATORS_VERSION, stream };
    const state = stream === 'receipt' ? receipts : { isDone: true };
    await saveFillIn(collections, { ...name, read: 0, filled: 0, ...state }, 0);
  }
}
