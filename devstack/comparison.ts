/** What the store holds of a source, beside what the simulator holds. */

import { definitionOf } from '../src/domain/streams/streams.js';
import type { Collections } from '../src/store/collections.js';
import { countQuarantined } from '../src/store/quarantine.js';
import { countRecords } from '../src/store/records.js';
import { heldLines } from './held-lines.js';
import { SAMPLE_STREAMS } from './sample-source.js';

export interface CollectionCount {
  /** Records of the source in the collection. */
  readonly stored: number;
  /** Lines and files of the source that are in quarantine because they cannot be read as records. */
  readonly quarantined: number;
  /** Lines that the simulator holds, those included that are no records. */
  readonly truth: number;
}

export type Comparison = Readonly<Record<string, CollectionCount>>;

/** Of the streams that the sample source collects. */
export async function compare(collections: Collections, sourceId: number, simulatorUrl: string): Promise<Comparison> {
  const tenant = (await heldLines(simulatorUrl)).find(({ clientId }) => clientId === 'sim-client-1');
  const counts = SAMPLE_STREAMS.map(async (stream) => {
    const stored = await countRecords(collections, stream, sourceId);
    const quarantined = await countQuarantined(collections, stream, sourceId);
    return [
      definitionOf(stream).collection,
      { stored, quarantined, truth: tenant?.streams[stream]?.held.lines ?? 0 },
    ] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** What is no record can't be stored as one: it is in quarantine, with its place. */
export function isComplete(comparison: Comparison): boolean {
  return Object.values(comparison).every(({ stored, quarantined, truth }) => {
    return stored === truth || stored + quarantined === truth;
  });
}

export function sumOf(comparison: Comparison, what: keyof CollectionCount): number {
  return Object.values(comparison).reduce((sum, counts) => sum + counts[what], 0);
}
