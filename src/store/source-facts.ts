/** What is stored of many sources and says how they are, read with a query for each collection. */

import { groupedBy } from '../domain/grouped.js';
import { type CheckpointDocument, checkpoints } from './checkpoints.js';
import { collection, type Store, type TimeLimit } from './driver.js';
import type { HealthEventDocument } from './health-events.js';
import type { SourceDocument } from './sources.js';

export type StreamFacts = Pick<CheckpointDocument, 'stream' | 'beginAt' | 'readUntil' | 'caughtUpAt'>;

export interface SourceFacts extends Pick<SourceDocument, '_id' | 'stoppedAt' | 'deletingAt' | 'config'> {
  readonly streams: readonly StreamFacts[];
  /** What its open errors are about: streams, steps, the workflow. */
  readonly failing: readonly string[];
}

export interface ManyFacts {
  /** How many there are, however many are told of. */
  readonly total: number;
  readonly sources: readonly SourceFacts[];
}

/** @param most so many are told of, those with the lowest ids. */
export async function sourceFacts(store: Store, most: number, { timeoutMS }: TimeLimit): Promise<ManyFacts> {
  const limit = { timeoutMS };
  const sources = collection<SourceDocument>('sources')(store);
  const ofSource = { stoppedAt: 1, deletingAt: 1, 'config.dataCollection': 1, 'config.siemTypes': 1 } as const;
  const found = await sources
    .find({}, { projection: ofSource, ...limit })
    .sort({ _id: 1 })
    .limit(most)
    .toArray();
  const sourceId = { $in: found.map(({ _id }) => _id) };
  const ofStream = { sourceId: 1, stream: 1, beginAt: 1, readUntil: 1, caughtUpAt: 1 } as const;
  const open = { sourceId, status: 'UnHealthy', severityLevel: 'Error', resolvedAt: { $exists: false } } as const;
  const [total, streams, events] = await Promise.all([
    found.length < most ? found.length : sources.countDocuments({}, limit),
    checkpoints(store)
      .find({ sourceId }, { projection: ofStream, ...limit })
      .toArray(),
    collection<HealthEventDocument>('health_events')(store)
      .find(open, { projection: { sourceId: 1, subject: 1 }, ...limit })
      .toArray(),
  ]);
  const streamsOf = groupedBy(streams, ({ sourceId: id }) => id);
  const eventsOf = groupedBy(events, ({ sourceId: id }) => id);
  return {
    total,
    sources: found.map((source) => ({
      ...source,
      streams: streamsOf.get(source._id) ?? [],
      failing: (eventsOf.get(source._id) ?? []).map(({ subject }) => subject),
    })),
  };
}
