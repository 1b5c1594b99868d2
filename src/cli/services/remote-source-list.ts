/** The sources behind a management server, and the one among them that is meant. */

import type { Health } from '../../domain/lifecycle/snapshot.js';
import { RefusedError } from '../../management/common/errors.js';
import type { ApiClient } from './api-client.js';

export interface ListedSource {
  readonly id: number;
  readonly name: string;
  readonly collectorId: number;
  readonly collectorName: string;
  readonly workflowId: string;
  readonly state: {
    readonly state: string;
    readonly errorType?: string;
    readonly errorInfo?: string;
    readonly errorCode?: string;
  };
  readonly health: Health | 'Unknown';
  readonly lastEventTime?: string;
}

export async function listRemote(api: ApiClient): Promise<readonly ListedSource[]> {
  return (await api.call<{ readonly sources: readonly ListedSource[] }>('GET', 'sources')).sources;
}

/** @throws RefusedError when there is none, or when several have the name. */
export async function findRemote(api: ApiClient, idOrName: string): Promise<ListedSource> {
  const all = await listRemote(api);
  const byId = all.find(({ id }) => String(id) === idOrName);
  const named = byId === undefined ? all.filter(({ name }) => name === idOrName) : [byId];
  const [only] = named;
  if (only === undefined)
    throw new RefusedError(`There is no source "${idOrName}"; use "list" to see the existing ones`);
  if (named.length === 1) return only;
  const ids = named.map(({ id }) => id).join(', ');
  throw new RefusedError(`Several sources are named "${idOrName}": specify one by its id (${ids})`);
}

/** Its address, below the base path. */
export function pathOf({ id, collectorId }: Pick<ListedSource, 'id' | 'collectorId'>): string {
  return `collectors/${collectorId}/sources/${id}`;
}
