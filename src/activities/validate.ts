import type { SourceSettings } from '../domain/streams/outcome.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { markSeen } from '../store/sources.js';

/**
 * Reads the stored configuration and checks it again. Notes which version it has seen, valid or not: a reconciliation then
 * knows whether a change has come to the workflow.
 */
export async function validate(
  { collections }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
): Promise<SourceSettings> {
  await markSeen(collections, sourceId);
  const { settings } = await reader.load(sourceId);
  return settings;
}
