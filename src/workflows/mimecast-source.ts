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
import { FIRST_PAUSE_MS, PATIENCE_MS } from '../domain/failures/patience.js';
import { openChanges, type ProblemChange } from '../domain/health/health-ledger.js';
import { isFinal } from '../domain/lifecycle/lifecycle.js';
import type { SourceEvent } from '../domain/lifecycle/reduce.js';
import type { SourceSnapshot } from '../domain/lifecycle/snapshot.js';
import { present } from '../domain/present.js';
import { type AttemptFailed, isAttemptFailed } from '../domain/streams/outcome.js';
import { type PositionReset, positionResetOf } from '../domain/streams/position-reset.js';
import { Book } from './book.js';
import { Collection } from './collection.js';
import { Commands } from './commands.js';
import { untilHandOver } from './hand-over.js';
import { HealthRecorder } from './health-recorder.js';
import { HistoryBudget } from './history.js';
import { adopt, belongTo, ownInstallation, withOwnMemo } from './installation.js';
import { LoopGuard } from './loop-guard.js';
import { resetPosition } from './reset-position.js';
import type { SourceInput } from './source-input.js';
import { startUp } from './start-up.js';
import { steps } from './steps.js';
import { Updates } from './updates.js';
import { listenForVersions, toCurrentVersion } from './worker-version.js';

export const restartSignal = defineSignal(SIGNALS.restart);
export const stopSignal = defineSignal<[StopRequest?]>(SIGNALS.stop);
export const collectNowSignal = defineSignal(SIGNALS.collectNow);
export const resetPositionSignal = defineSignal<[PositionReset]>(SIGNALS.resetPosition);
/** From our own worker: an attempt of an activity failed. */
export const attemptFailedSignal = defineSignal<[AttemptFailed]>('attemptFailed');
/** From a worker whose installation the source belongs to; see `installation.ts`. */
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
  const book = new Book(input);
  const commands = new Commands();
  const history = new HistoryBudget(input, !book.keepsPlan);
  const collection = new Collection(book, history);
  registerHandlers(book, commands, collection);
  const updates = new Updates(book, commands, collection);
  updates.register();
  const recorder = new HealthRecorder(book);
  const isTimeToHandOver = () => history.isLong && book.isAtRest;
  for (const guard = new LoopGuard(); ; guard.pass()) {
    await commands.interrupt(() =>
      untilHandOver(isTimeToHandOver, async () => {
        if (book.snapshot.stage !== 'Collecting') await startUp(book);
        await collection.run();
      }),
    );
    const command = commands.take();
    if (command?.kind === 'stop')
      return CancellationScope.nonCancellable(() => stop({ book, commands, recorder, updates }, command));
    if (command?.kind === 'restart') book.write({ kind: 'restarted' });
    if (command?.kind === 'reset') await resetPosition(book, command.reset, () => commands.isStopAsked);
    if (history.isLong) await continueWith(input, { book, commands, recorder, updates, collection });
  }
}

/** Signal handlers only note the command; queries only read. Registered before the first await, so no signal is missed. */
function registerHandlers(book: Book, commands: Commands, collection: Collection): void {
  setHandler(restartSignal, () => commands.restart(), {
    description: 'Begin anew: validate the configuration, get a new token, go on from the checkpoints.',
  });
  setHandler(stopSignal, (request) => commands.stop(request), {
    description: 'End the source. With {"remove": true} also delete its configuration and checkpoints.',
  });
  setHandler(collectNowSignal, () => void collection.wake(), { description: 'Poll all caught-up streams at once.' });
  setHandler(
    resetPositionSignal,
    (payload) => {
      const reset = positionResetOf(payload);
      if (reset !== undefined) commands.reset(reset);
      else log.warn('A signal resetPosition was ignored: its payload names no stream, or no time');
    },
    {
      description:
        'Collect one stream again by date: {"stream": "receipt", "from": "2026-11-20T00:00:00Z"}; from is optional.',
    },
  );
  setHandler(
    attemptFailedSignal,
    (report) => {
      // A report may come late: of a step that a restart has left behind, or that has succeeded meanwhile.
      if (isAttemptFailed(report) && book.attempting.has(report.subject)) book.write(attemptEvent(report));
      else log.warn('A signal attemptFailed was ignored: no proper payload, or of nothing that is being attempted');
    },
    { description: "Sent by the worker at a failing attempt; not for people's use." },
  );
  setHandler(adoptSignal, adopt, {
    description: "Sent by a worker to a source that was started without an installation; not for people's use.",
  });
  listenForVersions();
  setHandler(statusQuery, () => (commands.isStopAsked ? asStopping(book.snapshot) : book.snapshot), {
    description: 'The whole state of the source: lifecycle, health, problems, and each stream.',
  });
  setHandler(healthQuery, () => openChanges(book.ledger, book.snapshot.since), {
    description: 'The open health events, also those that could not be written to MongoDB yet.',
  });
}

/** By our own clock, which the worker's may be ahead of by hours. */
function attemptEvent({ subject, failure, attempt, retryAt, pauseMs }: AttemptFailed): SourceEvent {
  const leftMs = pauseMs ?? (retryAt === undefined ? undefined : Date.parse(retryAt) - Date.now());
  // Whoever sends the signal: nothing is put off for longer than its retries last.
  const next = leftMs === undefined ? undefined : new Date(Date.now() + Math.min(leftMs, PATIENCE_MS)).toISOString();
  return { kind: 'failed', subject, failure, attempt, ...present({ retryAt: next }) };
}

/** A stop that is asked for shows at once, also while running work is still being interrupted. */
function asStopping(snapshot: SourceSnapshot): SourceSnapshot {
  return isFinal(snapshot.state) ? snapshot : { ...snapshot, state: 'Stopping' };
}

interface Running {
  readonly book: Book;
  readonly commands: Commands;
  readonly recorder: HealthRecorder;
  readonly updates: Updates;
}

/** Hands over to a run with a fresh history, unless a command came while the recorder was being closed. */
async function continueWith(
  input: SourceInput,
  { book, commands, recorder, updates, collection }: Running & { readonly collection: Collection },
): Promise<void> {
  await recorder.pause();
  await updates.settle();
  if (commands.isPending) {
    updates.goOn();
    return recorder.resume();
  }
  const installation = ownInstallation();
  const own = installation === undefined ? {} : { installation };
  const next = makeContinueAsNewFunc<typeof mimecastSource>({ ...withOwnMemo(), ...toCurrentVersion() });
  await next({ ...input, ...own, carried: book.handOver(collection.isWoken) });
}

async function stop(
  { book, commands, recorder, updates }: Running,
  asked: { readonly remove: boolean },
): Promise<SourceEnd> {
  book.write({ kind: 'stopping' });
  await noteEnd(book, asked.remove);
  const later = asked.remove ? undefined : commands.take();
  const remove = asked.remove || (later?.kind === 'stop' && later.remove);
  if (remove && !asked.remove) await noteEnd(book, true);
  const state = remove ? 'Deleted' : 'Stopped';
  book.write({ kind: 'ended', state });
  await recorder.finish(LAST_EVENTS_LIMIT_MS);
  await updates.settle();
  return { state, stored: book.snapshot.totals.stored };
}

/** However long it takes: an end that MongoDB does not know of would be undone by the reconciler. */
async function noteEnd(book: Book, remove: boolean): Promise<void> {
  const summary = remove ? 'delete configuration and checkpoints' : 'note the source as stopped';
  book.attempting.add('finalize');
  for (;;) {
    try {
      await steps.finalize.executeWithOptions({ summary }, [book.snapshot.sourceId, { remove }]);
      return book.write({ kind: 'recovered', subject: 'finalize' });
    } catch (error) {
      log.warn('The end of the source could not be noted in MongoDB; it is tried again', { error });
      await sleep(FIRST_PAUSE_MS, { summary: 'finalize: trying again' });
    }
  }
}
