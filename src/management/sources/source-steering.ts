/** What is asked of a source beside its configuration: restart, stop, start, poll at once. Nothing waits for what comes of it. */

import type { Client } from '@temporalio/client';
import { STATUS_QUERY } from '../../domain/contract/contract.js';
import { pollObstacles } from '../../domain/lifecycle/poll-obstacles.js';
import type { SourceSnapshot } from '../../domain/lifecycle/snapshot.js';
import type { CollectRequest } from '../../domain/streams/collect-request.js';
import type { PositionReset } from '../../domain/streams/position-reset.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { hasCheckpoint, resetCheckpoint } from '../../store/checkpoints.js';
import type { Collections } from '../../store/collections.js';
import { storedCollector } from '../../store/collectors.js';
import { markStopped, storedSource } from '../../store/sources.js';
import { auditedIfPossible } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { wakeExport } from '../exports/export-workflows.js';
import { beingDeleted, isStopped, isStopping, nothingPolled } from '../refusals.js';
import { askWorkflow } from './source-status.js';
import { SourceWorkflows } from './source-workflows.js';

export type Steering = 'restart' | 'stop' | 'start' | 'collectNow';

/** What is answered when it is on its way. */
export const INITIATED: Readonly<Record<Steering, string>> = {
  restart: 'The restart of the source was initiated.',
  stop: 'The stop of the source was initiated; it can be started again.',
  start: 'The source is being started.',
  collectNow: 'The source is polling now.',
};

export interface SteeredSource {
  readonly sourceId: number;
  readonly collectorId: number;
  readonly name: string;
  readonly deleting: boolean;
}

/** How long a start waits for the end of a stop that was asked for before it. */
const START_WAIT_MS = 20_000;

const NOT_RUNNING =
  'its workflow does not run; a worker starts it within seconds, and then all of its streams are polled';

export class SourceSteering {
  private readonly workflows: SourceWorkflows;

  constructor(private readonly options: { readonly collections: Collections; readonly client: Client }) {
    this.workflows = new SourceWorkflows(options);
  }

  /** @throws CodedRefusal 409 when the source is not in a state for it. */
  async steer(source: SteeredSource, steering: Steering, actor: string): Promise<void> {
    const { sourceId, collectorId, name, deleting } = source;
    if (deleting) throw beingDeleted('source', name);
    const entry = { actor, action: `source.${steering}`, sourceId, collectorId, name };
    await auditedIfPossible(this.options.collections, entry, () => this.act(source, steering));
    await wakeExport(this.options, sourceId);
  }

  /**
   * Polls a source at once: all streams that are caught up, or some, and then the others keep their next poll.
   *
   * @returns what to tell of it
   * @throws CodedRefusal 409 naming each stream that cannot be polled now, and why: then none is.
   */
  async collectNow(source: SteeredSource, { streams }: CollectRequest, actor: string): Promise<string> {
    if (streams === undefined) {
      await this.steer(source, 'collectNow', actor);
      return INITIATED.collectNow;
    }
    const wanted = [...new Set(streams)];
    await this.collectStreams(source, wanted, actor);
    return `The source is polling ${wanted.join(', ')} now.`;
  }

  private async collectStreams(source: SteeredSource, streams: readonly StreamName[], actor: string): Promise<void> {
    const { sourceId, collectorId, name, deleting } = source;
    if (deleting) throw beingDeleted('source', name);
    const { collections } = this.options;
    const entry = { actor, action: 'source.collectNow', sourceId, collectorId, name, to: { streams } };
    await auditedIfPossible(collections, entry, async () => {
      const obstacles = await this.obstaclesTo(source, streams);
      if (obstacles.length > 0) throw nothingPolled(name, obstacles);
      if (!(await this.workflows.signal(sourceId, 'collectNow', { streams }))) throw nothingPolled(name, [NOT_RUNNING]);
    });
    await wakeExport(this.options, sourceId);
  }

  /**
   * Lets one stream be collected again by date. Of a source that does not run, the checkpoint is moved here.
   *
   * @throws RefusedError when the stream has not been collected yet.
   */
  async resetPosition(source: SteeredSource, reset: PositionReset, actor: string): Promise<void> {
    const { sourceId, collectorId, name, deleting } = source;
    if (deleting) throw beingDeleted('source', name);
    const { collections } = this.options;
    if (!(await hasCheckpoint(collections, sourceId, reset.stream)))
      throw new RefusedError(`The source "${name}" has not collected the stream "${reset.stream}" yet`);
    const entry = { actor, action: 'source.resetPosition', sourceId, collectorId, name, to: reset };
    await auditedIfPossible(collections, entry, async () => {
      if (await this.workflows.signal(sourceId, 'resetPosition', reset)) return;
      await resetCheckpoint(
        collections,
        sourceId,
        reset.stream,
        reset.from === undefined ? undefined : new Date(reset.from),
      );
    });
  }

  private async obstaclesTo({ sourceId, name }: SteeredSource, streams: readonly StreamName[]): Promise<string[]> {
    if (!(await this.workflows.isRunning(sourceId))) {
      const stored = await storedSource(this.options.collections, { _id: sourceId });
      if (stored?.stoppedAt !== undefined) throw isStopped(name, sourceId);
      return [NOT_RUNNING];
    }
    const answer = await askWorkflow<SourceSnapshot>(this.options, sourceId, STATUS_QUERY);
    return 'note' in answer ? [answer.note] : pollObstacles(answer.value, streams, Date.now());
  }

  private async act(source: SteeredSource, steering: Steering): Promise<void> {
    if (steering === 'start') return this.start(source);
    if (await this.workflows.signal(source.sourceId, steering)) return;
    const { collections } = this.options;
    // Stored, so that the reconciler does not start it: it may not run only because it was terminated by hand.
    if (steering === 'stop') return markStopped(collections, source.sourceId, true);
    const stored = await storedSource(collections, { _id: source.sourceId });
    if (stored?.stoppedAt !== undefined) throw isStopped(source.name, source.sourceId);
    await this.start(source);
  }

  private async start({ sourceId, name, collectorId }: SteeredSource): Promise<void> {
    const { collections } = this.options;
    const goesOn = await this.workflows.continues(sourceId, START_WAIT_MS);
    if (goesOn === 'unknown') throw isStopping(name);
    const collector = await storedCollector(collections, { _id: collectorId });
    // Before the start: whatever crashes in between, the reconciler then finishes it.
    await markStopped(collections, sourceId, false);
    if (!goesOn) await this.workflows.start({ sourceId, name, collector: collector?.name ?? '' });
  }
}
