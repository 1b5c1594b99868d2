/**
 * Sweep and collect. Streams that are caught up are polled together, by one activity and one timer; a stream with more
 * to come, or failing, leaves the sweep and is collected by an activity of its own until it is recovered. When all of
 * them fail for the same cause, they are in the sweep again, which then finds out when the outage is over.
 */

import { CancellationScope, condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { formatTime, formatTimeAfter } from '../domain/duration.js';
import { hasWorked } from '../domain/lifecycle/outage.js';
import { evenPollAtMs, nextPoll } from '../domain/lifecycle/poll-spread.js';
import { restLeftMs } from '../domain/lifecycle/rest.js';
import { type StreamStatus, sweepProblemOf } from '../domain/lifecycle/snapshot.js';
import type { StreamOutcome, SweepOutcome, ToldCounts } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { type Limits, withRetryBudget } from './attempts.js';
import type { HistoryBudget } from './history.js';
import { LoopGuard } from './loop-guard.js';
import { Outages } from './outages.js';
import { ownInstallation } from './own-installation.js';
import { PollRequests, type Wanted } from './poll-requests.js';
import type { SourceState } from './source-state.js';
import { work } from './steps.js';

export class PollingLoop {
  private readonly requests = new PollRequests();
  /** The streams that the poll of the moment was asked for; `undefined` for a poll of all. */
  private only: readonly StreamName[] | undefined;
  private readonly alone = new Map<StreamName, { readonly scope: CancellationScope; readonly ended: Promise<void> }>();
  private readonly outages: Outages;
  /** Streams of the sweep that it went without. */
  private readonly leftOut = new Set<StreamName>();
  /** Of the sweep that finds out when an outage is over, while it runs. */
  private probe: CancellationScope | undefined;
  private defect: unknown;

  /** @param asked streams that the run before this one was asked to poll, and has not. */
  constructor(
    private readonly source: SourceState,
    private readonly history: HistoryBudget,
    asked?: readonly StreamName[],
  ) {
    if (asked !== undefined) this.wake(asked);
    this.outages = new Outages(source, {
      leave: (stream) => this.alone.get(stream)?.scope.cancel(),
      poll: () => this.wake(),
    });
  }

  /**
   * Polls the caught-up streams at once instead of at the next interval.
   *
   * @param wanted the streams to poll, of which those that are not caught up are left alone. Default: all.
   * @returns the request's number.
   */
  wake(wanted: Wanted = 'all'): number {
    return this.requests.ask(wanted);
  }

  /** Whether the poll for the request of that number has been made, or a later one. */
  hasServed(request: number): boolean {
    return this.requests.hasServed(request);
  }

  /** What was asked to be polled and has not been; `undefined` when nothing is. */
  get open(): Wanted | undefined {
    return this.requests.open;
  }

  /** Collects until the scope is cancelled (then it throws), or until it is time to continue as new. */
  async run(): Promise<void> {
    const scope = new CancellationScope();
    const watching = this.source.unitesOutages ? scope.run(() => this.outages.watch()) : Promise.resolve();
    try {
      await scope.run(() => this.pollUntilLong());
    } finally {
      // Work that stands alone ends with the polling; each slice stores what it holds before it does.
      scope.cancel();
      await Promise.all([watching, ...[...this.alone.values()].map(({ ended }) => ended)]);
    }
  }

  private async pollUntilLong(): Promise<void> {
    this.only = undefined;
    for (const { stream, phase } of this.source.snapshot.streams) {
      if (phase !== 'waiting') this.collectAlone(stream);
    }
    if (this.source.keepsPlan) await this.untilPollIsDue();
    // Also between two polls of which the second was asked for during the first.
    for (const guard = new LoopGuard(); !(this.history.isLong && this.source.isAtRest); guard.pass()) {
      await this.poll();
      this.requests.end();
      await this.untilPollIsDue();
    }
  }

  private async poll(): Promise<void> {
    if (this.waiting.length === 0) return this.planPoll();
    const { sourceId } = this.source.snapshot;
    if (!this.source.unitesOutages) {
      const streams = this.waiting;
      const swept = await withRetryBudget(this.source, 'sweep', (limits) =>
        work.sweep.executeWithOptions({ ...limits, summary: summaryOf(streams) }, [sourceId, streams]),
      );
      if (!swept.ok) return;
      this.source.write({ kind: 'recovered', subject: 'sweep' });
      this.source.write({ kind: 'nothingNew', streams: swept.value.idle });
      for (const outcome of swept.value.outcomes) this.applyOutcome(outcome);
      return this.planPoll();
    }
    const begunMs = Date.now();
    const swept = await withRetryBudget(this.source, 'sweep', (limits) => this.sweep(limits));
    if (!swept.ok) return;
    // After an outage, all sources that it held up would be polled once more, and together.
    const wasOut = sweepProblemOf(this.source.snapshot) !== undefined;
    this.applySweep(swept.value);
    if (sweepProblemOf(this.source.snapshot) === undefined) this.planPoll(wasOut ? Date.now() : begunMs);
  }

  /** A probe is started over when a stream joins that it does not ask: what is asked for is fixed when it begins. */
  private async sweep(limits: Limits): Promise<SweepOutcome> {
    const { sourceId } = this.source.snapshot;
    const outer = CancellationScope.current();
    for (const guard = new LoopGuard(); ; guard.pass()) {
      // Whatever was asked for: only the poll of all finds out when an outage is over.
      if (sweepProblemOf(this.source.snapshot) !== undefined) this.only = undefined;
      const streams = await this.sweepable();
      const isProbe = sweepProblemOf(this.source.snapshot) !== undefined;
      const scope = new CancellationScope();
      this.probe = isProbe ? scope : undefined;
      try {
        return await scope.run(() =>
          work.sweep.executeWithOptions({ ...limits, summary: summaryOf(streams) }, [
            sourceId,
            streams,
            isProbe,
            toldOf(this.source.snapshot.streams),
          ]),
        );
      } catch (error) {
        if (!isCancellation(error) || !scope.consideredCancelled || outer.consideredCancelled) throw error;
      } finally {
        this.probe = undefined;
      }
    }
  }

  /** A stream is to be polled with the others, and what they wait for may be over. */
  private rejoin(): void {
    if (this.probe === undefined) this.wake();
    else this.probe.cancel();
  }

  /** The streams that the poll of the moment is for. */
  private get waiting(): StreamName[] {
    const { only } = this;
    return this.source.snapshot.streams
      .filter(({ stream, phase }) => phase === 'waiting' && (only === undefined || only.includes(stream)))
      .map(({ stream }) => stream);
  }

  /** Without those that an outage has brought back and that are still ending what they did alone: they are next. */
  private async sweepable(): Promise<StreamName[]> {
    const isFree = (stream: StreamName) => !this.alone.has(stream);
    await condition(() => this.waiting.some(isFree));
    for (const stream of this.waiting) if (!isFree(stream)) this.leftOut.add(stream);
    return this.waiting.filter(isFree);
  }

  private applySweep(swept: SweepOutcome): void {
    const before = sweepProblemOf(this.source.snapshot);
    const isOver = hasWorked(swept);
    if (isOver) this.source.write({ kind: 'recovered', subject: 'sweep' });
    this.source.write({ kind: 'nothingNew', streams: swept.idle });
    for (const outcome of swept.outcomes) this.source.write({ kind: 'outcome', outcome, before });
    const isOut = this.outages.unite();
    if (!isOver && !isOut) this.source.write({ kind: 'recovered', subject: 'sweep', isSplit: true });
    for (const outcome of swept.outcomes) {
      if (goesOnAlone(outcome) && this.source.stream(outcome.stream).phase !== 'waiting') {
        this.collectAlone(outcome.stream);
      }
    }
  }

  /** A poll of some streams changes nothing about when all are polled. */
  private planPoll(begunMs = Date.now()): void {
    if (this.only !== undefined) return;
    const { pollIntervalMs: intervalMs } = this.source.snapshot;
    const polled = { begunMs, endedMs: Date.now(), intervalMs };
    this.source.write({ kind: 'pollPlanned', ...nextPoll(polled, workflowInfo().workflowId, ownInstallation()) });
  }

  private async untilPollIsDue(): Promise<void> {
    const { nextPollAt, problem, retryAgainEveryMs, streams } = this.source.snapshot;
    const woken = () => this.open !== undefined || this.defect !== undefined;
    let isEarly = false;
    if (problem?.gaveUp === true) {
      const restMs = restLeftMs(problem, retryAgainEveryMs, Date.now());
      await (restMs === undefined ? condition(woken) : condition(woken, restMs));
    } else if (problem === undefined || streams.every(({ phase }) => phase !== 'waiting')) {
      if (evenPollAtMs(this.source.snapshot) > Date.now()) {
        const leftMs = Math.max(1, Date.parse(nextPollAt ?? '') - Date.now());
        isEarly = await condition(woken, leftMs, { summary: `next poll at ${formatTimeAfter(leftMs, Date.now())}` });
      }
    }
    const wanted = this.requests.begin();
    this.only = isEarly && wanted !== 'all' ? wanted : undefined;
    if (this.defect !== undefined) throw this.defect;
  }

  private collectAlone(stream: StreamName): void {
    if (this.alone.has(stream)) return;
    const scope = new CancellationScope();
    const collecting = this.source.unitesOutages
      ? scope.run(() => this.untilCaughtUp(stream))
      : this.untilCaughtUp(stream);
    const ended = collecting
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.defect ??= error;
      })
      .finally(() => {
        this.alone.delete(stream);
        if (this.leftOut.delete(stream)) this.rejoin();
      });
    this.alone.set(stream, { scope, ended });
  }

  private async untilCaughtUp(stream: StreamName): Promise<void> {
    const { sourceId } = this.source.snapshot;
    for (const guard = new LoopGuard(); !this.history.isFull; guard.pass()) {
      if (!(await this.mayBeTried(stream))) return;
      this.source.write({ kind: 'collecting', stream });
      const collected = await withRetryBudget(this.source, stream, (limits) =>
        work.collect.executeWithOptions({ ...limits, summary: this.summaryOf(stream) }, [sourceId, stream]),
      );
      if (!collected.ok) continue;
      const { value: outcome } = collected;
      // An outage has brought it back into the sweep, and what it was doing ended well nevertheless.
      if (this.source.stream(stream).phase === 'waiting') {
        return this.source.write({ kind: 'outcome', outcome, united: true });
      }
      this.source.write({ kind: 'outcome', outcome });
      if (goesOnAlone(outcome)) continue;
      // It works, so the outage may be over; by itself, one that was given up is not looked at again.
      const hasWorked = outcome.failure === undefined;
      if (hasWorked && this.source.unitesOutages && sweepProblemOf(this.source.snapshot) !== undefined) this.rejoin();
      return;
    }
  }

  /** A stream that gave up rests until the next try that the configuration asks for; by default there is none. */
  private async mayBeTried(stream: StreamName): Promise<boolean> {
    const { problem } = this.source.stream(stream);
    if (problem?.gaveUp !== true) return true;
    const restMs = restLeftMs(problem, this.source.snapshot.retryAgainEveryMs, Date.now());
    if (restMs === undefined) return false;
    const summary = `${stream}: gave up, will be retried at ${formatTimeAfter(restMs, Date.now())}`;
    if (restMs > 0) await sleep(restMs, { summary });
    return true;
  }

  private applyOutcome(outcome: StreamOutcome): void {
    this.source.write({ kind: 'outcome', outcome });
    if (goesOnAlone(outcome)) this.collectAlone(outcome.stream);
  }

  private summaryOf(stream: StreamName): string {
    const { stored, position, problem } = this.source.stream(stream);
    const doing = problem === undefined ? 'collecting' : `failing since ${formatTime(problem.since)}`;
    return `${stream}: ${doing}${position === undefined ? '' : `, ${position}`}, ${stored} records so far`;
  }
}

function summaryOf(streams: readonly StreamName[]): string {
  return streams.length === 1 ? `poll ${streams[0]}` : `poll ${streams.length} caught-up streams`;
}

function goesOnAlone({ result, failure }: StreamOutcome): boolean {
  return result === 'more' || failure?.retry === true;
}

function toldOf(streams: readonly StreamStatus[]): ToldCounts {
  return Object.fromEntries(
    streams.map(({ stream, stored, quarantined, gaps }) => [stream, [stored, quarantined, gaps?.count ?? 0]]),
  );
}
