/** The commands on sources that are behind a management server (`--server`). */

import { setTimeout as pause } from 'node:timers/promises';
import { parseSourceFile } from '../../config/source-config.js';
import type { StopRequest } from '../../domain/contract/contract.js';
import type { HealthEvent } from '../../domain/health/health-event.js';
import { present } from '../../domain/present.js';
import type { CollectRequest } from '../../domain/streams/collect-request.js';
import type { PositionReset } from '../../domain/streams/position-reset.js';
import { RefusedError } from '../../management/common/errors.js';
import type { PositionResetRequest, ResetStream } from '../../management/sources/position-reset-request.js';
import { WORKFLOW_ENDED } from '../../management/sources/shown-state.js';
import type { SourceHealth } from '../../management/sources/source-health.js';
import type { SourceListing } from '../../management/sources/source-listing.js';
import { hasNotEnded, type SourceSaveOptions, type Started } from '../../management/sources/source-service.js';
import type { SourceStatus } from '../../management/sources/source-status.js';
import { UNCERTAINTY_CODES } from '../../management/temporal/uncertainty.js';
import type { ApiClient } from './api-client.js';
import type { SourceCommands } from './command-services.js';
import { findRemote, type ListedSource, listRemote, pathOf } from './remote-source-list.js';

interface Saved {
  readonly source: { readonly id: number; readonly version: number };
}

/** How long a stop is waited for; it goes on by itself. */
const STOP_LIMIT_MS = 60_000;
const LOOK_MS = 500;

export class RemoteSources implements SourceCommands {
  constructor(private readonly api: ApiClient) {}

  async list(): Promise<SourceListing[]> {
    return (await this.all()).map(({ id, name, collectorName, workflowId, state, health, lastEventTime }) => ({
      sourceId: id,
      name,
      collector: collectorName,
      workflowId,
      state: state.state,
      health,
      ...present({ errorType: state.errorType, lastEventTime }),
      ...noteOf(state),
    }));
  }

  async status(idOrName: string): Promise<SourceStatus> {
    const status = await this.api.call<SourceStatus>('GET', `${pathOf(await this.find(idOrName))}/snapshot`);
    const { gaps, rules, ...rest } = status;
    return {
      ...rest,
      ...(gaps && { gaps: gaps.map((gap) => withDates(gap, ['from', 'to', 'at'])) }),
      ...(rules && { rules: rules.map((rule) => withDates(rule, ['since', 'lastMatchedAt'])) }),
    };
  }

  async health(idOrName: string): Promise<SourceHealth> {
    const path = `${pathOf(await this.find(idOrName))}/healthEvents`;
    const { open, recent } = await this.api.call<SourceHealth>('GET', path);
    return { open: open.map(withTimes), recent: recent.map(withTimes) };
  }

  async start(json: unknown, collector: string, { addFields = false }: SourceSaveOptions): Promise<Started> {
    const name = nameIn(json);
    const existing = (await this.all()).find((one) => one.collectorName === collector && one.name === name);
    if (existing === undefined) {
      const cid = await this.collectorId(collector);
      const { source } = await this.api.call<Saved>('POST', `collectors/${cid}/sources${queryOf(addFields)}`, json);
      const { workflowId } = await this.find(String(source.id));
      return { sourceId: source.id, name, workflowId, created: true };
    }
    if (isRunning(existing)) {
      throw new RefusedError(
        `The source "${name}" (${existing.id}) is already running: "update ${existing.id} FILE.json" changes it`,
      );
    }
    await this.api.call('PUT', `${pathOf(existing)}${queryOf(addFields)}`, json);
    return this.act(existing, 'start');
  }

  async resume(idOrName: string): Promise<Started> {
    return this.act(await this.find(idOrName), 'start');
  }

  async restart(idOrName: string): Promise<Started> {
    return this.act(await this.find(idOrName), 'restart');
  }

  async collectNow(idOrName: string, request: CollectRequest): Promise<Started> {
    return this.act(await this.find(idOrName), 'collectNow', request);
  }

  async resetPosition(idOrName: string, wish: PositionResetRequest): Promise<ResetStream> {
    const source = await this.find(idOrName);
    const path = `${pathOf(source)}/action/resetPosition`;
    const { stream, from } = await this.api.call<PositionReset>('POST', path, wish);
    return present({ sourceId: source.id, stream, from });
  }

  async update(
    idOrName: string,
    json: unknown,
    { addFields = false }: SourceSaveOptions = {},
  ): Promise<{ readonly sourceId: number; readonly version: number }> {
    const path = `${pathOf(await this.find(idOrName))}${queryOf(addFields)}`;
    const { source } = await this.api.call<Saved>('PUT', path, json);
    return { sourceId: source.id, version: source.version };
  }

  async stop(idOrName: string, { remove = false }: StopRequest = {}) {
    const source = await this.find(idOrName);
    if (remove) await this.api.call('DELETE', pathOf(source));
    else await this.act(source, 'stop');
    let note: string | undefined;
    for (const deadline = Date.now() + STOP_LIMIT_MS; Date.now() < deadline; await pause(LOOK_MS)) {
      const known = (await this.all()).find(({ id }) => id === source.id)?.state ?? { state: 'Deleted' };
      const { state } = known;
      if (state === 'Stopped' || state === 'Deleted') return { sourceId: source.id, state };
      ({ note } = noteOf(known));
    }
    throw hasNotEnded(STOP_LIMIT_MS, note);
  }

  private async act(source: ListedSource, action: string, body?: object): Promise<Started> {
    await this.api.call('POST', `${pathOf(source)}/action/${action}`, body);
    return { sourceId: source.id, name: source.name, workflowId: source.workflowId, created: false };
  }

  private all(): Promise<readonly ListedSource[]> {
    return listRemote(this.api);
  }

  private find(idOrName: string): Promise<ListedSource> {
    return findRemote(this.api, idOrName);
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

/** @throws RefusedError naming every mistake; what only the server can judge, it does when it is sent. */
function nameIn(json: unknown): string {
  const parsed = parseSourceFile(json, { allowInsecure: true, keepSecret: true });
  if (!parsed.ok) throw new RefusedError('The configuration is invalid:', parsed.mistakes);
  return parsed.value.name;
}

const queryOf = (addFields: boolean) => (addFields ? '?autoAddFields=true' : '');

/** Whether its workflow is there and is to stay. */
function isRunning({ state: { state, errorCode } }: ListedSource): boolean {
  return state !== 'Stopped' && state !== 'Stopping' && errorCode !== WORKFLOW_ENDED;
}

/** What is said of a source whose workflow has not spoken for itself. */
function noteOf({ errorInfo, errorCode }: ListedSource['state']): Pick<SourceListing, 'note' | 'noteCode'> {
  const noteCode = UNCERTAINTY_CODES.find((code) => code === errorCode);
  return noteCode === undefined || errorInfo === undefined ? {} : { note: errorInfo, noteCode };
}

/** What came as JSON has its times as texts. */
function withTimes({ updatedAt, resolvedAt, ...event }: HealthEvent): HealthEvent {
  const end = resolvedAt === undefined ? {} : { resolvedAt: new Date(resolvedAt) };
  return { ...event, updatedAt: new Date(updatedAt), ...end };
}

/** JSON has texts in place of dates. */
function withDates<T extends object>(value: T, keys: readonly (keyof T)[]): T {
  const dates = keys.flatMap((key) => (value[key] === undefined ? [] : [[key, new Date(String(value[key]))]]));
  return { ...value, ...Object.fromEntries(dates) };
}
