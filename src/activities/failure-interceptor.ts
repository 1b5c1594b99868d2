/**
 * Every error that leaves an activity passes here: it is classified, told to the workflow at once, and handed to
 * Temporal with the pause until the next attempt.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { type Context, log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { msOptionalToNumber } from '@temporalio/common/lib/time.js';
import { classify, type Failure } from '../domain/failures/failure.js';
import { nextPauseMs } from '../domain/failures/retry-budget.js';
import { present } from '../domain/present.js';
import { type AttemptFailed, isSourceStep } from '../domain/streams/outcome.js';
import { STREAMS } from '../domain/streams/streams.js';
import { errorFactsOf } from '../ingest/slice/error-facts-of.js';

/** Telling the workflow must not hold up the attempt for longer. */
const REPORT_LIMIT_MS = 5_000;

interface Execution {
  readonly args: readonly unknown[];
}

/** An inbound interceptor for `WorkerOptions.interceptors.activity`. */
export function failureInterceptor(context: Context) {
  return {
    inbound: {
      async execute<I extends Execution>(input: I, next: (input: I) => Promise<unknown>): Promise<unknown> {
        const { cancellationSignal } = context;
        try {
          return await next(input);
        } catch (error) {
          if (cancellationSignal.aborted || error instanceof ApplicationFailure) throw error;
          const failure = classify(errorFactsOf(error));
          const pauseMs = failure.retry ? pauseOf(context, failure) : undefined;
          await report(context, input.args, failure, pauseMs);
          throw toApplicationFailure(failure, pauseMs, error);
        }
      },
    },
  };
}

function pauseOf({ info }: Context, { retryAfterMs }: Failure): number {
  const { attempt, scheduledTimestampMs, scheduleToCloseTimeoutMs, retryPolicy } = info;
  return nextPauseMs({
    attempt,
    firstPauseMs: msOptionalToNumber(retryPolicy?.initialInterval),
    elapsedMs: Date.now() - scheduledTimestampMs,
    budgetMs: scheduleToCloseTimeoutMs,
    ...present({ retryAfterMs }),
  });
}

/** Tells the workflow of a failed attempt that will be repeated; of a final one it hears from Temporal itself. */
async function report(
  { info, client }: Context,
  [, subjectArgument]: readonly unknown[],
  failure: Failure,
  pauseMs: number | undefined,
): Promise<void> {
  const { workflowExecution, activityType, attempt } = info;
  const subject = activityType === 'collect' ? STREAMS.find((stream) => stream === subjectArgument) : activityType;
  if (pauseMs === undefined || workflowExecution === undefined || subject === undefined) return;
  if (activityType !== 'collect' && !isSourceStep(activityType)) return;
  const payload: AttemptFailed = {
    subject: subject as AttemptFailed['subject'],
    failure,
    attempt,
    retryAt: new Date(Date.now() + pauseMs).toISOString(),
    pauseMs,
  };
  try {
    const { workflowId, runId } = workflowExecution;
    const signalled = client.workflow.getHandle(workflowId, runId).signal('attemptFailed', payload);
    // Should it fail after we stopped waiting, nobody is left to handle it.
    signalled.catch(() => undefined);
    // A timer and not a deadline: the native client panics at a deadline that has passed by the time of the call.
    const late = pause(REPORT_LIMIT_MS, 'late', { ref: false });
    if ((await Promise.race([signalled, late])) === 'late')
      log.warn('A failed attempt was reported to the workflow late');
  } catch (cause) {
    log.warn('A failed attempt could not be reported to the workflow', { cause });
  }
}

function toApplicationFailure(failure: Failure, pauseMs: number | undefined, cause: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: failure.message,
    type: failure.type,
    nonRetryable: !failure.retry,
    details: [failure],
    ...present({ nextRetryDelay: pauseMs }),
    ...(failure.severity === 'warning' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(cause instanceof Error ? { cause } : {}),
  });
}
