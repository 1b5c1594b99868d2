/**
 * The commands as updates: they do what the signals do, and answer when it has happened, or when it is clear that it will
 * not be soon. An update that still waits when its run ends would fail, so all of them are answered before.
 */

import { allHandlersFinished, CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { SIGNALS, type StopRequest } from '../domain/contract/contract.js';
import { isFinal, LEAVING_STATES, type LifecycleState } from '../domain/lifecycle/lifecycle.js';
import { type Health, isPausing, type Problem, problemOf } from '../domain/lifecycle/snapshot.js';
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
export const collectNowUpdate = defineUpdate<CommandAnswer>(SIGNALS.collectNow);

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
    setHandler(collectNowUpdate, () => this.collectNow(), {
      description: 'Like the signal; answers once the poll is done, or when it fails.',
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

  private collectNow(): Promise<CommandAnswer> {
    const { problem: before } = this.source.snapshot;
    const poll = this.polling.wake();
    const isServed = () => this.polling.hasServed(poll);
    return this.answer(
      () => isServed() && this.source.snapshot.problem === undefined,
      () => {
        if (this.isStopping) return IS_STOPPING;
        const { problem, stage } = this.source.snapshot;
        if (problem === undefined) return undefined;
        // A poll that gave up is made again; a start that did, or what pauses between two attempts, is not.
        const isHeldUp = problem !== before || isServed() || stage !== 'Collecting' || isPausing(problem, Date.now());
        return isHeldUp ? textOf(problem) : undefined;
      },
    );
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

function textOf(problem: Problem | undefined): string | undefined {
  return problem && `${problem.code}: ${problem.message}`;
}
