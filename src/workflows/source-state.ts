/** The state of a source: its snapshot with the only way to change it, and everything that must agree with it. */

import { log, uuid4 } from '@temporalio/workflow';
import { type Ending, type HealthLedger, newLedger, withProblems } from '../domain/health/health-ledger.js';
import { currentDetails } from '../domain/lifecycle/current-details.js';
import { reduce, type SourceEvent } from '../domain/lifecycle/reduce.js';
import {
  isPausing,
  newSnapshot,
  newStreamStatus,
  problemOf,
  type SourceSnapshot,
  type StreamStatus,
  type Subject,
} from '../domain/lifecycle/snapshot.js';
import { present } from '../domain/present.js';
import type { StreamProgress } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { nameActivities } from './activity-ids.js';
import { type AttributeWriter, attributeWriter } from './attribute-writer.js';
import { showDetails } from './details.js';
import { writeMemo } from './memo.js';
import { keepsPlan, tellsAltered, unitesOutages } from './patches.js';
import type { Wanted } from './poll-requests.js';
import type { SourceInput } from './source-input.js';

export class SourceState {
  /** What is being attempted now: only of that can an attempt fail. */
  readonly attempting = new Set<Subject>();
  /** Whether a run that continues another one keeps to its plan: the next poll, and the next attempts. */
  readonly keepsPlan: boolean;
  /** Whether streams that all fail for the same cause are one problem of the source; see `domain/lifecycle/outage.ts`. */
  readonly unitesOutages: boolean;
  ledger: HealthLedger;
  private current: SourceSnapshot;
  private readonly attributes: AttributeWriter;

  constructor(input: SourceInput) {
    const now = new Date().toISOString();
    this.unitesOutages = unitesOutages();
    // Each question costs two events of the history, and a run that unites outages keeps its plan.
    this.keepsPlan = this.unitesOutages || keepsPlan();
    if (this.unitesOutages) nameActivities();
    this.current = input.carried?.snapshot ?? newSnapshot(input, now);
    this.ledger = input.carried?.ledger ?? newLedger(now);
    this.attributes = attributeWriter({ together: this.keepsPlan, attention: this.unitesOutages });
    this.attributes.write(this.current);
    if (this.unitesOutages) writeMemo(this.current);
    showDetails(() => currentDetails(this.current, new Date().toISOString()));
  }

  get snapshot(): SourceSnapshot {
    return this.current;
  }

  /** Whether nothing is being attempted but what pauses between two attempts. */
  get isAtRest(): boolean {
    const now = Date.now();
    return [...this.attempting].every((subject) => {
      const problem = problemOf(this.current, subject);
      return problem !== undefined && isPausing(problem, now);
    });
  }

  stream(name: StreamName): StreamStatus {
    return this.current.streams.find(({ stream }) => stream === name) ?? newStreamStatus(name);
  }

  write(event: SourceEvent): void {
    const before = this.current;
    const now = new Date().toISOString();
    this.current = reduce(before, tellable(event), now);
    this.ledger = withProblems(this.ledger, this.current, now, uuid4, endingOf(event));
    if (before.state !== this.current.state)
      log.info(`${before.state} -> ${this.current.state}`, { event: event.kind });
    this.attributes.write(this.current);
    if (this.unitesOutages) writeMemo(this.current);
  }

  /**
   * To be called before the run is continued as new.
   *
   * @param asked the polls that were asked for and have not been made: the next run begins with them.
   */
  handOver(asked: Wanted | undefined): NonNullable<SourceInput['carried']> {
    if (asked === 'all') this.write({ kind: 'pollPlanned', at: new Date().toISOString() });
    this.attributes.writeAll(this.current);
    const collect = asked === 'all' ? undefined : asked;
    return { snapshot: this.current, ledger: this.ledger, ...present({ collect }) };
  }
}

/** The event as far as the code knew it that a run began with: a notice too many would be a command too many. */
function tellable(event: SourceEvent): SourceEvent {
  if (event.kind === 'outcome') return { ...event, outcome: known(event.outcome) };
  if (event.kind === 'resumed') return { ...event, streams: event.streams.map(known) };
  return event.kind === 'repositioned' ? { ...event, progress: known(event.progress) } : event;
}

function known<T extends Partial<StreamProgress>>(progress: T): T {
  if (progress.altered === undefined || tellsAltered()) return progress;
  const { altered: _altered, ...rest } = progress;
  return rest as T;
}

function endingOf(event: SourceEvent): Ending {
  if (event.kind === 'restarted') return 'restarted';
  if (event.kind === 'united') return 'united';
  if (event.kind === 'recovered' && event.isSplit === true) return 'split';
  return event.kind === 'ended' && event.state === 'Deleted' ? 'removed' : 'recovered';
}
