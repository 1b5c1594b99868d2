/** Sources as people manage them: the one service behind every command. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type Parsed, parseSourceFile, type SourceConfig } from '../config/source-config.js';
import type { Keyring } from '../secrets/keyring.js';
import { type SIGNALS, type StopRequest, workflowIdOf } from '../source/contract.js';
import type { Collections, SourceDocument } from '../store/collections.js';
import { clearHealthEvents } from '../store/health-events.js';
import {
  createSource,
  ensureCollector,
  markStopped,
  NameTakenError,
  removeSource,
  updateSource,
} from '../store/sources.js';
import { audited, auditedIfPossible, CLI_ACTOR } from './audit-trail.js';
import { RefusedError } from './errors.js';
import { findSource, knownSources, orFromTemporal, type SourceReference } from './source-directory.js';
import { healthOfSource, type SourceHealth } from './source-health.js';
import { NO_SECRET_YET, type SealedConfig, seal, sealStored } from './source-secrets.js';
import { listedOf, type SourceListing, type SourceStatus, statusOf, withoutWorker } from './source-status.js';
import { SourceWorkflows } from './source-workflows.js';
import { hasWorkers } from './workers.js';

export interface SourceServiceOptions {
  readonly collections: Collections;
  readonly client: Client;
  /** `MIMECAST_ALLOW_INSECURE` */
  readonly allowInsecure: boolean;
  /** Encrypts the client secrets; without it, none can be saved. */
  readonly keyring?: Keyring | undefined;
  /** Who is noted in the audit trail. Default `cli`. */
  readonly actor?: string;
}

/** How long a stop is waited for; it goes on by itself. */
const STOP_LIMIT_MS = 60_000;

/** Collector of sources that name none. */
export const DEFAULT_COLLECTOR = 'default';

export interface Started {
  readonly sourceId: number;
  readonly name: string;
  readonly workflowId: string;
  /** False when the source was there already and has been started again. */
  readonly created: boolean;
}

/** Hears of what `startMissing` does, source by source. */
export interface StartingListener {
  readonly onStarted: (started: Started) => void;
  readonly onTrouble: (error: unknown) => void;
}

const MEANT_TO_RUN = { stoppedAt: { $exists: false }, deletingAt: { $exists: false } } as const;

export class SourceService {
  private readonly workflows: SourceWorkflows;
  private readonly actor: string;

  constructor(private readonly options: SourceServiceOptions) {
    this.workflows = new SourceWorkflows(options.client);
    this.actor = options.actor ?? CLI_ACTOR;
  }

  /**
   * Creates a source from its JSON file and starts it. A source of this name that is stopped is brought up to the file
   * and started again: it goes on from its checkpoints.
   */
  async start(json: unknown, collector = DEFAULT_COLLECTOR): Promise<Started> {
    const { collections } = this.options;
    const config = this.parsed(json);
    const sealed = await seal(config, this.options.keyring);
    await collections.ensureIndexes();
    const collectorId = await ensureCollector(collections, collector);
    const existing = await collections.sources.findOne({ collectorId, name: config.name });
    if (existing === null) {
      if (sealed.secret === undefined) throw new RefusedError('The configuration is invalid:', [NO_SECRET_YET]);
      const { config: masked, secret } = sealed;
      const entry = { actor: this.actor, action: 'source.create', collectorId, name: config.name, to: masked };
      const source = await audited(collections, entry, async () => {
        const result = await refusing(() => createSource(collections, collectorId, config.name, masked, secret));
        return { result, mark: { sourceId: result._id } };
      });
      return this.run(source, collector, true);
    }
    if (await this.workflows.isRunning(existing._id)) throw alreadyRunning(existing);
    await this.save(existing, config.name, sealed);
    await markStopped(collections, existing._id, false);
    return this.run(existing, collector, false);
  }

  /** Starts a stopped source again. */
  async resume(idOrName: string): Promise<Started> {
    const { sourceId } = await this.find(idOrName);
    const source = await this.options.collections.sources.findOne({ _id: sourceId });
    if (source === null) throw removedMeanwhile(idOrName);
    if (source.deletingAt !== undefined) throw new RefusedError(`The source "${source.name}" is being deleted`);
    if (await this.workflows.isRunning(sourceId)) throw alreadyRunning(source);
    return this.noted('source.start', { sourceId, name: source.name }, async () => {
      // Before the start: whatever crashes in between, the reconciler then finishes it.
      await markStopped(this.options.collections, sourceId, false);
      return this.run(source, await this.collectorName(source.collectorId), false);
    });
  }

  /**
   * Starts every stored source that is meant to run and does not. One that cannot be started does not hold up the others.
   *
   * @throws Error when the stored sources cannot be read.
   */
  async startMissing({ onStarted, onTrouble }: StartingListener): Promise<void> {
    const { collections, keyring } = this.options;
    const { sources } = collections;
    if (keyring !== undefined) await sealStored(collections, keyring);
    for (const { _id } of await sources.find(MEANT_TO_RUN, { projection: { _id: true } }).toArray()) {
      try {
        const started = await this.startIfMissing(_id);
        if (started !== undefined) onStarted(started);
      } catch (error) {
        onTrouble(error);
      }
    }
  }

  private async startIfMissing(sourceId: number): Promise<Started | undefined> {
    if (await this.workflows.isRunning(sourceId)) return undefined;
    // Read anew: it may not run because it was stopped or removed just now.
    const source = await this.options.collections.sources.findOne({ _id: sourceId, ...MEANT_TO_RUN });
    return source === null ? undefined : this.run(source, await this.collectorName(source.collectorId), false);
  }

  /** Saves a changed configuration and lets the source begin anew with it; its checkpoints stay. */
  async update(idOrName: string, json: unknown): Promise<{ readonly sourceId: number; readonly version: number }> {
    const config = this.parsed(json);
    const { sourceId } = await this.find(idOrName);
    const sealed = await seal(config, this.options.keyring);
    const source = await this.options.collections.sources.findOne({ _id: sourceId });
    if (source === null) throw removedMeanwhile(idOrName);
    const { version } = await this.save(source, config.name, sealed);
    await this.workflows.signal(sourceId, 'restart');
    return { sourceId, version };
  }

  async restart(idOrName: string): Promise<SourceReference> {
    return this.signal(idOrName, 'restart');
  }

  async collectNow(idOrName: string): Promise<SourceReference> {
    return this.signal(idOrName, 'collectNow');
  }

  /**
   * Asks the source to end, and waits until it has. One that has ended before can still be removed.
   *
   * @returns the state that it ended in.
   */
  async stop(
    idOrName: string,
    request: StopRequest = {},
  ): Promise<{ readonly sourceId: number; readonly state: string }> {
    const source = await this.find(idOrName);
    const { sourceId } = source;
    if (request.remove === true && !(await this.workflows.isRunning(sourceId))) {
      return this.noted('source.delete', source, async () => {
        await clearHealthEvents(this.options.collections.healthEvents, sourceId, new Date());
        await removeSource(this.options.collections, sourceId);
        return { sourceId, state: 'Deleted' };
      });
    }
    await this.signal(idOrName, 'stop', request);
    const limit = pause(STOP_LIMIT_MS, undefined, { ref: false });
    const end = await Promise.race([this.handle(sourceId).result() as Promise<{ readonly state: string }>, limit]);
    if (end !== undefined) return { sourceId, state: end.state };
    throw new RefusedError(
      `The source was asked to stop, but has not ended within ${STOP_LIMIT_MS / 1_000} s; is a worker running ("npm run worker")?`,
    );
  }

  async status(idOrName: string): Promise<SourceStatus> {
    return statusOf(this.options, await this.find(idOrName));
  }

  async list(): Promise<SourceListing[]> {
    const { sources } = await knownSources(this.options);
    const collectors = await orFromTemporal(
      async () =>
        new Map((await this.options.collections.collectors.find().toArray()).map(({ _id, name }) => [_id, name])),
      async () => new Map<number, string>(),
    );
    const [areWorkersThere, listings] = await Promise.all([
      hasWorkers(this.options.client),
      Promise.all(sources.map((source) => listedOf(this.options, source, collectors.get(source.collectorId) ?? ''))),
    ]);
    return areWorkersThere ? listings : listings.map(withoutWorker);
  }

  /** The health events: all from the store, or the open ones from the workflow while the store is away. */
  async health(idOrName: string, { limit = 50 }: { readonly limit?: number } = {}): Promise<SourceHealth> {
    return healthOfSource(this.options, await this.find(idOrName), limit);
  }

  private find(idOrName: string): Promise<SourceReference> {
    return findSource(this.options, idOrName);
  }

  private async collectorName(collectorId: number): Promise<string> {
    const collector = await this.options.collections.collectors.findOne({ _id: collectorId });
    return collector?.name ?? '';
  }

  private parsed(json: unknown): SourceConfig {
    const parsed: Parsed<SourceConfig> = parseSourceFile(json, {
      allowInsecure: this.options.allowInsecure,
      keepSecret: true,
    });
    if (!parsed.ok) throw new RefusedError('The configuration is invalid:', parsed.mistakes);
    return parsed.value;
  }

  private async run({ _id: sourceId, name }: SourceDocument, collector: string, created: boolean): Promise<Started> {
    const workflowId = await this.workflows.start({ sourceId, name, collector });
    return { sourceId, name, workflowId, created };
  }

  /** Saves a changed configuration. */
  private async save(source: SourceDocument, name: string, { config, secret }: SealedConfig): Promise<SourceDocument> {
    const { collections } = this.options;
    const { _id: sourceId, collectorId, config: from } = source;
    const entry = { actor: this.actor, action: 'source.update', sourceId, collectorId, name, from, to: config };
    return audited(collections, entry, async () => {
      const result = await refusing(() => updateSource(collections, sourceId, name, config, secret));
      if (result === undefined) throw removedMeanwhile(source.name);
      return { result };
    });
  }

  private async signal(
    idOrName: string,
    signal: keyof typeof SIGNALS,
    ...args: [StopRequest?]
  ): Promise<SourceReference> {
    const source = await this.find(idOrName);
    const action = args[0]?.remove === true ? 'source.delete' : `source.${signal}`;
    return this.noted(action, source, async () => {
      if (await this.workflows.signal(source.sourceId, signal, ...args)) return source;
      throw new RefusedError(`The source "${source.name}" is not running; "start ${source.sourceId}" starts it again`);
    });
  }

  private noted<T>(
    action: string,
    { sourceId, name }: Pick<SourceReference, 'sourceId' | 'name'>,
    change: () => Promise<T>,
  ): Promise<T> {
    return auditedIfPossible(this.options.collections, { actor: this.actor, action, sourceId, name }, change);
  }

  private handle(sourceId: number) {
    return this.options.client.workflow.getHandle(workflowIdOf(sourceId));
  }
}

function removedMeanwhile(idOrName: string): RefusedError {
  return new RefusedError(`The source ${idOrName} was removed meanwhile`);
}

function alreadyRunning({ _id, name }: SourceDocument): RefusedError {
  return new RefusedError(
    `The source "${name}" (${_id}) is running already: "update ${_id} FILE.json" changes it, "restart ${_id}" restarts it`,
  );
}

async function refusing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof NameTakenError ? new RefusedError(error.message) : error;
  }
}
