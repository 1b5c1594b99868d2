/**
 * One round of bringing workflows and stored sources into line: what is to be deleted is, what is meant to run runs, what
 * was changed is known to its workflow, and no workflow runs without a stored source. Every change is stored before
 * anything else is done about it, so a round finishes what a program that died has begun.
 */

import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPE, workflowIdOf } from '../source/contract.js';
import { LEAVING_STATES } from '../source/lifecycle.js';
import type { Collections } from '../store/collections.js';
import { clearHealthEvents } from '../store/health-events.js';
import type { Reconcilable } from './reconciler.js';
import { STATE } from './search-attribute-keys.js';
import { SourceRemoval } from './source-removal.js';
import type { StartingListener } from './source-service.js';
import { SourceWorkflows } from './source-workflows.js';

export interface ReconciliationOptions {
  readonly collections: Collections;
  readonly client: Client;
  readonly sources: Reconcilable;
  /** How old a change has to be before its source is restarted for it; default 10,000 ms: it mostly has been. */
  readonly changeAgeMs?: number;
}

/** A restart for the same change is asked for again after this time. */
const AGAIN_MS = 120_000;

export class Reconciliation implements Reconcilable {
  private readonly removal: SourceRemoval;
  private readonly workflows: SourceWorkflows;
  /** When a source was last restarted for a version: `<sourceId>/<version>`. */
  private readonly restarted = new Map<string, number>();

  constructor(private readonly options: ReconciliationOptions) {
    this.removal = new SourceRemoval(options);
    this.workflows = new SourceWorkflows(options.client);
  }

  async startMissing(listener: StartingListener): Promise<void> {
    await this.removal.finish(listener.onTrouble);
    await this.options.sources.startMissing(listener);
    await this.announceChanges(listener.onTrouble);
    await this.endOrphans();
  }

  /** Restarts the sources whose workflow has not begun to work with the version that is stored. */
  private async announceChanges(onTrouble: StartingListener['onTrouble']): Promise<void> {
    const { collections, changeAgeMs = 10_000 } = this.options;
    const changed = await collections.sources
      .find({
        $expr: { $lt: ['$seenVersion', '$version'] },
        seenVersion: { $exists: true },
        updatedAt: { $lt: new Date(Date.now() - changeAgeMs) },
        stoppedAt: { $exists: false },
        deletingAt: { $exists: false },
      })
      .toArray();
    for (const [change, at] of this.restarted) if (Date.now() - at > AGAIN_MS) this.restarted.delete(change);
    for (const { _id, version } of changed) {
      const change = `${_id}/${version}`;
      if (this.restarted.has(change)) continue;
      await this.workflows.signal(_id, 'restart').then(() => this.restarted.set(change, Date.now()), onTrouble);
    }
  }

  /** Ends workflows whose source was removed while they were being started. One that is ending does so by itself. */
  private async endOrphans(): Promise<void> {
    const { collections, client } = this.options;
    const running: number[] = [];
    const query = `WorkflowType = "${WORKFLOW_TYPE}" AND ExecutionStatus = "Running"`;
    for await (const { workflowId } of client.workflow.list({ query })) {
      const sourceId = Number(workflowId.slice(workflowIdOf(0).length - 1));
      if (Number.isSafeInteger(sourceId) && workflowIdOf(sourceId) === workflowId) running.push(sourceId);
    }
    const stored = await collections.sources.find({ _id: { $in: running } }, { projection: { _id: true } }).toArray();
    const known = new Set(stored.map(({ _id }) => _id));
    for (const sourceId of running.filter((id) => !known.has(id))) await this.endOrphan(sourceId);
  }

  private async endOrphan(sourceId: number): Promise<void> {
    const handle = this.options.client.workflow.getHandle(workflowIdOf(sourceId));
    const { status, typedSearchAttributes } = await handle.describe();
    const state = typedSearchAttributes.get(STATE);
    if (status.name !== 'RUNNING' || LEAVING_STATES.some((leaving) => leaving === state)) return;
    await handle.terminate(`There is no stored source ${sourceId}: it was removed while it was being started`);
    await clearHealthEvents(this.options.collections.healthEvents, sourceId, new Date());
  }
}
