/** Tells listeners of every change of a source's state. Temporal's index is looked at only while somebody listens. */

import type { Client } from '@temporalio/client';
import type { FailureType } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import type { Collections } from '../../store/collections.js';
import { sourceSummaries } from '../../store/sources.js';
import { installationOf } from '../temporal/ownership.js';
import { WORKER_VERSION } from '../temporal/search-attribute-keys.js';
import { placeOf } from '../temporal/temporal-command.js';
import { type UncertaintyCode, uncertaintyOf } from '../temporal/uncertainty.js';
import { workersOf } from '../temporal/workers.js';
import { reportedTaskProblem } from '../temporal/workflow-task.js';
import { SHOWN_ERROR_TYPE } from './shown-state.js';
import { referenceOf } from './source-directory.js';
import { listingOf, withUncertainty } from './source-listing.js';
import { visibleSources } from './visible-sources.js';

export interface FeedState {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly errorType?: string;
  /** Why nobody confirms the state; its words, which change with every second, stand in the source itself. */
  readonly errorCode?: UncertaintyCode;
}

export interface StateListener {
  /** All sources, when the listening begins. */
  readonly onAll: (sources: readonly FeedState[]) => void;
  readonly onChange: (source: FeedState) => void;
}

export interface StateFeedOptions {
  readonly collections: Collections;
  readonly client: Client;
  /** Default 1,000 ms. */
  readonly intervalMs?: number;
}

export class StateFeed {
  private readonly listeners = new Set<StateListener>();
  private known: Map<number, FeedState> | undefined;
  /** Sources that the index did not show at the last look, although they are meant to run. */
  private missed = new Set<number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: StateFeedOptions) {}

  /** @returns ends it. */
  listen(listener: StateListener): () => void {
    this.listeners.add(listener);
    if (this.known !== undefined) listener.onAll([...this.known.values()]);
    if (this.listeners.size === 1) this.plan(0);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearTimeout(this.timer);
      this.known = undefined;
    };
  }

  private plan(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), delayMs);
  }

  /** While a server is away there is no news; what changed meanwhile is told when it is back. */
  private async look(): Promise<void> {
    try {
      const found = await this.states();
      if (this.listeners.size > 0) this.tell(found);
    } catch {
      // The next look is soon.
    }
    if (this.listeners.size > 0) this.plan(this.options.intervalMs ?? 1_000);
  }

  private tell(found: Map<number, FeedState>): void {
    const before = this.known;
    this.known = found;
    for (const listener of this.listeners) {
      if (before === undefined) listener.onAll([...found.values()]);
      else for (const change of changesOf(before, found)) listener.onChange(change);
    }
  }

  private async states(): Promise<Map<number, FeedState>> {
    const { collections, client } = this.options;
    const installation = await installationOf(this.options);
    const [stored, visible, workers] = await Promise.all([
      sourceSummaries(collections),
      visibleSources(this.options),
      workersOf(client, installation),
    ]);
    const place = placeOf(client);
    const missedBefore = this.missed;
    this.missed = new Set();
    return new Map(
      stored.map((source): [number, FeedState] => {
        const { _id: id, name, deletingAt, stoppedAt } = source;
        const seen = visible.get(id);
        const before = this.known?.get(id);
        if (seen === undefined && stoppedAt === undefined && before !== undefined) {
          // Between two runs, of which the first is in the index as ended before the second is in it at all.
          this.missed.add(id);
          if (!missedBefore.has(id)) return [id, before];
        }
        const task = seen === undefined ? undefined : reportedTaskProblem(seen.typedSearchAttributes);
        const listing = listingOf(installation, referenceOf(source), '', seen);
        const version = seen?.typedSearchAttributes.get(WORKER_VERSION);
        const meanwhile = uncertaintyOf({ workflowId: listing.workflowId, place, workers, task, version });
        const { state, health, errorType, noteCode } = withUncertainty(listing, meanwhile);
        return [
          id,
          {
            ...{ id, name, state: deletingAt === undefined ? state : 'Stopping', health },
            ...(errorType === undefined ? {} : { errorType: SHOWN_ERROR_TYPE[errorType as FailureType] }),
            ...present({ errorCode: noteCode }),
          },
        ];
      }),
    );
  }
}

function changesOf(before: ReadonlyMap<number, FeedState>, now: ReadonlyMap<number, FeedState>): FeedState[] {
  const news = [...now.values()].filter((state) => JSON.stringify(before.get(state.id)) !== JSON.stringify(state));
  const gone = [...before.values()].filter(({ id }) => !now.has(id));
  return [...news, ...gone.map(({ id, name }) => ({ id, name, state: 'Deleted', health: 'Unknown' }))];
}
