/** Collectors and sources, with their integer ids. */

import { MongoServerError } from 'mongodb';
import type { Collections, SourceDocument } from './collections.js';
import { nextId } from './ids.js';

/** Thrown when another source of the collector has the name already. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';

  constructor(readonly sourceName: string) {
    super(`A source named "${sourceName}" exists already on this collector`);
  }
}

/**
 * @param secret the client secret, encrypted.
 * @throws NameTakenError
 */
export async function createSource(
  collections: Collections,
  collectorId: number,
  name: string,
  config: Readonly<Record<string, unknown>>,
  secret?: string,
): Promise<SourceDocument> {
  const now = new Date();
  const _id = await nextId(collections, 'source');
  const sealed = secret === undefined ? {} : { secret };
  const source: SourceDocument = {
    ...{ _id, collectorId, name, config },
    ...sealed,
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
  await refusingTakenNames(name, () => collections.sources.insertOne(source));
  return source;
}

/**
 * Saves a new version of a source's configuration.
 *
 * @param secret the client secret, encrypted; default the one that is stored.
 * @param from the version that it was changed from; default whichever is stored.
 * @returns the source as it is now, or `undefined` when there is none, none of that version, or none that stays.
 * @throws NameTakenError
 */
export async function updateSource(
  { sources }: Collections,
  sourceId: number,
  name: string,
  config: Readonly<Record<string, unknown>>,
  secret?: string,
  from?: number,
): Promise<SourceDocument | undefined> {
  const updated = await refusingTakenNames(name, () =>
    sources.findOneAndUpdate(
      { _id: sourceId, deletingAt: { $exists: false }, ...(from === undefined ? {} : { version: from }) },
      {
        $set: { name, config, updatedAt: new Date(), ...(secret === undefined ? {} : { secret }) },
        $inc: { version: 1 },
      },
      { returnDocument: 'after' },
    ),
  );
  return updated ?? undefined;
}

async function refusingTakenNames<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 11_000) throw new NameTakenError(name);
    throw error;
  }
}

/** Notes whether the source is meant to run: a stopped one is not started again by itself. */
export async function markStopped({ sources }: Collections, sourceId: number, stopped: boolean): Promise<void> {
  await sources.updateOne(
    { _id: sourceId },
    stopped ? { $set: { stoppedAt: new Date() } } : { $unset: { stoppedAt: true } },
  );
}

/** Deletes a source's configuration with its secret, its checkpoints, and what was read again. Its records stay. */
export async function removeSource(
  { sources, checkpoints, rereads, missing, ruleMatches }: Collections,
  sourceId: number,
): Promise<void> {
  await checkpoints.deleteMany({ sourceId });
  await rereads.deleteMany({ sourceId });
  await missing.deleteMany({ sourceId });
  await ruleMatches.deleteMany({ sourceId });
  await sources.deleteOne({ _id: sourceId });
}
