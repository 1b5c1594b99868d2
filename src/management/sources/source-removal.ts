/**
 * Deletes sources and collectors. The wish is stored first; the workflow then ends and takes the stored source with it,
 * and whatever dies in between, the next reconciliation goes on from the wish.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Semaphore } from '../../domain/semaphore.js';
import type { Collections } from '../../store/collections.js';
import {
  type CollectorDocument,
  leavingCollectors,
  markCollectorDeleting,
  removeCollector,
  storedCollector,
} from '../../store/collectors.js';
import { clearHealthEvents } from '../../store/health-events.js';
import {
  hasSources,
  isStored,
  leavingSources,
  lostSources,
  markSourceDeleting,
  removeSource,
  type SourceDocument,
  sourcesOfCollector,
  storedSource,
} from '../../store/sources.js';
import { type Audited, audited, DONE_BY_ANOTHER, RECONCILER_ACTOR } from '../audited.js';
import { settingsOf } from '../collectors/collector-service.js';
import { wakeExport } from '../exports/export-workflows.js';
import { unknownCollector, unknownSource } from '../refusals.js';
import { unlessTemporalIsAway } from '../temporal/temporal-errors.js';
import { SourceWorkflows } from './source-workflows.js';

/** How long a deletion waits for its sources to end; it goes on by itself. */
const END_WAIT_MS = 10_000;
const LOOK_MS = 100;
/** Sources of a collector that are ended at a time. */
const AT_ONCE = 8;

export class SourceRemoval {
  private readonly workflows: SourceWorkflows;

  constructor(private readonly options: { readonly collections: Collections; readonly client: Client }) {
    this.workflows = new SourceWorkflows(options);
  }

  /**
   * Deletes a source, and waits some seconds for its end: its successor needs its name, and its fields, next.
   * Harmless when it was begun before.
   *
   * @returns false when it has not ended by then: it goes on by itself.
   * @throws CodedRefusal 404
   */
  async removeSource(collectorId: number, sourceId: number, actor: string, waitMs = END_WAIT_MS): Promise<boolean> {
    const { collections } = this.options;
    const source = await storedSource(collections, { _id: sourceId, collectorId });
    if (source === null) throw unknownSource();
    if (source.deletingAt === undefined) await this.markSource(source, actor);
    if (!(await unlessTemporalIsAway(() => this.end(sourceId)))) return false;
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; await pause(LOOK_MS)) {
      if (!(await isStored(collections, sourceId))) return true;
    }
    return false;
  }

  /**
   * Deletes a collector with its sources, and waits some seconds for their end.
   *
   * @returns false when they have not ended by then: the reconciler goes on with what is left.
   * @throws CodedRefusal 404
   */
  async removeCollector(collectorId: number, actor: string, waitMs = END_WAIT_MS): Promise<boolean> {
    const { collections } = this.options;
    const collector = await storedCollector(collections, { _id: collectorId });
    if (collector === null) throw unknownCollector();
    if (collector.deletingAt === undefined) await this.markCollector(collector, actor);
    const deadline = Date.now() + waitMs;
    const enough = Date.now() + Math.max(waitMs, END_WAIT_MS);
    const semaphore = new Semaphore(AT_ONCE);
    const remaining = await sourcesOfCollector(collections, collectorId);
    await Promise.all(
      remaining.map((source) =>
        semaphore.run(async () => {
          if (Date.now() > enough) return;
          if (source.deletingAt === undefined) await this.markSource(source, actor);
          await unlessTemporalIsAway(() => this.end(source._id));
        }),
      ),
    );
    for (; ; await pause(LOOK_MS)) {
      if (await this.dropCollector(collectorId)) return true;
      if (Date.now() > deadline) return false;
    }
  }

  /** Goes on with every deletion that is begun. One that fails does not hold up the others. */
  async finish(onError: (error: unknown) => void): Promise<void> {
    const { collections } = this.options;
    const leaving = await leavingCollectors(collections);
    for (const source of await lostSources(collections)) await this.markSource(source, RECONCILER_ACTOR);
    for (const sourceId of await leavingSources(collections)) await this.end(sourceId).catch(onError);
    for (const collectorId of leaving) await this.dropCollector(collectorId);
  }

  /** Notes the wish, and who has it. */
  async markSource({ _id, collectorId, name, config }: SourceDocument, actor: string): Promise<void> {
    const entry = { actor, action: 'source.delete', sourceId: _id, collectorId, name, from: config };
    const { collections } = this.options;
    await audited(collections, entry, async () => done(await markSourceDeleting(collections, _id)));
    await unlessTemporalIsAway(() => wakeExport(this.options, _id));
  }

  private async markCollector(collector: CollectorDocument, actor: string): Promise<void> {
    const { _id, name } = collector;
    const entry = { actor, action: 'collector.delete', collectorId: _id, name, from: settingsOf(collector) };
    const { collections } = this.options;
    await audited(collections, entry, async () => done(await markCollectorDeleting(collections, _id)));
  }

  /** Asks the workflow to end and to take the source with it; where there is none, it is taken here. */
  private async end(sourceId: number): Promise<void> {
    if (await this.workflows.signal(sourceId, 'stop', { remove: true })) return;
    await clearHealthEvents(this.options.collections, sourceId, new Date());
    await removeSource(this.options.collections, sourceId);
  }

  /** @returns whether it is gone. */
  private async dropCollector(collectorId: number): Promise<boolean> {
    const { collections } = this.options;
    if (await hasSources(collections, collectorId)) return false;
    await removeCollector(collections, collectorId);
    return true;
  }
}

const done = (isMine: boolean): Audited<undefined> => ({
  result: undefined,
  ...(isMine ? {} : { mark: DONE_BY_ANOTHER }),
});
