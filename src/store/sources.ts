/** Sources: what is configured of them, each change a version of its own. */

import type { Filter } from 'mongodb';
import type { HostDoubts } from '../domain/failures/host-doubts.js';
import { present } from '../domain/present.js';
import { stayingCollectors } from './collectors.js';
import { LEAVING, markDeleting, STAYING } from './deletion.js';
import { collection, type Indexes, type Store, unlessTaken } from './driver.js';
import { nextId } from './ids.js';

export interface SourceDocument {
  readonly _id: number;
  readonly collectorId: number;
  readonly name: string;
  /** `source.config` as it was validated, defaults filled in; `clientSecret` is masked when there is a `secret`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The client secret, or the secrets of the key of a bucket, encrypted (JWE). */
  readonly secret?: string;
  /** The secrets of the key of the bucket that it exports to, encrypted (JWE). */
  readonly exportSecret?: string;
  /** Counts the saved versions of `config`, from 1. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The `baseUrl` that has given a token. */
  readonly knownHost?: string;
  /** What speaks against a `baseUrl` that has not given one. */
  readonly hostDoubts?: HostDoubts;
  /** Set while the source is meant to be stopped. */
  readonly stoppedAt?: Date;
  /** Set once the source is to be deleted: it ends, and the document goes with its end. */
  readonly deletingAt?: Date;
  /** The version that its workflow has last begun to work with. */
  readonly seenVersion?: number;
}

const sources = collection<SourceDocument>('sources');
export const SOURCE_INDEXES: Indexes = { sources: [{ key: { collectorId: 1, name: 1 }, unique: true }] };

const MEANT_TO_RUN = { stoppedAt: { $exists: false }, ...STAYING } as const;
const EXPORTING = { 'config.export': { $exists: true, $ne: null } } as const;
const ID_ONLY = { projection: { _id: true } } as const;

/** Thrown when another source of the collector has the name already. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';

  constructor(readonly sourceName: string) {
    super(`A source named "${sourceName}" already exists on this collector`);
  }
}

/** What a source is known by: its id, also that of its collector, or its name on its collector. */
type SourceKey =
  | { readonly _id: number; readonly collectorId?: number }
  | { readonly collectorId: number; readonly name: string };

export function storedSource(store: Store, key: SourceKey): Promise<SourceDocument | null> {
  return sources(store).findOne(key);
}

export function allSources(store: Store): Promise<SourceDocument[]> {
  return sources(store).find().sort({ _id: 1 }).toArray();
}

export function sourcesOfCollector(store: Store, collectorId: number): Promise<SourceDocument[]> {
  return sources(store).find({ collectorId }).sort({ _id: 1 }).toArray();
}

/** What lists need of a source. */
export type SourceSummary = Pick<SourceDocument, '_id' | 'name' | 'collectorId' | 'stoppedAt' | 'deletingAt'>;

export function sourceSummaries(store: Store): Promise<SourceSummary[]> {
  return sources(store)
    .find({}, { projection: { name: true, collectorId: true, stoppedAt: true, deletingAt: true } })
    .sort({ _id: 1 })
    .toArray();
}

/** What a workflow that does not say whose it is can be recognized by. */
export type SourceOrigin = Pick<SourceDocument, '_id' | 'name' | 'createdAt'>;

/** Of these ids, by id; what is not stored is left out. */
export async function sourceOrigins(store: Store, ids: readonly number[]): Promise<ReadonlyMap<number, SourceOrigin>> {
  const stored = await sources(store)
    .find({ _id: { $in: ids } }, { projection: { name: true, createdAt: true } })
    .toArray();
  return new Map(stored.map((source) => [source._id, source]));
}

/** Its processing rules as they are stored. */
export async function storedFilters(store: Store, _id: number): Promise<unknown> {
  return (await sources(store).findOne({ _id }, { projection: { 'config.filters': 1 } }))?.config?.filters;
}

/** The fields of all sources, or of those that are to stay, with what it takes to name them. */
export function sourceFields(store: Store, { staying = false } = {}): Promise<SourceDocument[]> {
  return sources(store)
    .find(staying ? STAYING : {}, { projection: { name: true, collectorId: true, 'config.fields': true } })
    .toArray();
}

export async function isStored(store: Store, _id: number): Promise<boolean> {
  return (await sources(store).findOne({ _id }, ID_ONLY)) !== null;
}

export async function hasSources(store: Store, collectorId: number): Promise<boolean> {
  return (await sources(store).findOne({ collectorId }, ID_ONLY)) !== null;
}

export function idsMeantToRun(store: Store): Promise<number[]> {
  return idsOf(store, MEANT_TO_RUN);
}

/** Those that export what they collect, and are meant to run. */
export function exportingSources(store: Store): Promise<number[]> {
  return idsOf(store, { ...MEANT_TO_RUN, ...EXPORTING });
}

/** The same of those that are stopped. */
export function stoppedExportingSources(store: Store): Promise<number[]> {
  return idsOf(store, { ...STAYING, stoppedAt: { $exists: true }, ...EXPORTING });
}

async function idsOf(store: Store, filter: Filter<SourceDocument>): Promise<number[]> {
  return (await sources(store).find(filter, ID_ONLY).toArray()).map(({ _id }) => _id);
}

export function isMeantToRun({ stoppedAt, deletingAt }: Pick<SourceDocument, 'stoppedAt' | 'deletingAt'>): boolean {
  return stoppedAt === undefined && deletingAt === undefined;
}

/** Whether a workflow works for one of them, as far as is known, so that the installation's name must stay. */
export async function isAnyAtWork(store: Store): Promise<boolean> {
  const atWork = { stoppedAt: { $exists: false }, seenVersion: { $exists: true } };
  return (await sources(store).findOne(atWork, ID_ONLY)) !== null;
}

/** Those whose workflow has not begun to work with the stored version, which is older than a time. */
export function sourcesBehind(store: Store, changedBefore: Date): Promise<SourceDocument[]> {
  return sources(store)
    .find({
      $expr: { $lt: ['$seenVersion', '$version'] },
      seenVersion: { $exists: true },
      updatedAt: { $lt: changedBefore },
      ...MEANT_TO_RUN,
    })
    .toArray();
}

export function leavingSources(store: Store): Promise<number[]> {
  return idsOf(store, LEAVING);
}

/** Sources that are to stay while their collector is not, or is gone. */
export async function lostSources(store: Store): Promise<SourceDocument[]> {
  // In this order: a source that is being made now has had its collector before.
  const needed = await sources(store).distinct('collectorId', STAYING);
  const there = await stayingCollectors(store, needed);
  const gone = needed.filter((id) => !there.has(id));
  if (gone.length === 0) return [];
  return sources(store)
    .find({ collectorId: { $in: gone }, ...STAYING })
    .toArray();
}

/** Those whose secret is not encrypted. @param prefix also those whose encrypted secret does not begin with it. */
export function unsealedSources(store: Store, prefix?: string): AsyncIterable<SourceDocument> {
  const isPlain = { secret: { $exists: false }, 'config.clientSecret': { $exists: true } };
  const other = { $exists: true, $not: new RegExp(`^${prefix}`) };
  const isOther = prefix === undefined ? [] : [{ secret: other }, { exportSecret: other }];
  return sources(store).find({ $or: [isPlain, ...isOther] });
}

/** Replaces the secrets that are given, unless the source was changed meanwhile. */
export async function sealSource(
  store: Store,
  { _id, version, config }: SourceDocument,
  { secret, exportSecret }: StoredSecrets,
  mask: string,
): Promise<void> {
  const masked = config.clientSecret === undefined ? {} : { 'config.clientSecret': mask };
  await sources(store).updateOne({ _id, version }, { $set: { ...present({ secret, exportSecret }), ...masked } });
}

/** Encrypted; see `SourceDocument`. */
export type StoredSecrets = Pick<SourceDocument, 'secret' | 'exportSecret'>;

/** @throws NameTakenError */
export async function createSource(
  store: Store,
  collectorId: number,
  name: string,
  config: Readonly<Record<string, unknown>>,
  secrets: StoredSecrets = {},
): Promise<SourceDocument> {
  const now = new Date();
  const _id = await nextId(store, 'source');
  const source: SourceDocument = {
    ...{ _id, collectorId, name, config },
    ...secrets,
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
  await unlessTaken(
    () => sources(store).insertOne(source),
    () => new NameTakenError(name),
  );
  return source;
}

export interface SecretChange extends Pick<SourceDocument, 'secret'> {
  readonly exportSecret?: string | null;
}

/**
 * Saves a new version of a source's configuration.
 *
 * @param secrets default those that are stored; `exportSecret` is dropped when it is `null`.
 * @param from the version that it was changed from; default whichever is stored.
 * @returns the source as it is now, or `null` when there is none, none of that version, or none that stays.
 * @throws NameTakenError
 */
export function updateSource(
  store: Store,
  sourceId: number,
  name: string,
  config: Readonly<Record<string, unknown>>,
  { secret, exportSecret }: SecretChange = {},
  from?: number,
): Promise<SourceDocument | null> {
  const dropped = exportSecret === null ? { $unset: { exportSecret: true } as const } : {};
  const kept = present({ secret, exportSecret: exportSecret ?? undefined });
  return unlessTaken(
    () =>
      sources(store).findOneAndUpdate(
        { _id: sourceId, ...STAYING, ...present({ version: from }) },
        {
          $set: { name, config, updatedAt: new Date(), ...kept },
          ...dropped,
          $inc: { version: 1 },
        },
        { returnDocument: 'after' },
      ),
    () => new NameTakenError(name),
  );
}

/** Notes whether the source is meant to run: a stopped one is not started again by itself. */
export async function markStopped(store: Store, _id: number, stopped: boolean): Promise<void> {
  const change = stopped ? { $set: { stoppedAt: new Date() } } : { $unset: { stoppedAt: true } as const };
  await sources(store).updateOne({ _id }, change);
}

/** Notes that its workflow has begun to work with the version that is stored. */
export async function markSeen(store: Store, _id: number): Promise<void> {
  await sources(store).updateOne({ _id }, [{ $set: { seenVersion: '$version' } }]);
}

/** Notes that a host has given a token. */
export async function saveKnownHost(store: Store, _id: number, knownHost: string): Promise<void> {
  await sources(store).updateOne({ _id }, { $set: { knownHost }, $unset: { hostDoubts: true } });
}

export async function saveHostDoubts(store: Store, _id: number, hostDoubts: HostDoubts): Promise<void> {
  await sources(store).updateOne({ _id }, { $set: { hostDoubts } });
}

/** @returns false when it was marked before, or there is none. */
export function markSourceDeleting(store: Store, sourceId: number): Promise<boolean> {
  return markDeleting(sources(store), sourceId);
}

/** Deletes a source's configuration with its secrets, its checkpoints, what it read of a bucket, has yet to read and wrote to one, and what was read again. Its records stay. */
export async function removeSource(store: Store, sourceId: number): Promise<void> {
  const names = ['checkpoints', 'objects', 'folded_objects', 'queue_messages', 'rereads', 'missing_records'];
  for (const name of [...names, 'rule_matches', 'exports', 'export_cuts', 'past_exports', 'past_export_parts']) {
    await collection(name)(store).deleteMany({ sourceId });
  }
  await sources(store).deleteOne({ _id: sourceId });
}
