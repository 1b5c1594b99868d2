/** Collectors as people manage them. A collector groups sources and gives them category and fields. */

import type { Collections, CollectorDocument } from '../store/collections.js';
import {
  CollectorNameTakenError,
  type CollectorSettings,
  createCollector,
  replaceCollector,
} from '../store/collectors.js';
import { audited } from './audit-trail.js';
import { beingDeleted, changedMeanwhile, nameTaken, unknownCollector, unknownCollectorName } from './refusals.js';

export const DEFAULT_TIME_ZONE = 'UTC';

export interface CollectorPage {
  /** All collectors are hosted and alive, so the other two choose none. */
  readonly filter?: 'installed' | 'hosted' | 'dead' | 'alive' | undefined;
  readonly limit: number;
  readonly offset: number;
}

export class CollectorService {
  constructor(private readonly collections: Collections) {}

  async list({ filter, limit, offset }: CollectorPage): Promise<CollectorDocument[]> {
    if (filter === 'installed' || filter === 'dead') return [];
    return this.collections.collectors.find().sort({ _id: 1 }).skip(offset).limit(limit).toArray();
  }

  /** @throws CodedRefusal 404 */
  async get(collectorId: number): Promise<CollectorDocument> {
    const found = await this.collections.collectors.findOne({ _id: collectorId });
    if (found === null) throw unknownCollector();
    return found;
  }

  /** @param name as it stands in an address: it may end in a `/` that does not belong to it. @throws CodedRefusal 404 */
  async byName(name: string): Promise<CollectorDocument> {
    const candidates = [name, ...(name.endsWith('/') ? [name.slice(0, -1)] : [])];
    const found = await this.collections.collectors.find({ name: { $in: candidates } }).toArray();
    const exact = found.find((collector) => collector.name === name) ?? found[0];
    if (exact === undefined) throw unknownCollectorName(candidates.at(-1) ?? name);
    return exact;
  }

  /** @throws CodedRefusal 400 with the id of the one that has the name. */
  async create(settings: CollectorSettings, actor: string): Promise<CollectorDocument> {
    await this.collections.ensureIndexes();
    const { name } = settings;
    return audited(this.collections, { actor, action: 'collector.create', name, to: settings }, async () => {
      const result = await this.refusingTakenNames(() => createCollector(this.collections, settings));
      return { result, mark: { collectorId: result._id } };
    });
  }

  /**
   * Replaces all that is configured. The same once more changes nothing.
   *
   * @param mayReplace says of the collector as it is now whether the caller knows it.
   * @throws CodedRefusal 404, 409 while it is being deleted, 412, or 400 when the name is taken.
   */
  async replace(
    collectorId: number,
    settings: CollectorSettings,
    actor: string,
    mayReplace: (current: CollectorDocument) => boolean = () => true,
  ): Promise<CollectorDocument> {
    const current = await this.get(collectorId);
    if (current.deletingAt !== undefined) throw beingDeleted('collector', current.name);
    if (!mayReplace(current)) throw changedMeanwhile();
    const from = settingsOf(current);
    if (isSame(from, settings)) return current;
    const entry = { actor, action: 'collector.update', collectorId, name: settings.name, from, to: settings };
    return audited(this.collections, entry, async () => {
      const result = await this.refusingTakenNames(() => replaceCollector(this.collections, current, settings));
      if (result === undefined) throw changedMeanwhile();
      return { result };
    });
  }

  private async refusingTakenNames<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof CollectorNameTakenError)) throw error;
      const holder = await this.collections.collectors.findOne({ name: error.collectorName });
      throw nameTaken('collector', error.collectorName, holder?._id);
    }
  }
}

/** What is configured of it, and so what its ETag is made of. The command line makes collectors of a name alone. */
export function settingsOf({
  name,
  description,
  category,
  fields,
  timeZone = DEFAULT_TIME_ZONE,
}: CollectorDocument): CollectorSettings {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(category === undefined ? {} : { category }),
    ...(fields === undefined ? {} : { fields }),
    timeZone,
  };
}

function isSame(a: CollectorSettings, b: CollectorSettings): boolean {
  const text = ({ name, description, category, fields, timeZone }: CollectorSettings) =>
    JSON.stringify([name, description, category, timeZone, Object.entries(fields ?? {}).sort()]);
  return text(a) === text(b);
}
