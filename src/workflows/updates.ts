/**
 * The commands as updates: they do what the signals do, and answer when it has happened, or when it is clear that it will
 * not be soon. An update that still waits when its run ends would fail, so all of them are answered before.
 */

import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { SIGNALS, type StopRequest } from '../domain/contract/contract.js';
import { isFinal, LEAVING_STATES, type LifecycleState } from '../domain/lifecycle/lifecycle.js';
import { pollObstacles } from '../domain/lifecycle/poll-obstacles.js';
import { type Health, isPausing, type Problem, problemOf } from '../domain/lifecycle/snapshot.js';
import { type CollectRequest, collectRequestOf } from '../domain/streams/collect-request.js';
import type { StreamName } from '../domain/streams/streams.js';
import { wantedBy } from './collect-wish.js';
import type { Commands } from './commands.js';
import { LoopGuard } from './loop-guard.js';
import type { PollingLoop } from './polling-loop.js';
import type { SourceState } from './source-state.js';

/** What the updates `restart`, `stop` and `collectNow` answer: the same commands as the signals, for who wants to know. */
export interface CommandAnswer {
  /** `done`: it has happened. `pending`: it was noted and goes on, but something holds it up. */
  readonly outcome: 'done' | 'pending';
  /** The source's state and health when this was answered. */
  readonly state: LifecycleState;
  readonly health: Health;
  /** What holds it up. */
  readonly reason?: string;
}

export const restartUpdate = defineUpdate<CommandAnswer>(SIGNALS.restart);
export const stopUpdate = defineUpdate<CommandAnswer, [StopRequest?]>(SIGNALS.stop);
export const collectNowUpdate = defineUpdate<CommandAnswer, [CollectRequest?]>(SIGNALS.collectNow);

const IS_STOPPING = 'the source is stopping';
const IS_HANDED_OVER = 'the workflow is being continued as new; the command runs right afterwards';

export class Updates {
  private isRunEnding = false;

  constructor(
    private readonly source: SourceState,
    private readonly commands: Commands,
    private readonly polling: PollingLoop,
  ) {}

  register(): void {
    setHandler(restartUpdate, () => this.restart(), {
      description: 'Like the signal; answers once the source is collecting again, or when a startup step fails.',
    });
    setHandler(stopUpdate, (request) => this.stop(request), {
      description: 'Like the signal; answers once the source has ended, or when its end cannot be stored.',
    });
    setHandler(collectNowUpdate, (payload?: CollectRequest) => this.collectNow(payload), {
      validator: (payload?: CollectRequest) => this.refuseUnlessPolled(payload),
      description:
        'Like the signal; answers once the poll is done, or when it fails. Refused if one of the streams cannot be polled now.',
    });
  }

  /** Lets those that still wait answer. Until `goOn` is called, further ones answer at once. */
  async answerAll(): Promise<void> {
    this.isRunEnding = true;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }

  goOn(): void {
    this.isRunEnding = false;
  }

  private restart(): Promise<CommandAnswer> {
    const { restarts } = this.source.snapshot;
    this.commands.restart();
    const isBegun = () => this.source.snapshot.restarts > restarts;
    return this.answer(
      () => isBegun() && this.source.snapshot.stage === 'Collecting',
      () => (this.isStopping ? IS_STOPPING : isBegun() ? textOf(this.source.snapshot.problem) : undefined),
    );
  }

  private stop(request: StopRequest | undefined): Promise<CommandAnswer> {
    this.commands.stop(request);
    return this.answer(
      () => isFinal(this.source.snapshot.state),
      () => textOf(problemOf(this.source.snapshot, 'finalize')),
    );
  }

  /** @throws ApplicationFailure naming every mistake, or why which of the streams cannot be polled. */
  private refuseUnlessPolled(payload: unknown): void {
    const wanted = collectRequestOf(payload);
    if ('mistakes' in wanted) throw refusal('The payload is invalid', wanted.mistakes);
    if (wanted.streams === undefined) return;
    const obstacles = pollObstacles(this.source.snapshot, wanted.streams, Date.now());
    if (obstacles.length > 0) throw refusal('Nothing is polled', obstacles);
  }

  private collectNow(payload: unknown): Promise<CommandAnswer> {
    const { problem: before } = this.source.snapshot;
    const wanted = wantedBy(payload);
    // One with mistakes has not come this far.
    const streams = 'streams' in wanted ? wanted.streams : undefined;
    const poll = this.polling.wake(streams);
    const isServed = () => this.polling.hasServed(poll);
    // What became of them, once they have been polled: one may have begun to fail.
    const obstacle = () => (streams === undefined || !isServed() ? undefined : this.failingOf(streams));
    return this.answer(
      () => isServed() && this.source.snapshot.problem === undefined && obstacle() === undefined,
      () => {
        if (this.isStopping) return IS_STOPPING;
        const { problem, stage } = this.source.snapshot;
        if (problem === undefined) return obstacle();
        // A poll that gave up is made again; a start that did, or what pauses between two attempts, is not.
        const isHeldUp = problem !== before || isServed() || stage !== 'Collecting' || isPausing(problem, Date.now());
        return isHeldUp ? textOf(problem) : undefined;
      },
    );
  }

  /** The problems of these streams, in one text. */
  private failingOf(streams: readonly StreamName[]): string | undefined {
    const texts = streams.flatMap((stream) => {
      const problem = problemOf(this.source.snapshot, stream);
      return problem === undefined ? [] : [`${stream}: ${textOf(problem)}`];
    });
    return texts.length === 0 ? undefined : texts.join('; ');
  }

  private get isStopping(): boolean {
    return this.commands.isStopAsked || LEAVING_STATES.some((state) => state === this.source.snapshot.state);
  }

  /** The caller gets its answer even if the source is cancelled meanwhile. */
  private answer(hasHappened: () => boolean, heldUpBy: () => string | undefined): Promise<CommandAnswer> {
    const reason = () => heldUpBy() ?? (this.isRunEnding ? IS_HANDED_OVER : undefined);
    return CancellationScope.nonCancellable(async () => {
      for (const guard = new LoopGuard(); ; guard.pass()) {
        await condition(() => hasHappened() || reason() !== undefined);
        const { state, health } = this.source.snapshot;
        if (hasHappened()) return { outcome: 'done', state, health };
        const why = reason();
        // What held it up may be gone by the time that this goes on.
        if (why !== undefined) return { outcome: 'pending', state, health, reason: why };
      }
    });
  }
}

function refusal(head: string, reasons: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${head}: ${reasons.join('; ')}`, 'Refused');
}

function textOf(problem: Problem | undefined): string | undefined {
  return problem && `${problem.code}: ${problem.message}`;
}
