/**
 * Sweep and collect. Streams that are caught up are polled together, by one activity and one timer; a stream with more
 * to come, or in trouble, leaves the sweep and is collected by an activity of its own until it is well again.
 */

import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { formatDuration } from '../source/duration.js';
import type { StreamOutcome } from '../source/outcome.js';
import { restLeftMs } from '../source/rest.js';
import type { StreamName } from '../source/streams.js';
import { patiently } from './attempts.js';
import type { Book } from './book.js';
import type { HistoryBudget } from './history.js';
import { LoopGuard } from './loop-guard.js';
import { work } from './steps.js';

export class Collection {
  /** Polls that were asked for: all, those that the poll of the moment is for, and those that have been made. */
  private asked = 0;
  private serving = 0;
  private served = 0;
  private readonly alone = new Map<StreamName, Promise<void>>();
  private defect: unknown;

  constructor(
    private readonly book: Book,
    private readonly history: HistoryBudget,
  ) {}

  /** Polls the caught-up streams at once instead of at the next interval. @returns the poll's number. */
  wake(): number {
    this.asked += 1;
    return this.asked;
  }

  /** Whether the poll of that number has been made, or a later one. */
  hasServed(poll: number): boolean {
    return this.served >= poll;
  }

  /** Whether a poll was asked for and has not been made. */
  get isWoken(): boolean {
    return this.asked > this.served;
  }

  /** Collects until the scope is cancelled (then it throws), or until it is time to continue as new. */
  async run(): Promise<void> {
    const scope = new CancellationScope();
    try {
      await scope.run(() => this.pollUntilLong());
    } finally {
      // Work that stands alone ends with the polling; each slice stores what it holds before it does.
      scope.cancel();
      await Promise.all(this.alone.values());
    }
  }

  private async pollUntilLong(): Promise<void> {
    for (const { stream, phase } of this.book.snapshot.streams) {
      if (phase !== 'waiting') this.collectAlone(stream);
    }
    if (this.book.keepsPlan) await this.untilPollIsDue();
    // Also between two polls of which the second was asked for during the first.
    for (const guard = new LoopGuard(); !(this.history.isLong && this.book.isAtRest); guard.pass()) {
      await this.poll();
      this.served = this.serving;
      await this.untilPollIsDue();
    }
  }

  private async poll(): Promise<void> {
    const streams = this.book.snapshot.streams.filter(({ phase }) => phase === 'waiting').map(({ stream }) => stream);
    if (streams.length === 0) return this.planPoll();
    const { sourceId } = this.book.snapshot;
    const summary = streams.length === 1 ? `look at ${streams[0]}` : `look at ${streams.length} caught-up streams`;
    const swept = await patiently(this.book, 'sweep', (limits) =>
      work.sweep.executeWithOptions({ ...limits, summary }, [sourceId, streams]),
    );
    if (!swept.ok) return;
    this.book.write({ kind: 'recovered', subject: 'sweep' });
    this.book.write({ kind: 'idle', streams: swept.value.idle });
    for (const outcome of swept.value.outcomes) this.note(outcome);
    this.planPoll();
  }

  private planPoll(): void {
    const at = new Date(Date.now() + this.book.snapshot.pollIntervalMs).toISOString();
    this.book.write({ kind: 'pollPlanned', at });
  }

  private async untilPollIsDue(): Promise<void> {
    const { nextPollAt, problem, retryAgainEveryMs, streams } = this.book.snapshot;
    const woken = () => this.isWoken || this.defect !== undefined;
    if (problem?.gaveUp === true) {
      const restMs = restLeftMs(problem, retryAgainEveryMs, Date.now());
      await (restMs === undefined ? condition(woken) : condition(woken, restMs));
    } else if (problem === undefined || streams.every(({ phase }) => phase !== 'waiting')) {
      const leftMs = Date.parse(nextPollAt ?? '') - Date.now();
      if (leftMs > 0) await condition(woken, leftMs, { summary: `next poll in ${formatDuration(leftMs)}` });
    }
    this.serving = this.asked;
    if (this.defect !== undefined) throw this.defect;
  }

  private collectAlone(stream: StreamName): void {
    if (this.alone.has(stream)) return;
    const collecting = this.untilCaughtUp(stream)
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.defect ??= error;
      })
      .finally(() => this.alone.delete(stream));
    this.alone.set(stream, collecting);
  }

  private async untilCaughtUp(stream: StreamName): Promise<void> {
    const { sourceId } = this.book.snapshot;
    for (const guard = new LoopGuard(); !this.history.isFull; guard.pass()) {
      if (!(await this.mayBeTried(stream))) return;
      this.book.write({ kind: 'collecting', stream });
      const collected = await patiently(this.book, stream, (limits) =>
        work.collect.executeWithOptions({ ...limits, summary: this.summaryOf(stream) }, [sourceId, stream]),
      );
      if (!collected.ok) continue;
      this.book.write({ kind: 'outcome', outcome: collected.value });
      if (!goesOnAlone(collected.value)) return;
    }
  }

  /** A stream that gave up rests until the next try that the configuration asks for; by default there is none. */
  private async mayBeTried(stream: StreamName): Promise<boolean> {
    const { problem } = this.book.stream(stream);
    if (problem?.gaveUp !== true) return true;
    const restMs = restLeftMs(problem, this.book.snapshot.retryAgainEveryMs, Date.now());
    if (restMs === undefined) return false;
    const summary = `${stream}: gave up, tried once more in ${formatDuration(restMs)}`;
    if (restMs > 0) await sleep(restMs, { summary });
    return true;
  }

  private note(outcome: StreamOutcome): void {
    this.book.write({ kind: 'outcome', outcome });
    if (goesOnAlone(outcome)) this.collectAlone(outcome.stream);
  }

  private summaryOf(stream: StreamName): string {
    const { stored, position, problem } = this.book.stream(stream);
    const doing = problem === undefined ? 'collecting' : `trying again since ${problem.since.slice(11, 19)}`;
    return `${stream}: ${doing}${position === undefined ? '' : `, ${position}`}, ${stored} records so far`;
  }
}

function goesOnAlone({ result, failure }: StreamOutcome): boolean {
  return result === 'more' || failure?.retry === true;
}
