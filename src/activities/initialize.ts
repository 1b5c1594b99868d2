import type { StreamProgress } from '../domain/streams/outcome.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { doubtPositions, ensureCheckpoints, readProgress } from '../store/checkpoints.js';

/** Makes the indexes, and the checkpoints of streams that have none yet. @returns what the checkpoints say. */
export async function initialize(
  { collections }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
): Promise<StreamProgress[]> {
  const { settings, backfillMs } = await reader.load(sourceId);
  await collections.ensureIndexes();
  await ensureCheckpoints(collections, sourceId, settings.streams, new Date(Date.now() - backfillMs));
  await doubtPositions(collections, sourceId);
  return readProgress(collections, sourceId, settings.streams);
}
