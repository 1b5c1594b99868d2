import { TypedSearchAttributes } from '@temporalio/common';
import { expect, test } from 'vitest';
import { REPORTED_PROBLEMS } from '../../../src/management/temporal/search-attribute-keys.js';
import { reportedTaskProblem, type TaskEvent, taskProblemIn } from '../../../src/management/temporal/workflow-task.js';

const failed = (cause: number, message?: string): TaskEvent => ({
  eventType: 9,
  workflowTaskFailedEventAttributes: { cause, ...(message === undefined ? {} : { failure: { message } }) },
});

test.each<[string, TaskEvent, object | undefined]>([
  [
    'changed code',
    failed(24, '[TMPRL1100] Nondeterminism error: no command\nstack'),
    {
      outcome: 'failed',
      isNondeterministic: true,
      message: '[TMPRL1100] Nondeterminism error: no command',
      attempt: 3,
    },
  ],
  [
    'an error of the workflow',
    failed(14, 'boom'),
    { outcome: 'failed', isNondeterministic: false, message: 'boom', attempt: 3 },
  ],
  ['no words', failed(23), { outcome: 'failed', isNondeterministic: false, attempt: 3 }],
  ['a time-out', { eventType: 8 }, { outcome: 'timed out', isNondeterministic: false, attempt: 3 }],
  ['a signal that came meanwhile', failed(1), undefined],
  ['a reset', failed(20), undefined],
])('the history tells of %s', (_, event, facts) => {
  expect(taskProblemIn(event, 3)).toEqual(facts);
});

test.each<[readonly string[] | undefined, object | undefined]>([
  [undefined, undefined],
  [[], undefined],
  [
    ['category=WorkflowTaskFailed', 'cause=WorkflowTaskFailedCauseNonDeterministicError'],
    { outcome: 'failed', isNondeterministic: true, message: 'NonDeterministicError' },
  ],
  [
    ['category=WorkflowTaskFailed', 'cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure'],
    { outcome: 'failed', isNondeterministic: false, message: 'WorkflowWorkerUnhandledFailure' },
  ],
  [
    ['category=WorkflowTaskTimedOut', 'cause=WorkflowTaskTimedOutCauseStartToClose'],
    { outcome: 'timed out', isNondeterministic: false, message: 'StartToClose' },
  ],
  [['category=New'], { outcome: 'failed', isNondeterministic: false }],
])('the index tells %j', (values, facts) => {
  const attributes = new TypedSearchAttributes(
    values === undefined ? [] : [{ key: REPORTED_PROBLEMS, value: [...values] }],
  );
  expect(reportedTaskProblem(attributes)).toEqual(facts);
});
