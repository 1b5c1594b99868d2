/** Collectors: what is configured of them, each change on the version that it was made from. */

import { MongoServerError } from 'mongodb';
import type { Collections, CollectorDocument } from './collections.js';
import { nextId } from './ids.js';

/** What people configure of a collector. */
export type CollectorSettings = Pick<CollectorDocument, 'name' | 'description' | 'category' | 'fields' | 'timeZone'>;

/** Thrown when another collector has the name already. */
export class CollectorNameTakenError extends Error {
  override readonly name = 'CollectorNameTakenError';

  constructor(readonly collectorName: string) {
    super(`A collector named "${collectorName}" exists already`);
  }
}

/** @throws CollectorNameTakenError */
export async function createCollector(
  collections: Collections,
  settings: CollectorSettings,
): Promise<CollectorDocument> {
  const now = new Date();
  // An id is used up only by a collector that is made: set-up jobs that run again must not eat them.
  if ((await collections.collectors.findOne({ name: settings.name })) !== null)
    throw new CollectorNameTakenError(settings.name);
  const _id = await nextId(collections, 'collector');
  const collector: CollectorDocument = { _id, ...settings, version: 1, createdAt: now, updatedAt: now };
  await refusingTakenNames(settings.name, () => collections.collectors.insertOne(collector));
  return collector;
}

/**
 * Replaces all that is configured; what is absent is cleared.
 *
 * @returns the collector as it is now, or `undefined` when it is not any more what `from` says.
 * @throws CollectorNameTakenError
 */
export async function replaceCollector(
  { collectors }: Collections,
  { _id, version }: CollectorDocument,
  { name, ...optional }: CollectorSettings,
): Promise<CollectorDocument | undefined> {
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const absent = ['description', 'category', 'fields', 'timeZone'].filter((key) => !(key in given));
  const replaced = await refusingTakenNames(name, () =>
    collectors.findOneAndUpdate(
      {
        _id,
        ...(version === undefined ? { version: { $exists: false } } : { version }),
        deletingAt: { $exists: false },
      },
      {
        $set: { name, ...given, updatedAt: new Date() },
        ...(absent.length === 0 ? {} : { $unset: Object.fromEntries(absent.map((key) => [key, true])) }),
        $inc: { version: 1 },
      },
      { returnDocument: 'after' },
    ),
  );
  return replaced ?? undefined;
}

async function refusingTakenNames<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 11_000) throw new CollectorNameTakenError(name);
    throw error;
  }
}
