/** A source without Mimecast and MongoDB: activities that return at once and do what a test tells them. */

import { Context, heartbeat } from '@temporalio/activity';
import type { Activities, BackgroundActivities, ExportActivities } from '../../src/activities/index.js';
import { classify, type ErrorFacts, RawError } from '../../src/domain/failures/failure.js';
import type { HealthChange, ProblemChange } from '../../src/domain/health/health-ledger.js';
import { isStillOut } from '../../src/domain/lifecycle/outage.js';
import type { AlterationCounts } from '../../src/domain/streams/alterations.js';
import {
  type Counts,
  NO_COUNTS,
  type Permissions,
  type SourceSettings,
  type StreamOutcome,
  type StreamProgress,
  type SweepOutcome,
  type ToldCounts,
} from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';

export type ActivityName = Exclude<
  keyof Activities,
  'reread' | 'recheck' | 'wake' | keyof BackgroundActivities | keyof ExportActivities
>;
/** What can be put into trouble: an activity for all it does, or one stream wherever it is read. */
export type FailingPart = ActivityName | StreamName;

export interface FakeCall {
  readonly activity: ActivityName;
  /** Streams it was called for. */
  readonly streams: readonly StreamName[];
  /** Simulated epoch milliseconds. */
  readonly at: number;
}

/** Some usual troubles. */
export const FAULTS = {
  unavailable: { origin: 'mimecast', status: 503, message: 'The service is temporarily unavailable' },
  credentials: {
    origin: 'mimecast',
    status: 401,
    code: 'InvalidClientIdentifier',
    message: 'Client credentials are invalid',
  },
  forbidden: { origin: 'mimecast', status: 403, code: 'app_forbidden', message: 'Forbidden', endpoint: 'DLP logs' },
  slowDown: { origin: 'mimecast', status: 429, message: 'Quota used up', retryAfterMs: 2 * 3_600_000 },
  wrongHost: { origin: 'configuration', code: 'WrongHost', message: 'baseUrl https://a.example is not Mimecast’s API' },
  mongodbAway: { origin: 'mongodb', code: 'MongoServerSelectionError', message: 'MongoDB: connection refused' },
} as const satisfies Record<string, ErrorFacts>;

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
  readonly deaf: boolean;
}

export class FakeSource implements Pick<Activities, ActivityName> {
  /** What the last sweep was told that the workflow knows. */
  told: ToldCounts | undefined;
  readonly calls: FakeCall[] = [];
  /** What `recordHealth` was given, in order, without the batches that failed. */
  readonly recorded: HealthChange[] = [];
  readonly finalized: { readonly remove: boolean }[] = [];
  permissions: Permissions = { denied: [] };
  /** Told with each outcome. */
  altered: AlterationCounts | undefined;
  /** False for a worker of earlier code. */
  knowsProbes = true;
  private readonly failing = new Map<FailingPart, { readonly facts: ErrorFacts; slicesBefore: number }>();
  private readonly toCome = new Map<StreamName, number[]>();
  private readonly stored = new Map<StreamName, number>();
  private readonly gates = new Map<FailingPart, Gate>();

  constructor(public settings: SourceSettings) {}

  /** @param slicesBefore how many slices of the stream still go well. */
  fail(what: FailingPart, facts: ErrorFacts, slicesBefore = 0): void {
    this.failing.set(what, { facts: facts, slicesBefore });
  }

  heal(what: FailingPart): void {
    this.failing.delete(what);
  }

  /** Records that Mimecast will hand out, one number per slice of work. */
  deliver(stream: StreamName, ...slices: readonly number[]): void {
    this.toCome.set(stream, [...(this.toCome.get(stream) ?? []), ...slices]);
  }

  /**
   * Lets an activity wait until it is cancelled or the returned function is called.
   *
   * @param deaf does not hear of its cancellation either.
   */
  hold(what: FailingPart, { deaf = false } = {}): () => void {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gates.set(what, { opened, open, deaf });
    return () => {
      this.ungate(what);
      open();
    };
  }

  /** Lets later calls pass; those that wait go on waiting. */
  ungate(what: FailingPart): void {
    this.gates.delete(what);
  }

  /** Lets go of all that waits. */
  release(): void {
    for (const { open } of this.gates.values()) open();
    this.gates.clear();
  }

  callsOf(activity: ActivityName, stream?: StreamName): FakeCall[] {
    return this.calls.filter(
      (call) => call.activity === activity && (stream === undefined || call.streams.includes(stream)),
    );
  }

  /** What was recorded of problems. */
  problemChanges(): ProblemChange[] {
    return this.recorded.filter((change) => change.kind !== 'cleared');
  }

  async validate(): Promise<SourceSettings> {
    await this.begin('validate');
    return this.settings;
  }

  async initialize(): Promise<StreamProgress[]> {
    await this.begin('initialize');
    return this.settings.streams.map((stream) => {
      const total = this.stored.get(stream) ?? 0;
      return { stream, totals: onlyStored(total), position: `record ${total}` };
    });
  }

  async resetPosition(_sourceId: number, stream: StreamName): Promise<StreamProgress> {
    await this.begin('resetPosition', [stream]);
    return { stream, totals: onlyStored(this.stored.get(stream) ?? 0), position: 'first page' };
  }

  async authenticate(): Promise<Permissions> {
    await this.begin('authenticate');
    return this.permissions;
  }

  async sweep(
    _sourceId: number,
    streams: readonly StreamName[],
    isProbe = false,
    told?: ToldCounts,
  ): Promise<SweepOutcome> {
    this.told = told;
    await this.begin('sweep', streams);
    const idle = streams.filter((stream) => !this.failing.has(stream) && !this.toCome.get(stream)?.length);
    const outcomes = streams.filter((stream) => !idle.includes(stream)).map((stream) => this.look(stream));
    const [first] = streams.flatMap((stream) => this.failing.get(stream)?.facts ?? []);
    if (isProbe && this.knowsProbes && first !== undefined && idle.length === 0 && isStillOut(outcomes))
      throw new RawError(first);
    return { idle, outcomes };
  }

  async collect(_sourceId: number, stream: StreamName): Promise<StreamOutcome> {
    await this.begin('collect', [stream]);
    await this.passGate(stream);
    this.throwIfFailing(stream);
    return this.slice(stream);
  }

  async recordHealth(_sourceId: number, changes: readonly HealthChange[]): Promise<void> {
    await this.begin('recordHealth');
    this.recorded.push(...changes);
  }

  async finalize(_sourceId: number, end: { readonly remove: boolean }): Promise<void> {
    await this.begin('finalize');
    this.finalized.push(end);
  }

  private async begin(activity: ActivityName, streams: readonly StreamName[] = []): Promise<void> {
    this.calls.push({ activity, streams, at: Date.now() });
    await this.passGate(activity);
    this.throwIfFailing(activity);
  }

  private async passGate(what: FailingPart): Promise<void> {
    const gate = this.gates.get(what);
    if (gate === undefined) return;
    if (gate.deaf) return gate.opened;
    const timer = setInterval(() => heartbeat(), 50);
    await Promise.race([gate.opened, Context.current().cancelled]).finally(() => clearInterval(timer));
  }

  private throwIfFailing(what: FailingPart): void {
    const known = this.failing.get(what);
    if (known === undefined) return;
    if (known.slicesBefore <= 0) throw new RawError(known.facts);
    known.slicesBefore -= 1;
  }

  private look(stream: StreamName): StreamOutcome {
    try {
      this.throwIfFailing(stream);
      return this.slice(stream);
    } catch (error) {
      if (!(error instanceof RawError)) throw error;
      return { stream, result: 'failed', failure: classify(error.facts), counts: NO_COUNTS, files: 0 };
    }
  }

  private slice(stream: StreamName): StreamOutcome {
    const [now = 0, ...later] = this.toCome.get(stream) ?? [];
    this.toCome.set(stream, later);
    const total = (this.stored.get(stream) ?? 0) + now;
    this.stored.set(stream, total);
    return {
      stream,
      result: later.length > 0 ? 'more' : 'caughtUp',
      counts: onlyStored(now),
      totals: onlyStored(total),
      files: 1,
      position: `record ${total}`,
      lastEventTime: new Date(Date.now()).toISOString(),
      ...(this.altered === undefined ? {} : { altered: this.altered }),
    };
  }
}

function onlyStored(stored: number): Counts {
  return { ...NO_COUNTS, stored };
}

/** Activities that each source's fake answers for itself. */
export function dispatching(fakes: ReadonlyMap<number, FakeSource>): Pick<Activities, ActivityName> {
  const of = (sourceId: number): FakeSource => {
    const fake = fakes.get(sourceId);
    if (fake === undefined) throw new Error(`no test has source ${sourceId}`);
    return fake;
  };
  return {
    validate: (sourceId) => of(sourceId).validate(),
    initialize: (sourceId) => of(sourceId).initialize(),
    authenticate: (sourceId) => of(sourceId).authenticate(),
    sweep: (sourceId, ...sweep) => of(sourceId).sweep(sourceId, ...sweep),
    collect: (sourceId, stream) => of(sourceId).collect(sourceId, stream),
    resetPosition: (sourceId, stream) => of(sourceId).resetPosition(sourceId, stream),
    recordHealth: (sourceId, changes) => of(sourceId).recordHealth(sourceId, changes),
    finalize: (sourceId, end) => of(sourceId).finalize(sourceId, end),
  };
}
