/** Collectors: what is configured of them, each change on the version that it was made from. */

import { LEAVING, markDeleting, STAYING } from './deletion.js';
import { collection, type Indexes, type Store, unlessTaken } from './driver.js';
import { nextId } from './ids.js';

export interface CollectorDocument {
  readonly _id: number;
  readonly name: string;
  readonly description?: string;
  /** Default `_sourceCategory` of its sources. */
  readonly category?: string;
  /** Put on every record of its sources; a source's own value goes before. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Name of a time zone as it was given, such as `Etc/UTC`; default `UTC`. */
  readonly timeZone?: string;
  /** Counts the changes; absent before the first. */
  readonly version?: number;
  readonly createdAt: Date;
  readonly updatedAt?: Date;
  /** Set while it waits for its last source to end, and is then deleted. */
  readonly deletingAt?: Date;
}

/** What people configure of a collector. */
export type CollectorSettings = Pick<CollectorDocument, 'name' | 'description' | 'category' | 'fields' | 'timeZone'>;

const collectors = collection<CollectorDocument>('collectors');
export const COLLECTOR_INDEXES: Indexes = { collectors: [{ key: { name: 1 }, unique: true }] };

/** Thrown when another collector has the name already. */
export class CollectorNameTakenError extends Error {
  override readonly name = 'CollectorNameTakenError';

  constructor(readonly collectorName: string) {
    super(`A collector named "${collectorName}" already exists`);
  }
}

export function storedCollector(
  store: Store,
  key: { readonly _id: number } | { readonly name: string },
): Promise<CollectorDocument | null> {
  return collectors(store).findOne(key);
}

/** Those that have one of the names. */
export function collectorsNamed(store: Store, names: readonly string[]): Promise<CollectorDocument[]> {
  return collectors(store)
    .find({ name: { $in: names } })
    .toArray();
}

/** A page of them, by their ids. */
export function collectorPage(store: Store, offset: number, limit: number): Promise<CollectorDocument[]> {
  return collectors(store).find().sort({ _id: 1 }).skip(offset).limit(limit).toArray();
}

/** The names of all, by their ids. */
export async function collectorNames(store: Store): Promise<Map<number, string>> {
  const named = await collectors(store)
    .find({}, { projection: { name: true } })
    .toArray();
  return new Map(named.map(({ _id, name }) => [_id, name]));
}

/** Those that have fields. @param staying of those that are to stay. */
export function collectorsWithFields(store: Store, { staying = false } = {}): Promise<CollectorDocument[]> {
  return collectors(store)
    .find({ fields: { $exists: true }, ...(staying ? STAYING : {}) })
    .toArray();
}

/** Of these ids, those of collectors that are to stay. */
export async function stayingCollectors(store: Store, ids: readonly number[]): Promise<ReadonlySet<number>> {
  return new Set(await collectors(store).distinct('_id', { _id: { $in: ids }, ...STAYING }));
}

export async function leavingCollectors(store: Store): Promise<number[]> {
  const leaving = await collectors(store)
    .find(LEAVING, { projection: { _id: true } })
    .toArray();
  return leaving.map(({ _id }) => _id);
}

/** @throws CollectorNameTakenError */
export async function createCollector(store: Store, settings: CollectorSettings): Promise<CollectorDocument> {
  const now = new Date();
  const taken = () => new CollectorNameTakenError(settings.name);
  // An id is used up only by a collector that is made: set-up jobs that run again must not eat them.
  if ((await storedCollector(store, { name: settings.name })) !== null) throw taken();
  const _id = await nextId(store, 'collector');
  const collector: CollectorDocument = { _id, ...settings, version: 1, createdAt: now, updatedAt: now };
  await unlessTaken(() => collectors(store).insertOne(collector), taken);
  return collector;
}

/**
 * Replaces all that is configured; what is absent is cleared.
 *
 * @returns the collector as it is now, or `null` when it is not any more what `from` says.
 * @throws CollectorNameTakenError
 */
export function replaceCollector(
  store: Store,
  { _id, version }: CollectorDocument,
  { name, ...optional }: CollectorSettings,
): Promise<CollectorDocument | null> {
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const absent = ['description', 'category', 'fields', 'timeZone'].filter((key) => !(key in given));
  return unlessTaken(
    () =>
      collectors(store).findOneAndUpdate(
        { _id, ...(version === undefined ? { version: { $exists: false } } : { version }), ...STAYING },
        {
          $set: { name, ...given, updatedAt: new Date() },
          ...(absent.length === 0 ? {} : { $unset: Object.fromEntries(absent.map((key) => [key, true])) }),
          $inc: { version: 1 },
        },
        { returnDocument: 'after' },
      ),
    () => new CollectorNameTakenError(name),
  );
}

/** @returns false when it was marked before, or there is none. */
export function markCollectorDeleting(store: Store, collectorId: number): Promise<boolean> {
  return markDeleting(collectors(store), collectorId);
}

/** Removes a collector that is marked for it. */
export async function removeCollector(store: Store, _id: number): Promise<void> {
  await collectors(store).deleteOne({ _id, ...LEAVING });
}
