/**
 * The life of one source as a workflow. Signal handlers only note the command and cancel the running scope; what comes
 * next is decided in one place, at the bottom of the loop.
 */

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { SIGNALS, STATUS_QUERY, type StopRequest } from '../source/contract.js';
import type { HealthLedger } from '../source/health-ledger.js';
import { type AttemptFailed, isAttemptFailed } from '../source/outcome.js';
import { newSnapshot, type SourceSnapshot } from '../source/snapshot.js';
import { Book } from './book.js';
import { Collection } from './collection.js';
import { HealthRecorder } from './health-recorder.js';
import { startUp } from './start-up.js';
import { steps } from './steps.js';

export const restartSignal = defineSignal(SIGNALS.restart);
export const stopSignal = defineSignal<[StopRequest?]>(SIGNALS.stop);
export const collectNowSignal = defineSignal(SIGNALS.collectNow);
/** From our own worker: an attempt of an activity failed. */
export const attemptFailedSignal = defineSignal<[AttemptFailed]>('attemptFailed');
export const statusQuery = defineQuery<SourceSnapshot>(STATUS_QUERY);

/** Argument of the workflow. Only `sourceId` is needed; the rest of a source is in MongoDB. */
export interface SourceInput {
  readonly sourceId: number;
  /** Shown until the configuration was read. */
  readonly name?: string;
  readonly collector?: string;
  /** What the previous run hands over. */
  readonly carried?: { readonly snapshot: SourceSnapshot; readonly ledger: HealthLedger };
  /** Continues as new at this many events of history already; for tests. Default: when the server suggests it. */
  readonly maxHistoryEvents?: number;
}

export interface SourceEnd {
  readonly state: 'Stopped' | 'Deleted';
  readonly stored: number;
}

type Command = { readonly kind: 'stop'; readonly remove: boolean } | { readonly kind: 'restart' };

/** How long an ending source waits for its last health events to be written. */
const LAST_EVENTS_LIMIT_MS = 30_000;

export async function mimecastSource(input: SourceInput): Promise<SourceEnd> {
  const book = new Book(input.carried?.snapshot ?? newSnapshot(input, new Date().toISOString()), input.carried?.ledger);
  const scope = new CancellationScope();
  const collection = new Collection(book, () => isDue(input));
  let command: Command | undefined;

  setHandler(
    restartSignal,
    () => {
      command ??= { kind: 'restart' };
      scope.cancel();
    },
    { description: 'Begin anew: validate the configuration, get a new token, go on from the checkpoints.' },
  );
  setHandler(
    stopSignal,
    (request) => {
      command = { kind: 'stop', remove: request?.remove === true || (command?.kind === 'stop' && command.remove) };
      scope.cancel();
    },
    { description: 'End the source. With {"remove": true} also delete its configuration and checkpoints.' },
  );
  setHandler(collectNowSignal, () => collection.wake(), { description: 'Poll all caught-up streams at once.' });
  setHandler(
    attemptFailedSignal,
    (report) => {
      if (isAttemptFailed(report)) book.write({ kind: 'failed', ...report });
      else log.warn('A signal attemptFailed without a proper payload was ignored');
    },
    { description: "Sent by the worker at a failing attempt; not for people's use." },
  );
  setHandler(statusQuery, () => book.snapshot, {
    description: 'The whole state of the source: lifecycle, health, problems, and each stream.',
  });

  const health = CancellationScope.nonCancellable(async () => new HealthRecorder(book));
  try {
    await scope.run(async () => {
      if (book.snapshot.stage !== 'Collecting') await startUp(book);
      await collection.run();
    });
  } catch (error) {
    if (!isCancellation(error)) throw error;
    // A cancellation that no signal asked for came from the Web UI or the CLI: it is a stop.
    command ??= { kind: 'stop', remove: false };
  }
  return CancellationScope.nonCancellable(async () => {
    const recorder = await health;
    if (command?.kind !== 'stop') {
      await recorder.close(0);
      await condition(allHandlersFinished);
    }
    if (command?.kind === 'stop') {
      const end = await stop(book, command);
      await recorder.close(LAST_EVENTS_LIMIT_MS);
      return end;
    }
    if (command?.kind === 'restart') book.write({ kind: 'restarted' });
    return continueAsNew<typeof mimecastSource>({
      ...input,
      carried: { snapshot: book.snapshot, ledger: book.ledger },
    });
  });
}

async function stop(book: Book, { remove }: { readonly remove: boolean }): Promise<SourceEnd> {
  const { sourceId } = book.snapshot;
  book.write({ kind: 'stopping' });
  try {
    const summary = remove ? 'delete configuration and checkpoints' : 'note the source as stopped';
    await steps.finalize.executeWithOptions({ summary }, [sourceId, { remove }]);
  } catch (error) {
    log.error('The end of the source could not be noted in MongoDB', { error });
  }
  const state = remove ? 'Deleted' : 'Stopped';
  book.write({ kind: 'ended', state });
  return { state, stored: book.snapshot.totals.stored };
}

function isDue({ maxHistoryEvents }: SourceInput): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || (maxHistoryEvents !== undefined && historyLength >= maxHistoryEvents);
}
