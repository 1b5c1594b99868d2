/** The commands on sources that are behind a management server (`--server`). */

import { setTimeout as pause } from 'node:timers/promises';
import { RefusedError } from '../management/errors.js';
import type { Started } from '../management/source-service.js';
import type { SourceListing, SourceStatus } from '../management/source-status.js';
import { type StopRequest, workflowIdOf } from '../source/contract.js';
import type { Health } from '../source/snapshot.js';
import type { ApiClient } from './api-client.js';
import type { CommandServices, SourceCommands } from './source-commands.js';

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly collectorId: number;
  readonly collectorName: string;
  readonly state: { readonly state: string; readonly errorType?: string };
  readonly health: Health | 'Unknown';
  readonly lastEventTime?: string;
}

interface Saved {
  readonly source: { readonly id: number; readonly version: number };
}

/** How long a stop is waited for; it goes on by itself. */
const STOP_LIMIT_MS = 60_000;
const LOOK_MS = 500;

export function remoteServices(api: ApiClient): CommandServices {
  return {
    sources: new RemoteSources(api),
    fields: {
      ensure: async (names) => {
        const { data } = await api.call<{ data: { readonly fieldName: string }[] }>('GET', 'fields');
        const known = new Set(data.map(({ fieldName }) => fieldName.toLowerCase()));
        const missing = names.filter((name) => !known.has(name.toLowerCase()) && !name.startsWith('_'));
        return Promise.all(missing.map((fieldName) => api.call('POST', 'fields', { fieldName })));
      },
    },
  };
}

export class RemoteSources implements SourceCommands {
  constructor(private readonly api: ApiClient) {}

  async list(): Promise<SourceListing[]> {
    return (await this.all()).map(({ id, name, collectorName, state, health, lastEventTime }) => ({
      sourceId: id,
      name,
      collector: collectorName,
      workflowId: workflowIdOf(id),
      state: state.state,
      health,
      ...(state.errorType === undefined ? {} : { errorType: state.errorType }),
      ...(lastEventTime === undefined ? {} : { lastEventTime }),
    }));
  }

  async status(idOrName: string): Promise<SourceStatus> {
    const status = await this.api.call<SourceStatus>('GET', `${pathOf(await this.find(idOrName))}/snapshot`);
    if (status.gaps === undefined) return status;
    const gaps = status.gaps.map((gap) => {
      return { ...gap, from: new Date(gap.from), to: new Date(gap.to), at: new Date(gap.at) };
    });
    return { ...status, gaps };
  }

  async start(json: unknown, collector: string): Promise<Started> {
    const name = String((json as { source?: { config?: { name?: unknown } } } | null)?.source?.config?.name);
    const existing = (await this.all()).find((one) => one.collectorName === collector && one.name === name);
    if (existing !== undefined && existing.state.state !== 'Stopped') {
      throw new RefusedError(
        `The source "${name}" (${existing.id}) is running already: "update ${existing.id} FILE.json" changes it`,
      );
    }
    if (existing !== undefined) {
      await this.api.call('PUT', pathOf(existing), json);
      return this.act(existing, 'start');
    }
    const cid = await this.collectorId(collector);
    const { source } = await this.api.call<Saved>('POST', `collectors/${cid}/sources`, json);
    return { sourceId: source.id, name, workflowId: workflowIdOf(source.id), created: true };
  }

  async resume(idOrName: string): Promise<Started> {
    return this.act(await this.find(idOrName), 'start');
  }

  async restart(idOrName: string): Promise<Started> {
    return this.act(await this.find(idOrName), 'restart');
  }

  async collectNow(idOrName: string): Promise<Started> {
    return this.act(await this.find(idOrName), 'collectNow');
  }

  async update(idOrName: string, json: unknown): Promise<{ readonly sourceId: number; readonly version: number }> {
    const { source } = await this.api.call<Saved>('PUT', pathOf(await this.find(idOrName)), json);
    return { sourceId: source.id, version: source.version };
  }

  async stop(idOrName: string, { remove = false }: StopRequest = {}) {
    const source = await this.find(idOrName);
    if (remove) await this.api.call('DELETE', pathOf(source));
    else await this.act(source, 'stop');
    for (const deadline = Date.now() + STOP_LIMIT_MS; Date.now() < deadline; await pause(LOOK_MS)) {
      const state = (await this.all()).find(({ id }) => id === source.id)?.state.state ?? 'Deleted';
      if (state === 'Stopped' || state === 'Deleted') return { sourceId: source.id, state };
    }
    throw new RefusedError(
      `The source was asked to stop, but has not ended within ${STOP_LIMIT_MS / 1_000} s; is a worker running?`,
    );
  }

  private async act(source: Listed, action: string): Promise<Started> {
    await this.api.call('POST', `${pathOf(source)}/action/${action}`);
    return { sourceId: source.id, name: source.name, workflowId: workflowIdOf(source.id), created: false };
  }

  private async all(): Promise<readonly Listed[]> {
    return (await this.api.call<{ sources: Listed[] }>('GET', 'sources')).sources;
  }

  private async find(idOrName: string): Promise<Listed> {
    const all = await this.all();
    const byId = all.find(({ id }) => String(id) === idOrName);
    const named = byId === undefined ? all.filter(({ name }) => name === idOrName) : [byId];
    const [only] = named;
    if (only === undefined) throw new RefusedError(`There is no source "${idOrName}"; "list" shows those there are`);
    if (named.length === 1) return only;
    const ids = named.map(({ id }) => id).join(', ');
    throw new RefusedError(`Several sources are named "${idOrName}": say which by its id (${ids})`);
  }

  private async collectorId(name: string): Promise<number> {
    interface One {
      readonly collector: { readonly id: number };
    }
    const found = await this.api.find<One>('GET', `collectors/name/${encodeURIComponent(name)}`);
    const body = { collector: { collectorType: 'Hosted', name } };
    return (found ?? (await this.api.call<One>('POST', 'collectors', body))).collector.id;
  }
}

function pathOf({ id, collectorId }: Listed): string {
  return `collectors/${collectorId}/sources/${id}`;
}
