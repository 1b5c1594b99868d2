import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import type { SourceReader } from '../ingest/source/source-reader.js';
import { markStopped, removeSource } from '../store/sources.js';

/** Ends a source: notes it as stopped, or deletes its configuration, its secret and its checkpoints. */
export async function finalize(
  { collections }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
  { remove }: { readonly remove: boolean },
): Promise<void> {
  reader.forget(sourceId);
  if (remove) await removeSource(collections, sourceId);
  else await markStopped(collections, sourceId, true);
}
