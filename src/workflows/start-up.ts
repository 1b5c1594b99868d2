/** From `Pending` to `Collecting`: the steps that must succeed before anything can be collected. */

import { condition, sleep } from '@temporalio/workflow';
import { formatTimeAfter } from '../domain/duration.js';
import { restLeftMs } from '../domain/lifecycle/rest.js';
import type { SourceStep } from '../domain/streams/outcome.js';
import { type Attempted, type Limits, patiently } from './attempts.js';
import type { Book } from './book.js';
import { LoopGuard } from './loop-guard.js';
import { steps } from './steps.js';

/**
 * Ends when the source is `Collecting`. A step that gave up rests until a signal, which cancels the scope, or until the
 * next try that the configuration asks for.
 */
export async function startUp(book: Book): Promise<void> {
  const guard = new LoopGuard();
  do {
    guard.pass();
    await rest(book);
  } while (!(await allSteps(book)));
}

/** @returns false when a step gave up. */
async function allSteps(book: Book): Promise<boolean> {
  const { sourceId } = book.snapshot;
  // Begun again, after a step was given up or in a run that continues another one: none of the steps is done yet.
  if (book.snapshot.stage !== 'Pending') book.write({ kind: 'advanced', stage: 'Pending' });

  const settings = await step(book, 'validate', (limits) =>
    steps.validate.executeWithOptions({ ...limits, summary: 'check the stored configuration' }, [sourceId]),
  );
  if (!settings.ok) return false;
  book.write({ kind: 'configured', settings: settings.value });
  book.write({ kind: 'advanced', stage: 'Started' });

  const initialized = await step(book, 'initialize', (limits) =>
    steps.initialize.executeWithOptions({ ...limits, summary: 'prepare indexes and checkpoints' }, [sourceId]),
  );
  if (!initialized.ok) return false;
  book.write({ kind: 'resumed', streams: initialized.value });
  book.write({ kind: 'advanced', stage: 'Initialized' });

  const permissions = await step(book, 'authenticate', (limits) =>
    steps.authenticate.executeWithOptions({ ...limits, summary: 'get a token, probe permissions' }, [sourceId]),
  );
  if (!permissions.ok) return false;
  book.write({ kind: 'advanced', stage: 'Authenticated' });
  for (const { stream, failure } of permissions.value.denied)
    book.write({ kind: 'failed', subject: stream, failure, attempt: 1 });
  book.write({ kind: 'advanced', stage: 'Collecting' });
  return true;
}

async function step<T>(book: Book, name: SourceStep, run: (limits: Limits) => Promise<T>): Promise<Attempted<T>> {
  const attempted = await patiently(book, name, run);
  if (attempted.ok) book.write({ kind: 'recovered', subject: name });
  return attempted;
}

async function rest({ snapshot }: Book): Promise<void> {
  const { problem, retryAgainEveryMs } = snapshot;
  if (problem?.gaveUp !== true) return;
  const restMs = restLeftMs(problem, retryAgainEveryMs, Date.now());
  if (restMs === undefined) return condition(() => false);
  const summary = `${problem.step}: gave up, tried once more at ${formatTimeAfter(restMs, Date.now())}`;
  if (restMs > 0) await sleep(restMs, { summary });
}
