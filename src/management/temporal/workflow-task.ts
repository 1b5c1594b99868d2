/** What became of a workflow's last task: from Temporal's index, or from the end of its history. */

import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { present } from '../../domain/present.js';
import { REPORTED_PROBLEMS } from './search-attribute-keys.js';
import type { TaskProblem } from './uncertainty.js';

/** How long Temporal may take to answer. */
const ANSWER_LIMIT_MS = 5_000;

/** Signals and ended activities may stand behind the event that is looked for. */
const LAST_EVENTS = 50;
const LONGEST_MESSAGE = 200;

/** `EVENT_TYPE_…` and `WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR` of Temporal's API. */
const TASK_TIMED_OUT = 8;
const TASK_FAILED = 9;
const NON_DETERMINISTIC_ERROR = 24;
/**
 * `…_UNHANDLED_COMMAND`, `…_RESET_STICKY_TASK_QUEUE`, `…_FORCE_CLOSE_COMMAND`, `…_FAILOVER_CLOSE_COMMAND`,
 * `…_RESET_WORKFLOW`, `…_UNHANDLED_UPDATE`, `…_PAUSE_REQUESTED_BEFORE_TASK_STARTED`: the server took the task back, for
 * instance because a signal came meanwhile. The next attempt goes on.
 */
const TAKEN_BACK: ReadonlySet<unknown> = new Set([1, 13, 17, 18, 20, 31, 39]);

/** What is needed of an event of the history. */
export interface TaskEvent {
  readonly eventType?: number | null;
  readonly workflowTaskFailedEventAttributes?: {
    readonly cause?: number | null;
    readonly failure?: { readonly message?: string | null } | null;
  } | null;
}

/** What newer servers note in their index once tasks of a workflow have failed five times in a row. */
export function reportedTaskProblem(attributes: TypedSearchAttributes): TaskProblem | undefined {
  const problems = attributes.get(REPORTED_PROBLEMS) ?? [];
  if (problems.length === 0) return undefined;
  const [cause] = problems.flatMap(
    (one) => /^cause=(?:WorkflowTask(?:Failed|TimedOut)Cause)?(.+)$/.exec(one)?.[1] ?? [],
  );
  return {
    outcome: problems.includes('category=WorkflowTaskTimedOut') ? 'timed out' : 'failed',
    isNondeterministic: cause === 'NonDeterministicError',
    ...present({ message: cause }),
  };
}

/** @returns `undefined` unless the workflow's task is being tried again. */
export async function taskProblemOf(
  client: Client,
  { raw, workflowId, runId, typedSearchAttributes }: WorkflowExecutionDescription,
): Promise<TaskProblem | undefined> {
  const attempt = raw.pendingWorkflowTask?.attempt ?? 1;
  if (attempt <= 1) return undefined;
  const { history } = await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: LAST_EVENTS,
    }),
  );
  const events: readonly TaskEvent[] = history?.events ?? [];
  // Only the first of several failures in a row has an event.
  const last = events.find(({ eventType }) => eventType === TASK_FAILED || eventType === TASK_TIMED_OUT);
  return last === undefined ? reportedTaskProblem(typedSearchAttributes) : taskProblemIn(last, attempt);
}

export function taskProblemIn(event: TaskEvent, attempt: number): TaskProblem | undefined {
  const { cause, failure } = event.workflowTaskFailedEventAttributes ?? {};
  if (TAKEN_BACK.has(cause)) return undefined;
  const message = failure?.message?.split('\n')[0]?.slice(0, LONGEST_MESSAGE);
  return {
    outcome: event.eventType === TASK_FAILED ? 'failed' : 'timed out',
    attempt,
    isNondeterministic: cause === NON_DETERMINISTIC_ERROR,
    ...(message ? { message } : {}),
  };
}
