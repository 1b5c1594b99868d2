/**
 * The life of one source as a workflow: a loop that lives until a command interrupts it or its history is long enough,
 * and decides in one place what comes next.
 */

import {
  CancellationScope,
  defineQuery,
  defineSignal,
  log,
  makeContinueAsNewFunc,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { HEALTH_QUERY, SIGNALS, STATUS_QUERY, type StopRequest } from '../domain/contract/contract.js';
import { ADOPT_SIGNAL } from '../domain/contract/installation.js';
import { FIRST_PAUSE_MS, RETRY_BUDGET_MS } from '../domain/failures/retry-budget.js';
import { openChanges, type ProblemChange } from '../domain/health/health-ledger.js';
import { isFinal } from '../domain/lifecycle/lifecycle.js';
import { pollObstacles } from '../domain/lifecycle/poll-obstacles.js';
import type { SourceEvent } from '../domain/lifecycle/reduce.js';
import type { SourceSnapshot } from '../domain/lifecycle/snapshot.js';
import { present } from '../domain/present.js';
import type { CollectRequest } from '../domain/streams/collect-request.js';
import { type AttemptFailed, isAttemptFailed } from '../domain/streams/outcome.js';
import { type PositionReset, positionResetOf } from '../domain/streams/position-reset.js';
import { resetPosition } from './carry-out-reset.js';
import { wantedBy } from './collect-wish.js';
import { Commands } from './commands.js';
import { untilHandOver } from './hand-over.js';
import { HealthRecorder } from './health-recorder.js';
import { HistoryBudget } from './history.js';
import { LoopGuard } from './loop-guard.js';
import { adopt, belongTo, ownInstallation, withOwnMemo } from './own-installation.js';
import { PollingLoop } from './polling-loop.js';
import type { SourceInput } from './source-input.js';
import { SourceState } from './source-state.js';
import { startUp } from './start-up.js';
import { steps } from './steps.js';
import { Updates } from './updates.js';
import { listenForVersions, toCurrentVersion } from './version-move.js';

export const restartSignal = defineSignal(SIGNALS.restart);
export const stopSignal = defineSignal<[StopRequest?]>(SIGNALS.stop);
export const collectNowSignal = defineSignal<[CollectRequest?]>(SIGNALS.collectNow);
export const resetPositionSignal = defineSignal<[PositionReset]>(SIGNALS.resetPosition);
/** From our own worker: an attempt of an activity failed. */
export const attemptFailedSignal = defineSignal<[AttemptFailed]>('attemptFailed');
/** From a worker whose installation the source belongs to; see `own-installation.ts`. */
export const adoptSignal = defineSignal<[string]>(ADOPT_SIGNAL);
export const statusQuery = defineQuery<SourceSnapshot>(STATUS_QUERY);
export const healthQuery = defineQuery<ProblemChange[]>(HEALTH_QUERY);

export interface SourceEnd {
  readonly state: 'Stopped' | 'Deleted';
  readonly stored: number;
}

/** How long an ending source waits for its last health events to be written. */
const LAST_EVENTS_LIMIT_MS = 30_000;

export async function mimecastSource(input: SourceInput): Promise<SourceEnd> {
  belongTo(input.installation);
  const source = new SourceState(input);
  const commands = new Commands();
  const history = new HistoryBudget(input, !source.keepsPlan);
  const polling = new PollingLoop(source, history, input.carried?.collect);
  registerHandlers(source, commands, polling);
  const updates = new Updates(source, commands, polling);
  updates.register();
  const recorder = new HealthRecorder(source);
  const isTimeToHandOver = () => history.isLong && source.isAtRest;
  for (const guard = new LoopGuard(); ; guard.pass()) {
    await commands.interrupt(() =>
      untilHandOver(isTimeToHandOver, async () => {
        if (source.snapshot.stage !== 'Collecting') await startUp(source);
        await polling.run();
      }),
    );
    const command = commands.take();
    if (command?.kind === 'stop')
      return CancellationScope.nonCancellable(() => stop({ source: source, commands, recorder, updates }, command));
    if (command?.kind === 'restart') source.write({ kind: 'restarted' });
    if (command?.kind === 'reset') await resetPosition(source, command.reset, () => commands.isStopAsked);
    if (history.isLong) await continueWith(input, { source: source, commands, recorder, updates, polling: polling });
  }
}

/** Signal handlers only note the command; queries only read. Registered before the first await, so no signal is missed. */
function registerHandlers(source: SourceState, commands: Commands, polling: PollingLoop): void {
  setHandler(restartSignal, () => commands.restart(), {
    description: 'Start again: validate the configuration, get a new token, resume from the checkpoints.',
  });
  setHandler(stopSignal, (request) => commands.stop(request), {
    description: 'End the source. With {"remove": true} also delete its configuration and checkpoints.',
  });
  setHandler(collectNowSignal, (payload) => collectNow(source, polling, payload), {
    description: 'Poll all caught-up streams at once, or with {"streams": ["receipt"]} only these.',
  });
  setHandler(
    resetPositionSignal,
    (payload) => {
      const reset = positionResetOf(payload);
      if (reset !== undefined) commands.reset(reset);
      else log.warn('A signal resetPosition was ignored: its payload has no valid stream or time');
    },
    {
      description:
        'Collect one stream again from a date: {"stream": "receipt", "from": "2026-11-20T00:00:00Z"}; from is optional.',
    },
  );
  setHandler(
    attemptFailedSignal,
    (report) => {
      // A report may come late: of a step that a restart has left behind, or that has succeeded meanwhile.
      if (isAttemptFailed(report) && source.attempting.has(report.subject)) source.write(attemptEvent(report));
      else log.warn('A signal attemptFailed was ignored: invalid payload, or no such step in progress');
    },
    { description: 'Sent by the worker when an attempt fails; for internal use.' },
  );
  setHandler(adoptSignal, adopt, {
    description: 'Sent by a worker to a source that was started without an installation; for internal use.',
  });
  listenForVersions();
  setHandler(statusQuery, () => (commands.isStopAsked ? asStopping(source.snapshot) : source.snapshot), {
    description: 'The whole state of the source: lifecycle, health, problems, and each stream.',
  });
  setHandler(healthQuery, () => openChanges(source.ledger, source.snapshot.since), {
    description: 'The open health events, including those not yet written to MongoDB.',
  });
}

/** Those of the streams that cannot be polled now are left alone, and the others are polled. */
function collectNow({ snapshot }: SourceState, polling: PollingLoop, payload: unknown): void {
  const wanted = wantedBy(payload);
  if ('mistakes' in wanted) {
    log.warn('A signal collectNow was ignored: its payload is invalid', { mistakes: wanted.mistakes });
    return;
  }
  const { streams } = wanted;
  const obstacles = streams === undefined ? [] : pollObstacles(snapshot, streams, Date.now());
  if (obstacles.length > 0) log.warn('A signal collectNow asks for streams that cannot be polled now', { obstacles });
  polling.wake(streams);
}

/** By our own clock, which the worker's may be ahead of by hours. */
function attemptEvent({ subject, failure, attempt, retryAt, pauseMs }: AttemptFailed): SourceEvent {
  const leftMs = pauseMs ?? (retryAt === undefined ? undefined : Date.parse(retryAt) - Date.now());
  // Regardless of the sender of the signal: nothing is put off for longer than its retries last.
  const next =
    leftMs === undefined ? undefined : new Date(Date.now() + Math.min(leftMs, RETRY_BUDGET_MS)).toISOString();
  return { kind: 'failed', subject, failure, attempt, ...present({ retryAt: next }) };
}

/** A stop that is asked for shows at once, also while running work is still being interrupted. */
function asStopping(snapshot: SourceSnapshot): SourceSnapshot {
  return isFinal(snapshot.state) ? snapshot : { ...snapshot, state: 'Stopping' };
}

interface Running {
  readonly source: SourceState;
  readonly commands: Commands;
  readonly recorder: HealthRecorder;
  readonly updates: Updates;
}

/** Hands over to a run with a fresh history, unless a command came while the recorder was being closed. */
async function continueWith(
  input: SourceInput,
  { source, commands, recorder, updates, polling }: Running & { readonly polling: PollingLoop },
): Promise<void> {
  await recorder.pause();
  await updates.answerAll();
  if (commands.isPending) {
    updates.goOn();
    return recorder.resume();
  }
  const installation = ownInstallation();
  const own = installation === undefined ? {} : { installation };
  const next = makeContinueAsNewFunc<typeof mimecastSource>({ ...withOwnMemo(), ...toCurrentVersion() });
  await next({ ...input, ...own, carried: source.handOver(polling.open) });
}

async function stop(
  { source, commands, recorder, updates }: Running,
  asked: { readonly remove: boolean },
): Promise<SourceEnd> {
  source.write({ kind: 'stopping' });
  await recordEnd(source, asked.remove);
  const later = asked.remove ? undefined : commands.take();
  const remove = asked.remove || (later?.kind === 'stop' && later.remove);
  if (remove && !asked.remove) await recordEnd(source, true);
  const state = remove ? 'Deleted' : 'Stopped';
  source.write({ kind: 'ended', state });
  await recorder.finish(LAST_EVENTS_LIMIT_MS);
  await updates.answerAll();
  return { state, stored: source.snapshot.totals.stored };
}

/** However long it takes: an end that MongoDB does not know of would be undone by the reconciler. */
async function recordEnd(source: SourceState, remove: boolean): Promise<void> {
  const summary = remove ? 'delete configuration and checkpoints' : 'record the source as stopped';
  source.attempting.add('finalize');
  for (;;) {
    try {
      await steps.finalize.executeWithOptions({ summary }, [source.snapshot.sourceId, { remove }]);
      return source.write({ kind: 'recovered', subject: 'finalize' });
    } catch (error) {
      log.warn('The end of the source could not be stored in MongoDB; it will be retried', { error });
      await sleep(FIRST_PAUSE_MS, { summary: 'finalize: retrying' });
    }
  }
}
