import { INDICATORS_VERSION } from '../../src/domain/indicators/indicator.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import type { Collections } from '../../src/store/collections.js';
import { saveFillIn } from '../../src/store/indicator-fill-in.js';

/** Notes that all records have their indicators, as a worker does when there were none before it. */
export async function noteFilledIn(collections: Collections): Promise<void> {
  for (const stream of STREAMS) {
    const name = { _id: `${INDICATORS_VERSION}/${stream}`, version: INDICATORS_VERSION, stream };
    await saveFillIn(collections, { ...name, read: 0, filled: 0, isDone: true }, 0);
  }
}
