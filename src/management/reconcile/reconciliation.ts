/**
 * One round of bringing workflows and stored sources into line: what is to be deleted is, what is meant to run runs, what
 * was changed is known to its workflow, and what ran on after a removal ends. Every change is stored before
 * anything else is done about it, so a round finishes what a program that died has begun.
 */

import type { Client } from '@temporalio/client';
import type { WorkerVersion } from '../../domain/contract/worker-version.js';
import type { Collections } from '../../store/collections.js';
import { beginMissingExports } from '../../store/exports.js';
import { storedInstallation } from '../../store/installation-identity.js';
import { sourcesBehind } from '../../store/sources.js';
import { RefusedError } from '../common/errors.js';
import { lookAfterErasures } from '../erasure/erasures.js';
import { ExportChanges } from '../exports/export-changes.js';
import { startExports } from '../exports/export-workflows.js';
import { startFillIn } from '../indicators/fill-in-workflow.js';
import { startPastExports } from '../past-exports/past-exports.js';
import { SourceRemoval } from '../sources/source-removal.js';
import { SourceWorkflows } from '../sources/source-workflows.js';
import { type RunningSource, runningSources } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';
import { temporalRefusalText, unlessTemporalDenies } from '../temporal/temporal-errors.js';
import { startWatchlists } from '../watchlists/watchlist-workflows.js';
import { FrozenWorkflows } from './frozen-workflows.js';
import type { Reconcilable, ReconciliationListener } from './reconciler.js';
import { StrayWorkflows } from './stray-workflows.js';
import { VersionMoves } from './version-moves.js';

export interface ReconciliationOptions {
  readonly collections: Collections;
  readonly client: Client;
  readonly sources: Reconcilable;
  /** Of this worker, if it has one: workflows are moved to it once it is the current one. */
  readonly version?: WorkerVersion | undefined;
  /** How old a change has to be before its source is restarted for it; default 10,000 ms: it mostly has been. */
  readonly changeAgeMs?: number;
  /** How long an export may go on after its source is gone; default 60,000 ms: it mostly ends by itself. */
  readonly exportEndMs?: number;
}

/** See `ReconciliationOptions`. */
const CHANGE_AGE_MS = 10_000;
/** A restart for the same change is asked for again after this time. */
const AGAIN_MS = 120_000;

export class Reconciliation implements Reconcilable {
  private readonly removal: SourceRemoval;
  private readonly workflows: SourceWorkflows;
  private readonly strays: StrayWorkflows;
  private readonly exportChanges: ExportChanges;
  private readonly moves: VersionMoves;
  private readonly frozen: FrozenWorkflows;
  /** When a source was last restarted for a version: `<sourceId>/<version>`. */
  private readonly restarted = new Map<string, number>();

  constructor(private readonly options: ReconciliationOptions) {
    this.removal = new SourceRemoval(options);
    this.workflows = new SourceWorkflows(options);
    this.strays = new StrayWorkflows(options, options.exportEndMs);
    this.exportChanges = new ExportChanges(options);
    this.frozen = new FrozenWorkflows(options);
    this.moves = new VersionMoves(options, options.version);
  }

  async prepare(listener: ReconciliationListener): Promise<void> {
    await this.options.sources.prepare?.(listener);
  }

  async startMissing(listener: ReconciliationListener): Promise<void> {
    await this.refuseRenamed();
    // Listed before the store is read: what is stored later is not taken for missing.
    const running = await this.running(listener);
    if (running !== undefined) await this.strays.adopt(running, listener.onError);
    await this.removal.finish(listener.onError);
    await beginMissingExports(this.options.collections);
    await this.options.sources.startMissing(listener);
    await this.announceChanges(listener.onError);
    await startFillIn(this.options).catch(listener.onError);
    await startWatchlists(this.options).catch(listener.onError);
    await lookAfterErasures(this.options).catch(listener.onError);
    await this.lookAfterExports(listener.onError).catch(listener.onError);
    if (running === undefined) return;
    await this.frozen.report(running);
    await this.strays.end(running, listener);
    await this.moveVersions(running, listener);
  }

  /** @returns `undefined` without the right to list: stored sources are then looked at one by one, and strays not at all. */
  private async running({ onError }: ReconciliationListener): Promise<RunningSource[] | undefined> {
    const { client, collections } = this.options;
    return unlessTemporalDenies(
      async () => runningSources(client, await collections.installation()),
      (error) => onError(new RefusedError(temporalRefusalText(error, placeOf(client)) ?? String(error))),
    );
  }

  private async moveVersions(
    running: readonly RunningSource[],
    { onError, onMoved }: ReconciliationListener,
  ): Promise<void> {
    for (const move of await this.moves.move(running, onError)) onMoved?.(move);
  }

  /** A program whose database was made again, or renamed by another one, is not to act for it. */
  private async refuseRenamed(): Promise<void> {
    const { collections } = this.options;
    const { id, name } = await collections.installation();
    const recorded = await storedInstallation(collections);
    if (recorded?.identity === id && recorded.name === name) return;
    throw new RefusedError(
      'This database now belongs to a different installation than when this worker started: restart the worker',
    );
  }

  private async lookAfterExports(onError: ReconciliationListener['onError']): Promise<void> {
    const { changeAgeMs = CHANGE_AGE_MS } = this.options;
    await startExports(this.options, onError);
    await startPastExports(this.options, onError);
    await this.exportChanges.announce(new Date(Date.now() - changeAgeMs), onError);
  }

  /** Restarts the sources whose workflow has not begun to work with the version that is stored. */
  private async announceChanges(onError: ReconciliationListener['onError']): Promise<void> {
    const { collections, changeAgeMs = CHANGE_AGE_MS } = this.options;
    const behind = await sourcesBehind(collections, new Date(Date.now() - changeAgeMs));
    for (const [change, at] of this.restarted) if (Date.now() - at > AGAIN_MS) this.restarted.delete(change);
    for (const { _id, version } of behind) {
      const change = `${_id}/${version}`;
      if (this.restarted.has(change)) continue;
      await this.workflows.signal(_id, 'restart').then(() => this.restarted.set(change, Date.now()), onError);
    }
  }
}
