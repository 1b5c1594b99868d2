/** Collectors as people manage them. A collector groups sources and gives them category and fields. */

import { collectorName } from '../../config/collector-names.js';
import { present } from '../../domain/present.js';
import type { Collections } from '../../store/collections.js';
import {
  type CollectorDocument,
  CollectorNameTakenError,
  type CollectorSettings,
  collectorPage,
  collectorsNamed,
  createCollector,
  replaceCollector,
  storedCollector,
} from '../../store/collectors.js';
import { audited } from '../audited.js';
import { FieldService } from '../fields/field-service.js';
import {
  beingDeleted,
  changedMeanwhile,
  invalid,
  nameTaken,
  unknownCollector,
  unknownCollectorName,
} from '../refusals.js';

export const DEFAULT_TIME_ZONE = 'UTC';

export interface CollectorSaveOptions {
  /** Who is noted in the audit trail. */
  readonly actor: string;
  /** Adds the fields that the schema does not have; of what is refused, none. */
  readonly addFields?: boolean;
}

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
    return collectorPage(this.collections, offset, limit);
  }

  /** @throws CodedRefusal 404 */
  async get(collectorId: number): Promise<CollectorDocument> {
    const found = await storedCollector(this.collections, { _id: collectorId });
    if (found === null) throw unknownCollector();
    return found;
  }

  /** @param name as it stands in an address: it may end in a `/` that does not belong to it. @throws CodedRefusal 404 */
  async byName(name: string): Promise<CollectorDocument> {
    const candidates = [name, ...(name.endsWith('/') ? [name.slice(0, -1)] : [])];
    const found = await collectorsNamed(this.collections, candidates);
    const exact = found.find((collector) => collector.name === name) ?? found[0];
    if (exact === undefined) throw unknownCollectorName(candidates.at(-1) ?? name);
    return exact;
  }

  /** @throws CodedRefusal 400 with the id of the one that has the name. */
  async create(settings: CollectorSettings, options: CollectorSaveOptions): Promise<CollectorDocument> {
    await this.collections.ensureIndexes();
    const { name } = settings;
    const { actor } = options;
    await this.refuseTaken(name);
    await this.ensureFields(settings, options);
    return audited(this.collections, { actor, action: 'collector.create', name, to: settings }, async () => {
      const result = await this.refusingTakenNames(() => createCollector(this.collections, settings));
      return { result, mark: { collectorId: result._id } };
    });
  }

  /**
   * Replaces all that is configured. The same once more changes nothing.
   *
   * @param options `mayReplace` says of the collector as it is now whether the caller knows it; default yes.
   * @throws CodedRefusal 404, 409 while it is being deleted, 412, or 400 when the name is taken.
   */
  async replace(
    collectorId: number,
    settings: CollectorSettings,
    options: CollectorSaveOptions & { readonly mayReplace?: (current: CollectorDocument) => boolean },
  ): Promise<CollectorDocument> {
    const { actor, mayReplace = () => true } = options;
    const current = await this.get(collectorId);
    if (current.deletingAt !== undefined) throw beingDeleted('collector', current.name);
    if (!mayReplace(current)) throw changedMeanwhile();
    if (settings.name !== current.name) await this.refuseTaken(settings.name);
    await this.ensureFields(settings, options);
    const from = settingsOf(current);
    if (isSame(from, settings)) return current;
    const entry = { actor, action: 'collector.update', collectorId, name: settings.name, from, to: settings };
    return audited(this.collections, entry, async () => {
      const result = await this.refusingTakenNames(() => replaceCollector(this.collections, current, settings));
      if (result === null) throw changedMeanwhile();
      return { result };
    });
  }

  /** The collector of this name, made if there is none. */
  async ensure(name: string, actor: string): Promise<CollectorDocument> {
    const found = await storedCollector(this.collections, { name });
    if (found !== null) return found;
    const { error } = collectorName.safeParse(name);
    if (error !== undefined)
      throw invalid(
        'The name of the collector is invalid:',
        error.issues.map(({ message }) => message),
      );
    try {
      return await this.create({ name }, { actor });
    } catch (error) {
      const made = await storedCollector(this.collections, { name });
      if (made === null) throw error;
      return made;
    }
  }

  private async ensureFields({ fields }: CollectorSettings, { actor, addFields = false }: CollectorSaveOptions) {
    if (addFields) await new FieldService(this.collections).ensure(Object.keys(fields ?? {}), actor);
  }

  private async refuseTaken(name: string): Promise<void> {
    const holder = await storedCollector(this.collections, { name });
    if (holder !== null) throw nameTaken('collector', name, holder._id);
  }

  private async refusingTakenNames<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof CollectorNameTakenError)) throw error;
      const holder = await storedCollector(this.collections, { name: error.collectorName });
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
    ...present({ description, category, fields }),
    timeZone,
  };
}

function isSame(a: CollectorSettings, b: CollectorSettings): boolean {
  const text = ({ name, description, category, fields, timeZone }: CollectorSettings) =>
    JSON.stringify([name, description, category, timeZone, Object.entries(fields ?? {}).sort()]);
  return text(a) === text(b);
}
