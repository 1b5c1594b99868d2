/** Which sources there are: from the store, and while that is away, from Temporal's own index. */

import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { type SourceSummary, sourceSummaries } from '../../store/sources.js';
import { RefusedError } from '../common/errors.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { NAME } from '../temporal/search-attribute-keys.js';
import { visibleSources } from './visible-sources.js';

/** What is needed to reach a source and to name it. */
export interface SourceReference {
  readonly sourceId: number;
  readonly name: string;
  /** 0 when only Temporal was asked. */
  readonly collectorId: number;
  readonly stopped: boolean;
  /** Whether its deletion has begun. */
  readonly deleting: boolean;
}

export interface KnownSources {
  readonly sources: readonly SourceReference[];
  readonly isPartial: boolean;
}

/** Answers from the store, or from Temporal while the store is away. */
export async function orFromTemporal<T>(fromStore: () => Promise<T>, fromTemporal: () => Promise<T>): Promise<T> {
  try {
    return await fromStore();
  } catch (error) {
    if (storeErrorFactsOf(error)?.origin !== 'mongodb') throw error;
    return fromTemporal();
  }
}

/** @returns also whether it can be less than all: while the store is away only running sources are known. */
export function knownSources(access: InstallationAccess): Promise<KnownSources> {
  return orFromTemporal<KnownSources>(
    async () => {
      return { sources: (await sourceSummaries(access.collections)).map(referenceOf), isPartial: false };
    },
    async () => ({ sources: await visibleReferences(access), isPartial: true }),
  );
}

export function referenceOf({ _id, name, collectorId, stoppedAt, deletingAt }: SourceSummary): SourceReference {
  return { sourceId: _id, name, collectorId, stopped: stoppedAt !== undefined, deleting: deletingAt !== undefined };
}

/** The source with this id or name. @throws RefusedError when there is none, or when several have the name. */
export async function findSource(access: InstallationAccess, idOrName: string): Promise<SourceReference> {
  const { sources: all, isPartial } = await knownSources(access);
  const byId = /^\d{1,15}$/.test(idOrName) ? all.find(({ sourceId }) => sourceId === Number(idOrName)) : undefined;
  if (byId !== undefined) return byId;
  const named = all.filter(({ name }) => name === idOrName);
  const [only, ...others] = named;
  if (only === undefined && isPartial) {
    throw new RefusedError(
      `MongoDB does not answer, and "${idOrName}" is not among the running sources that Temporal knows`,
    );
  }
  if (only === undefined)
    throw new RefusedError(`There is no source "${idOrName}"; use "list" to see the existing ones`);
  if (others.length === 0) return only;
  const ids = named.map(({ sourceId }) => sourceId).join(', ');
  throw new RefusedError(`Several sources are named "${idOrName}": specify one by its id (${ids})`);
}

async function visibleReferences(access: InstallationAccess): Promise<SourceReference[]> {
  const found = [...(await visibleSources(access))].map(([sourceId, { typedSearchAttributes }]) => {
    const name = typedSearchAttributes.get(NAME) ?? `source ${sourceId}`;
    return { sourceId, name, collectorId: 0, stopped: false, deleting: false };
  });
  return found.sort((a, b) => a.sourceId - b.sourceId);
}
