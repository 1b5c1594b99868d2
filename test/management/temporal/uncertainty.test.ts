/** The words for a running source whose workflow has not spoken for itself, and what becomes of its line in a list. */

import { expect, test } from 'vitest';
import { withUncertainty } from '../../../src/management/sources/source-listing.js';
import { type UncertaintyFacts, uncertaintyOf } from '../../../src/management/temporal/uncertainty.js';
import type { WorkerFacts } from '../../../src/management/temporal/workers.js';

const NOTHING = { tasks: 0, oldestMs: 0 };
const facts = (more: Partial<WorkerFacts>, rest: Partial<UncertaintyFacts> = {}): UncertaintyFacts => ({
  workflowId: 'mimecast-source-7',
  place: { namespace: 'default' },
  workers: {
    ...{
      count: 1,
      versions: new Set(['']),
      currentVersion: '',
      byVersion: new Map(),
      workflowTasks: NOTHING,
      activityTasks: NOTHING,
    },
    ...more,
  },
  ...rest,
});
const POLLED = { polledMsAgo: 3_000 };
const backlog = (tasks: number, oldestMs: number) => ({ tasks, oldestMs });
const failed = { outcome: 'failed', isNondeterministic: false, attempt: 4 } as const;
const timedOut = { outcome: 'timed out', isNondeterministic: false, attempt: 2 } as const;

test.each<[string, UncertaintyFacts, string | undefined, string]>([
  ['nobody polls', facts({}), 'NoWorker', 'no worker is running ("npm run worker"); this is the last known state'],
  [
    'nobody polls, and tasks wait',
    facts({ workflowTasks: backlog(5, 61_000) }, { unanswered: 'did not answer within 5 s' }),
    'NoWorker',
    'no worker is running ("npm run worker"); this is the last known state; 5 tasks wait, the oldest for 1 min 1 s',
  ],
  ['nobody polls, and the last task failed', facts({}, { task: failed }), 'NoWorker', 'no worker is running'],
  ['a worker is there', facts(POLLED), undefined, ''],
  [
    'a worker of its version is there',
    facts({ ...POLLED, versions: new Set(['mc:1', 'mc:2']), currentVersion: 'mc:2' }, { version: 'mc:1' }),
    undefined,
    '',
  ],
  [
    'its version has no worker, but the current one has',
    facts({ ...POLLED, versions: new Set(['mc:2']), currentVersion: 'mc:2' }, { version: 'mc:1' }),
    'NoWorker',
    'no worker of version mc:1 is running; this is the last known state. Start one (TEMPORAL_DEPLOYMENT_NAME=mc, ' +
      'TEMPORAL_WORKER_BUILD_ID=1), or else: the workers of the current version mc:2 will take over the source within two minutes',
  ],
  [
    'neither its version nor the current one has a worker',
    facts({ ...POLLED, versions: new Set(['mc:3']), currentVersion: 'mc:2' }, { version: 'mc:1' }),
    'NoWorker',
    'no worker of version mc:1 is running; this is the last known state. Start one (TEMPORAL_DEPLOYMENT_NAME=mc, ' +
      'TEMPORAL_WORKER_BUILD_ID=1), or else: make a version current that has running workers',
  ],
  [
    'its version has no worker, and workers without one are there',
    facts(POLLED, { version: 'mc:1' }),
    'NoWorker',
    'TEMPORAL_WORKER_BUILD_ID=1), or else: the workers without a version will take over the source within two minutes',
  ],
  [
    'tasks of its version wait for long',
    facts(
      {
        ...POLLED,
        versions: new Set(['mc:1']),
        byVersion: new Map([['mc:1', { workflowTasks: { tasks: 2, oldestMs: 30_000 }, activityTasks: NOTHING }]]),
      },
      { version: 'mc:1' },
    ),
    'WorkerLate',
    'a worker polls this queue, 2 tasks wait, the oldest for 30 s',
  ],
  [
    'tasks of another version wait for long',
    facts(
      {
        ...POLLED,
        versions: new Set(['mc:1']),
        byVersion: new Map([['mc:1', { workflowTasks: NOTHING, activityTasks: NOTHING }]]),
        workflowTasks: backlog(2, 30_000),
      },
      { version: 'mc:1' },
    ),
    undefined,
    '',
  ],
  [
    'it has no version, and workers of the current one are there',
    facts({ ...POLLED, versions: new Set(['mc:2']), currentVersion: 'mc:2' }),
    undefined,
    '',
  ],
  [
    'no version is current yet',
    facts({ ...POLLED, versions: new Set(['mc:1']), currentVersion: '' }),
    'NoWorker',
    'the running workers have a version (mc:1), but none is current; this is the last known state. Run "temporal worker ' +
      'deployment set-current-version --deployment-name mc --build-id 1"',
  ],
  [
    'a version is current, and only a worker without one is there',
    facts({ ...POLLED, currentVersion: 'mc:2' }),
    'NoWorker',
    'no worker of version mc:2 is running',
  ],
  ['tasks have only just come', facts({ ...POLLED, workflowTasks: backlog(3, 9_999) }), undefined, ''],
  [
    'tasks have waited for long',
    facts({ ...POLLED, workflowTasks: backlog(12, 34_000) }),
    'WorkerLate',
    'a worker polls this queue, 12 tasks wait, the oldest for 34 s: the answer is late, and this is the last known state',
  ],
  [
    'a task has only just come, and the workflow did not answer',
    facts({ ...POLLED, workflowTasks: backlog(1, 2_000) }, { unanswered: 'did not answer within 5 s' }),
    'WorkerLate',
    'a worker polls this queue, 1 task waits, for 2 s: the answer is late',
  ],
  [
    'nothing waits, and the workflow did not answer',
    facts(POLLED, { unanswered: 'did not answer within 5 s' }),
    'WorkerLate',
    'a worker polls this queue, last 3 s ago, but the workflow did not answer within 5 s: the answer is late',
  ],
  [
    'the last task was not finished in time',
    facts(POLLED, { task: timedOut, unanswered: 'did not answer within 5 s' }),
    'WorkerLate',
    "a worker polls this queue, but did not finish the workflow's last task in time (attempt 2): the answer is late",
  ],
  [
    'the last task failed',
    facts({ ...POLLED, workflowTasks: backlog(9, 60_000) }, { task: { ...failed, message: 'boom' } }),
    'WorkflowTaskFailed',
    'its workflow cannot continue: its last workflow task failed (boom) (attempt 4). It continues automatically',
  ],
  [
    'the code has changed',
    facts(POLLED, { task: { outcome: 'failed', isNondeterministic: true, message: 'TMPRL1100' } }),
    'WorkflowTaskFailed',
    "its workflow cannot continue: the worker's code does not match the steps it has recorded (TMPRL1100). Run the " +
      'worker version that it used before, or run "temporal workflow terminate --workflow-id mimecast-source-7": a ' +
      'worker then starts it again from its checkpoints',
  ],
  [
    'activities wait',
    facts({ ...POLLED, activityTasks: backlog(40, 90_000) }),
    'CollectionLate',
    'workers are busy, 40 tasks wait, the oldest for 1 min 30 s: collection is late',
  ],
])('%s', (_, given, code, text) => {
  const meanwhile = uncertaintyOf(given);
  expect(meanwhile?.code).toBe(code);
  expect(meanwhile?.text ?? '').toContain(text);
});

test.each([
  ['Collecting', 'NoWorker', { state: 'Collecting', health: 'Unknown' }],
  ['Pending', 'NoWorker', { state: 'Pending', health: 'Unknown' }],
  ['Error', 'WorkerLate', { state: 'Error', health: 'Unknown' }],
  ['Stopping', 'WorkerLate', { state: 'Stopping', health: 'Unknown' }],
  ['Collecting', 'CollectionLate', { state: 'Collecting', health: 'Healthy' }],
  ['Collecting', 'WorkflowTaskFailed', { state: 'Error', health: 'Error', errorType: 'FirstPartyGeneric' }],
  ['Stopped', 'NoWorker', { state: 'Stopped', health: 'Healthy', note: undefined }],
  ['Deleted', 'NoWorker', { state: 'Deleted', health: 'Healthy', note: undefined }],
  ['Terminated', 'WorkflowTaskFailed', { state: 'Terminated', health: 'Healthy', note: undefined }],
] as const)('a source that was %s, with %s', (state, code, shown) => {
  const listing = { sourceId: 1, name: 'n', collector: 'c', workflowId: 'w', state, health: 'Healthy' } as const;
  const seen = { note: undefined, ...withUncertainty(listing, { code, text: 'words' }) };
  expect(seen).toMatchObject({ ...listing, note: 'words', ...shown });
  expect(withUncertainty(listing, undefined)).toEqual(listing);
});
