/** Sources as people manage them: the one service behind every command. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { type Parsed, parseSourceFile, type SourceConfig } from '../config/source-config.js';
import type { Keyring } from '../secrets/keyring.js';
import {
  HEALTH_QUERY,
  SIGNALS,
  type StopRequest,
  TASK_QUEUE,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../source/contract.js';
import { type HealthEvent, healthEventOf } from '../source/health-event.js';
import type { ProblemChange } from '../source/health-ledger.js';
import type { Collections, SourceDocument } from '../store/collections.js';
import { clearHealthEvents, openEventsOf, recentEventsOf } from '../store/health-events.js';
import {
  createSource,
  ensureCollector,
  markStopped,
  NameTakenError,
  removeSource,
  updateSource,
} from '../store/sources.js';
import { RefusedError } from './errors.js';
import { findSource, knownSources, orFromTemporal, type SourceReference } from './source-directory.js';
import { seal, sealStored } from './source-secrets.js';
import {
  askWorkflow,
  listedOf,
  type SourceListing,
  type SourceStatus,
  statusOf,
  withoutWorker,
} from './source-status.js';
import { hasWorkers } from './workers.js';

export interface SourceServiceOptions {
  readonly collections: Collections;
  readonly client: Client;
  /** `MIMECAST_ALLOW_INSECURE` */
  readonly allowInsecure: boolean;
  /** Encrypts the client secrets; without it, none can be saved. */
  readonly keyring?: Keyring | undefined;
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

const NO_SECRET_YET = 'source.config.clientSecret: ******** stands for the stored secret, and there is none yet';
const MEANT_TO_RUN = { stoppedAt: { $exists: false } } as const;

export class SourceService {
  constructor(private readonly options: SourceServiceOptions) {}

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
      const source = await refusing(() => createSource(collections, collectorId, config.name, masked, secret));
      return this.run(source, collector, true);
    }
    if (await this.isRunning(existing._id)) throw alreadyRunning(existing);
    await refusing(() => updateSource(collections, existing._id, config.name, sealed.config, sealed.secret));
    await markStopped(collections, existing._id, false);
    return this.run(existing, collector, false);
  }

  /** Starts a stopped source again. */
  async resume(idOrName: string): Promise<Started> {
    const { sourceId } = await this.find(idOrName);
    const source = await this.options.collections.sources.findOne({ _id: sourceId });
    if (source === null) throw new RefusedError(`The source ${idOrName} was removed meanwhile`);
    if (await this.isRunning(sourceId)) throw alreadyRunning(source);
    // Before the start: whatever crashes in between, the reconciler then finishes it.
    await markStopped(this.options.collections, sourceId, false);
    return this.run(source, await this.collectorName(source.collectorId), false);
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
    if (await this.isRunning(sourceId)) return undefined;
    // Read anew: it may not run because it was stopped or removed just now.
    const source = await this.options.collections.sources.findOne({ _id: sourceId, ...MEANT_TO_RUN });
    return source === null ? undefined : this.run(source, await this.collectorName(source.collectorId), false);
  }

  /** Saves a changed configuration and lets the source begin anew with it; its checkpoints stay. */
  async update(idOrName: string, json: unknown): Promise<{ readonly sourceId: number; readonly version: number }> {
    const config = this.parsed(json);
    const { sourceId } = await this.find(idOrName);
    const { config: masked, secret } = await seal(config, this.options.keyring);
    const { collections } = this.options;
    const updated = await refusing(() => updateSource(collections, sourceId, config.name, masked, secret));
    if (updated === undefined) throw new RefusedError(`The source ${idOrName} was removed meanwhile`);
    if (await this.isRunning(sourceId)) await this.handle(sourceId).signal(SIGNALS.restart);
    return { sourceId, version: updated.version };
  }

  async restart(idOrName: string): Promise<SourceReference> {
    return this.signal(idOrName, SIGNALS.restart);
  }

  async collectNow(idOrName: string): Promise<SourceReference> {
    return this.signal(idOrName, SIGNALS.collectNow);
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
    const { sourceId } = await this.find(idOrName);
    if (request.remove === true && !(await this.isRunning(sourceId))) {
      await clearHealthEvents(this.options.collections.healthEvents, sourceId, new Date());
      await removeSource(this.options.collections, sourceId);
      return { sourceId, state: 'Deleted' };
    }
    await this.signal(idOrName, SIGNALS.stop, request);
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
  async health(
    idOrName: string,
    { limit = 50 }: { readonly limit?: number } = {},
  ): Promise<{ readonly open: HealthEvent[]; readonly recent: HealthEvent[] }> {
    const { healthEvents } = this.options.collections;
    const source = await this.find(idOrName);
    const { sourceId } = source;
    return orFromTemporal(
      async () => ({
        open: await openEventsOf(healthEvents, sourceId),
        recent: await recentEventsOf(healthEvents, sourceId, limit),
      }),
      async () => {
        const answer = await askWorkflow<ProblemChange[]>(this.options.client, sourceId, HEALTH_QUERY);
        if ('note' in answer) throw new RefusedError(`MongoDB does not answer, and ${answer.note}`);
        const open = answer.value.map((change) => healthEventOf(change, { ...source, collectorName: '' }));
        return { open, recent: open };
      },
    );
  }

  private find(idOrName: string): Promise<SourceReference> {
    return findSource(this.options, idOrName);
  }

  private async collectorName(collectorId: number): Promise<string> {
    const collector = await this.options.collections.collectors.findOne({ _id: collectorId });
    return collector?.name ?? '';
  }

  private parsed(json: unknown): SourceConfig {
    const parsed: Parsed<SourceConfig> = parseSourceFile(json, { allowInsecure: this.options.allowInsecure });
    if (!parsed.ok) throw new RefusedError('The configuration is invalid:', parsed.mistakes);
    return parsed.value;
  }

  private async run({ _id: sourceId, name }: SourceDocument, collector: string, created: boolean): Promise<Started> {
    const workflowId = workflowIdOf(sourceId);
    try {
      await this.options.client.workflow.start(WORKFLOW_TYPE, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ sourceId, name, collector }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `Mimecast source "${name}"`,
        staticDetails: staticDetails(sourceId, name, collector),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return { sourceId, name, workflowId, created };
  }

  private async signal(idOrName: string, signal: string, ...args: [StopRequest?]): Promise<SourceReference> {
    const source = await this.find(idOrName);
    try {
      await this.handle(source.sourceId).signal(signal, ...args);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new RefusedError(`The source "${source.name}" is not running; "start ${source.sourceId}" starts it again`);
    }
    return source;
  }

  private handle(sourceId: number) {
    return this.options.client.workflow.getHandle(workflowIdOf(sourceId));
  }

  private async isRunning(sourceId: number): Promise<boolean> {
    try {
      const described: WorkflowExecutionDescription = await this.handle(sourceId).describe();
      return described.status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}

function alreadyRunning({ _id, name }: SourceDocument): RefusedError {
  return new RefusedError(
    `The source "${name}" (${_id}) is running already: "update ${_id} FILE.json" changes it, "restart ${_id}" restarts it`,
  );
}

function staticDetails(sourceId: number, name: string, collector: string): string {
  return [
    `Collects the Mimecast logs of **${name}** (source ${sourceId}, collector *${collector}*) into MongoDB, each record once.`,
    '',
    'What it is doing right now stands under *Current details*; the query `status` has the same as JSON.',
  ].join('\n');
}

async function refusing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof NameTakenError ? new RefusedError(error.message) : error;
  }
}
