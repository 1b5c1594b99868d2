/** From `Pending` to `Collecting`: the steps that must succeed before anything can be collected. */

import { condition, sleep } from '@temporalio/workflow';
import { formatTimeAfter } from '../domain/duration.js';
import { restLeftMs } from '../domain/lifecycle/rest.js';
import type { SourceStep } from '../domain/streams/outcome.js';
import { type Attempted, type Limits, withRetryBudget } from './attempts.js';
import { LoopGuard } from './loop-guard.js';
import type { SourceState } from './source-state.js';
import { steps } from './steps.js';

/**
 * Ends when the source is `Collecting`. A step that gave up rests until a signal, which cancels the scope, or until the
 * next try that the configuration asks for.
 */
export async function startUp(source: SourceState): Promise<void> {
  const guard = new LoopGuard();
  do {
    guard.pass();
    await rest(source);
  } while (!(await allSteps(source)));
}

/** @returns false when a step gave up. */
async function allSteps(source: SourceState): Promise<boolean> {
  const { sourceId } = source.snapshot;
  // Begun again, after a step was given up or in a run that continues another one: none of the steps is done yet.
  if (source.snapshot.stage !== 'Pending') source.write({ kind: 'advanced', stage: 'Pending' });

  const settings = await step(source, 'validate', (limits) =>
    steps.validate.executeWithOptions({ ...limits, summary: 'check the stored configuration' }, [sourceId]),
  );
  if (!settings.ok) return false;
  source.write({ kind: 'configured', settings: settings.value });
  source.write({ kind: 'advanced', stage: 'Started' });

  const initialized = await step(source, 'initialize', (limits) =>
    steps.initialize.executeWithOptions({ ...limits, summary: 'prepare indexes and checkpoints' }, [sourceId]),
  );
  if (!initialized.ok) return false;
  source.write({ kind: 'resumed', streams: initialized.value });
  source.write({ kind: 'advanced', stage: 'Initialized' });

  const permissions = await step(source, 'authenticate', (limits) =>
    steps.authenticate.executeWithOptions({ ...limits, summary: 'get a token, check permissions' }, [sourceId]),
  );
  if (!permissions.ok) return false;
  source.write({ kind: 'advanced', stage: 'Authenticated' });
  for (const { stream, failure } of permissions.value.denied)
    source.write({ kind: 'failed', subject: stream, failure, attempt: 1 });
  source.write({ kind: 'advanced', stage: 'Collecting' });
  return true;
}

async function step<T>(
  source: SourceState,
  name: SourceStep,
  run: (limits: Limits) => Promise<T>,
): Promise<Attempted<T>> {
  const attempted = await withRetryBudget(source, name, run);
  if (attempted.ok) source.write({ kind: 'recovered', subject: name });
  return attempted;
}

async function rest({ snapshot }: SourceState): Promise<void> {
  const { problem, retryAgainEveryMs } = snapshot;
  if (problem?.gaveUp !== true) return;
  const restMs = restLeftMs(problem, retryAgainEveryMs, Date.now());
  if (restMs === undefined) return condition(() => false);
  const summary = `${problem.step}: gave up, will be retried at ${formatTimeAfter(restMs, Date.now())}`;
  if (restMs > 0) await sleep(restMs, { summary });
}
