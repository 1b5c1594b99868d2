/** Signals to sources, as the API sends them: at once, without waiting for what comes of them. */

import type { Client } from '@temporalio/client';
import type { Collections, SourceDocument } from '../store/collections.js';
import { markStopped } from '../store/sources.js';
import { auditedIfPossible } from './audit-trail.js';
import { CodedRefusal } from './errors.js';
import { beingDeleted } from './refusals.js';
import { SourceWorkflows } from './source-workflows.js';

export const STEERING = ['restart', 'stop', 'start', 'collectNow'] as const;
export type Steering = (typeof STEERING)[number];

/** What is answered when it is on its way. */
export const INITIATED: Readonly<Record<Steering, string>> = {
  restart: 'The restart of the source was initiated.',
  stop: 'The stop of the source was initiated; it can be started again.',
  start: 'The source is being started.',
  collectNow: 'The source polls now.',
};

export class SourceSteering {
  private readonly workflows: SourceWorkflows;

  constructor(private readonly options: { readonly collections: Collections; readonly client: Client }) {
    this.workflows = new SourceWorkflows(options.client);
  }

  /** @throws CodedRefusal 409 when the source is not in a state for it. */
  async steer(source: SourceDocument, steering: Steering, actor: string): Promise<void> {
    const { _id: sourceId, collectorId, name, deletingAt } = source;
    if (deletingAt !== undefined) throw beingDeleted('source', name);
    const entry = { actor, action: `source.${steering}`, sourceId, collectorId, name };
    await auditedIfPossible(this.options.collections, entry, () =>
      steering === 'start' ? this.start(source) : this.signal(source, steering),
    );
  }

  private async signal({ _id, name }: SourceDocument, signal: Exclude<Steering, 'start'>): Promise<void> {
    if (await this.workflows.signal(_id, signal)) return;
    // A source that has stopped is stopped: asked for twice is no mistake.
    if (signal === 'stop') return;
    throw new CodedRefusal(409, 'collectors.source.stopped', `The source "${name}" is stopped: start it first.`);
  }

  private async start({ _id: sourceId, name, collectorId }: SourceDocument): Promise<void> {
    const { collections } = this.options;
    const collector = await collections.collectors.findOne({ _id: collectorId });
    // Before the start: whatever crashes in between, the reconciler then finishes it.
    await markStopped(collections, sourceId, false);
    await this.workflows.start({ sourceId, name, collector: collector?.name ?? '' });
  }
}
