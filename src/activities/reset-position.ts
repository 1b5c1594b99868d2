import type { StreamProgress } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { completeUntil, resetCheckpoint } from '../store/checkpoints.js';
import { forgetFolded } from '../store/folded-objects.js';
import { forgetObjects } from '../store/objects.js';
import { progressOf } from '../store/progress.js';

/** Moves a stream's checkpoint to a time, so that it is collected again from there. @returns what the checkpoint says. */
export async function resetPosition(
  { collections }: ActivityDependencies,
  sourceId: number,
  stream: StreamName,
  from: string | undefined,
): Promise<StreamProgress> {
  const time = from === undefined ? undefined : new Date(from);
  const reset = await resetCheckpoint(collections, sourceId, stream, time);
  // An object is written after the events that it tells of.
  const since = time ?? completeUntil(reset);
  await forgetObjects(collections, sourceId, stream, since);
  await forgetFolded(collections, sourceId, stream, since);
  return progressOf(reset);
}
