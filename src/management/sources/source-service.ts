/** Sources as people manage them: by id or name, from a file, waiting for what was asked. The service behind the commands. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { DEFAULT_COLLECTOR, type StopRequest } from '../../domain/contract/contract.js';
import { workflowIdIn } from '../../domain/contract/installation.js';
import type { CollectRequest } from '../../domain/streams/collect-request.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { collectorNames, storedCollector } from '../../store/collectors.js';
import { idsMeantToRun, isMeantToRun, type SourceDocument, storedSource } from '../../store/sources.js';
import { sealConnections } from '../alerts/connection-secrets.js';
import { CLI_ACTOR } from '../audited.js';
import { CollectorService } from '../collectors/collector-service.js';
import { RefusedError } from '../common/errors.js';
import { sealPastExports } from '../exports/past-secrets.js';
import { isStopping } from '../refusals.js';
import { installationOf } from '../temporal/ownership.js';
import { sealWebhooks } from '../watchlists/webhook-secrets.js';
import { type PositionResetRequest, positionResetFor, type ResetStream } from './position-reset-request.js';
import { findSource, knownSources, orFromTemporal, referenceOf, type SourceReference } from './source-directory.js';
import { SourceEditor } from './source-editor.js';
import { healthOfSource, type SourceHealth } from './source-health.js';
import type { SourceListing } from './source-listing.js';
import { listingsOf } from './source-overview.js';
import { SourceRemoval } from './source-removal.js';
import { sealStored } from './source-secrets.js';
import { type SourceStatus, statusOf } from './source-status.js';
import { SourceSteering, type Steering } from './source-steering.js';
import { SourceWorkflows } from './source-workflows.js';
import { listableSources } from './visible-sources.js';

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
const LOOK_MS = 200;

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
  readonly onError: (error: unknown) => void;
}

export interface SourceSaveOptions {
  /** Adds the fields that the schema does not have; of what is refused, none. */
  readonly addFields?: boolean;
}

export interface StopOptions extends StopRequest {
  /** How long the end is waited for; default 60 s. It goes on by itself. */
  readonly waitMs?: number;
}

export class SourceService {
  private readonly workflows: SourceWorkflows;
  private readonly collectors: CollectorService;
  private readonly editor: SourceEditor;
  private readonly removal: SourceRemoval;
  private readonly steering: SourceSteering;
  private readonly actor: string;

  constructor(private readonly options: SourceServiceOptions) {
    this.workflows = new SourceWorkflows(options);
    this.collectors = new CollectorService(options.collections);
    this.editor = new SourceEditor(options);
    this.removal = new SourceRemoval(options);
    this.steering = new SourceSteering(options);
    this.actor = options.actor ?? CLI_ACTOR;
  }

  /**
   * Creates a source from its JSON file and starts it. A source of this name that is stopped is brought up to the file
   * and started again: it goes on from its checkpoints.
   */
  async start(json: unknown, collector = DEFAULT_COLLECTOR, options: SourceSaveOptions = {}): Promise<Started> {
    const { name } = this.editor.parse(json);
    const { _id: collectorId } = await this.collectors.ensure(collector, this.actor);
    const saving = { ...options, actor: this.actor };
    const find = () => storedSource(this.options.collections, { collectorId, name });
    const before = await find();
    if (before !== null) await this.refuseRunning(before);
    // Read again: one that was being deleted is gone now.
    const existing = before === null ? null : await find();
    if (existing === null) return this.started(await this.editor.create(collectorId, json, saving), true);
    await this.editor.replace(collectorId, existing._id, json, saving);
    await this.steering.steer(referenceOf(existing), 'start', this.actor);
    return this.started(existing, false);
  }

  /** Starts a stopped source again. */
  async resume(idOrName: string): Promise<Started> {
    const source = await this.stored(idOrName);
    await this.refuseRunning(source);
    await this.steering.steer(referenceOf(source), 'start', this.actor);
    return this.started(source, false);
  }

  /**
   * Encrypts all secrets with the first key. Each worker does so once, when it starts: the last one that is restarted
   * after the keys were replaced finds what the others have saved until then. Later on, two workers whose first keys differ
   * would do it in turns for ever.
   */
  async prepare({ onError }: Pick<StartingListener, 'onError'>): Promise<void> {
    await this.seal(true, onError);
    const { collections, keyring } = this.options;
    if (keyring === undefined) return;
    await sealWebhooks(collections, keyring, onError);
    await sealConnections(collections, keyring, onError);
    await sealPastExports(collections, keyring, onError);
  }

  private async seal(rotating: boolean, onError: StartingListener['onError']): Promise<void> {
    const { collections, keyring } = this.options;
    if (keyring !== undefined) await sealStored(collections, keyring, { rotating, onError });
  }

  /**
   * Starts every stored source that is meant to run and does not. One that cannot be started does not hold up the others.
   *
   * @throws Error when the stored sources cannot be read, or Temporal does not say which of them run.
   */
  async startMissing({ onStarted, onError }: StartingListener): Promise<void> {
    const { collections } = this.options;
    await this.seal(false, onError);
    const running = await listableSources(this.options);
    for (const sourceId of await idsMeantToRun(collections)) {
      if (running.has(sourceId)) continue;
      try {
        const started = await this.startIfMissing(sourceId);
        if (started !== undefined) onStarted(started);
      } catch (error) {
        onError(error);
      }
    }
  }

  private async startIfMissing(sourceId: number): Promise<Started | undefined> {
    if (await this.workflows.isRunning(sourceId)) return undefined;
    const { collections } = this.options;
    // Read again: it may not run because it was stopped or removed just now.
    const source = await storedSource(collections, { _id: sourceId });
    if (source === null || !isMeantToRun(source)) return undefined;
    const collector = await storedCollector(collections, { _id: source.collectorId });
    await this.workflows.start({ sourceId, name: source.name, collector: collector?.name ?? '' });
    // Stopped in that moment, when there was no workflow yet that could have been told.
    const meanwhile = await storedSource(collections, { _id: sourceId });
    if (meanwhile?.stoppedAt === undefined) return this.started(source, false);
    await this.workflows.signal(sourceId, 'stop');
    return undefined;
  }

  /** Saves a changed configuration and lets the source restart with it; its checkpoints stay. */
  async update(
    idOrName: string,
    json: unknown,
    options: SourceSaveOptions = {},
  ): Promise<{ readonly sourceId: number; readonly version: number }> {
    this.editor.parse(json);
    const { _id: sourceId, collectorId } = await this.stored(idOrName);
    const { version } = await this.editor.replace(collectorId, sourceId, json, { ...options, actor: this.actor });
    return { sourceId, version };
  }

  async restart(idOrName: string): Promise<SourceReference> {
    return this.steer(idOrName, 'restart');
  }

  /** @throws RefusedError naming each of the streams that cannot be polled now, and why. */
  async collectNow(idOrName: string, wish: CollectRequest = {}): Promise<SourceReference> {
    const source = await this.find(idOrName);
    await this.steering.collectNow(source, wish, this.actor);
    return source;
  }

  /** @throws RefusedError naming every mistake. */
  async resetPosition(idOrName: string, wish: PositionResetRequest): Promise<ResetStream> {
    const source = await this.find(idOrName);
    const reset = positionResetFor(wish, Date.now());
    await this.steering.resetPosition(source, reset, this.actor);
    return { sourceId: source.sourceId, ...reset };
  }

  /**
   * Asks the source to end, and waits until it has. One that has ended before can still be removed.
   *
   * @returns the state that it ended in.
   */
  async stop(
    idOrName: string,
    { remove = false, waitMs = STOP_LIMIT_MS }: StopOptions = {},
  ): Promise<{ readonly sourceId: number; readonly state: string }> {
    const deadline = Date.now() + waitMs;
    const source = await this.find(idOrName);
    const { sourceId } = source;
    if (remove) await this.remove(source, waitMs);
    else await this.steering.steer(source, 'stop', this.actor);
    const state = remove ? 'Deleted' : 'Stopped';
    if (await this.hasEnded(sourceId, deadline)) return { sourceId, state };
    throw hasNotEnded(waitMs, (await statusOf(this.options, source)).note);
  }

  async status(idOrName: string): Promise<SourceStatus> {
    return statusOf(this.options, await this.find(idOrName));
  }

  async list(): Promise<SourceListing[]> {
    const { sources } = await knownSources(this.options);
    const collectors = await orFromTemporal(
      () => collectorNames(this.options.collections),
      async () => new Map<number, string>(),
    );
    return listingsOf(
      this.options,
      sources.map((source) => ({ source, collector: collectors.get(source.collectorId) ?? '' })),
    );
  }

  /** The health events: all from the store, or the open ones from the workflow while the store is away. */
  async health(idOrName: string, { limit = 50 }: { readonly limit?: number } = {}): Promise<SourceHealth> {
    return healthOfSource(this.options, await this.find(idOrName), limit);
  }

  private async started({ _id: sourceId, name }: SourceDocument, created: boolean): Promise<Started> {
    const workflowId = workflowIdIn(await installationOf(this.options), sourceId);
    return { sourceId, name, workflowId, created };
  }

  private find(idOrName: string): Promise<SourceReference> {
    return findSource(this.options, idOrName);
  }

  private async stored(idOrName: string): Promise<SourceDocument> {
    const { sourceId } = await this.find(idOrName);
    const source = await storedSource(this.options.collections, { _id: sourceId });
    if (source === null) throw new RefusedError(`The source ${idOrName} was removed in the meantime`);
    return source;
  }

  private async steer(idOrName: string, steering: Steering): Promise<SourceReference> {
    const source = await this.find(idOrName);
    await this.steering.steer(source, steering, this.actor);
    return source;
  }

  /** A source that is stopping is not refused: it can be started again once it has ended. */
  private async refuseRunning(source: SourceDocument): Promise<void> {
    const goesOn = await this.workflows.continues(source._id, STOP_LIMIT_MS);
    if (goesOn === true) throw alreadyRunning(source);
    if (goesOn === 'unknown') throw isStopping(source.name);
  }

  private async remove(source: SourceReference, waitMs: number): Promise<void> {
    const { sourceId, collectorId } = source;
    await orFromTemporal(
      async () => {
        await this.removal.removeSource(collectorId, sourceId, this.actor, waitMs);
      },
      // The workflow takes the stored source with it when the store is back.
      async () => {
        await this.workflows.signal(sourceId, 'stop', { remove: true });
      },
    );
  }

  /** Looks once at least. */
  private async hasEnded(sourceId: number, deadline: number): Promise<boolean> {
    while (await this.workflows.isRunning(sourceId)) {
      if (Date.now() > deadline) return false;
      await pause(LOOK_MS);
    }
    return true;
  }
}

/** @param note why that may be. */
export function hasNotEnded(waitMs: number, note?: string): RefusedError {
  const why = note === undefined ? 'it will end as soon as it can' : note;
  return new RefusedError(`The source was asked to stop, but has not ended within ${waitMs / 1_000} s: ${why}`);
}

function alreadyRunning({ _id, name }: SourceDocument): RefusedError {
  return new RefusedError(
    `The source "${name}" (${_id}) is already running: "update ${_id} FILE.json" changes it, "restart ${_id}" restarts it`,
  );
}
