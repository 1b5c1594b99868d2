/** From `Pending` to `Collecting`: the steps that must succeed before anything can be collected. */

import { condition } from '@temporalio/workflow';
import type { SourceStep } from '../source/outcome.js';
import { type Attempted, type Limits, patiently } from './attempts.js';
import type { Book } from './book.js';
import { steps } from './steps.js';

/** Ends when the source is `Collecting`. A step that gave up waits for a signal, which cancels the scope. */
export async function startUp(book: Book): Promise<void> {
  const { sourceId } = book.snapshot;

  const settings = await orWait(
    step(book, 'validate', (limits) =>
      steps.validate.executeWithOptions({ ...limits, summary: 'check the stored configuration' }, [sourceId]),
    ),
  );
  book.write({ kind: 'configured', settings });
  book.write({ kind: 'advanced', stage: 'Started' });

  await orWait(
    step(book, 'initialize', (limits) =>
      steps.initialize.executeWithOptions({ ...limits, summary: 'prepare indexes and checkpoints' }, [sourceId]),
    ),
  );
  book.write({ kind: 'advanced', stage: 'Initialized' });

  const { denied } = await orWait(
    step(book, 'authenticate', (limits) =>
      steps.authenticate.executeWithOptions({ ...limits, summary: 'get a token, probe permissions' }, [sourceId]),
    ),
  );
  book.write({ kind: 'advanced', stage: 'Authenticated' });
  for (const { stream, failure } of denied) book.write({ kind: 'failed', subject: stream, failure, attempt: 1 });
  book.write({ kind: 'advanced', stage: 'Collecting' });
}

async function step<T>(book: Book, name: SourceStep, run: (limits: Limits) => Promise<T>): Promise<Attempted<T>> {
  const attempted = await patiently(book, name, run);
  if (attempted.ok) book.write({ kind: 'recovered', subject: name });
  return attempted;
}

async function orWait<T>(attempting: Promise<Attempted<T>>): Promise<T> {
  const attempted = await attempting;
  if (attempted.ok) return attempted.value;
  await condition(() => false);
  throw new Error('unreachable: only a cancellation ends the wait');
}
