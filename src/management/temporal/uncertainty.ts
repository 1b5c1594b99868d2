/** What is true of a running source whose workflow has not spoken for itself. All views take their words from here. */

import { versionOfText, type WorkerVersion } from '../../domain/contract/worker-version.js';
import { formatDuration } from '../../domain/duration.js';
import { anotherInstallationText } from './ownership.js';
import { type TemporalPlace, temporalCommand, terminateCommand } from './temporal-command.js';
import { type Backlog, NO_VERSION, type WorkerFacts } from './workers.js';

/**
 * `NoWorker`: nobody asks for its work. `WorkerLate`: somebody does, but the answer is late.
 * `CollectionLate`: workflows go on, but their activities wait. `WorkflowTaskFailed`: the workflow cannot go on.
 * `AnotherInstallation`: a workflow of another installation has the source's workflow ID.
 */
export const UNCERTAINTY_CODES = [
  ...(['NoWorker', 'WorkerLate', 'CollectionLate', 'WorkflowTaskFailed'] as const),
  'AnotherInstallation',
] as const;
export type UncertaintyCode = (typeof UNCERTAINTY_CODES)[number];

export interface Uncertainty {
  readonly code: UncertaintyCode;
  /** What is the case, and what to do where something can be done. */
  readonly text: string;
}

/** What became of the workflow task that is being tried again. */
export interface TaskProblem {
  readonly outcome: 'failed' | 'timed out';
  /** Absent when only Temporal's index was asked. */
  readonly attempt?: number;
  readonly isNondeterministic: boolean;
  /** What the worker, or the server, said of it. */
  readonly message?: string;
}

export interface UncertaintyFacts {
  readonly workflowId: string;
  /** For the commands that help. */
  readonly place: TemporalPlace;
  readonly workers: WorkerFacts;
  /** Version of the workers that the workflow is pinned to. */
  readonly version?: string | undefined;
  readonly task?: TaskProblem | undefined;
  /** What the workflow did instead of answering a question; absent when it was not asked. */
  readonly unanswered?: string;
}

/** A task that has waited as long is late even if nobody waits for its answer. */
const LATE_MS = 10_000;

/** @returns `undefined` when nothing speaks against what the source last said of itself. */
export function uncertaintyOf({
  workflowId,
  place,
  workers,
  version,
  task,
  unanswered,
}: UncertaintyFacts): Uncertainty | undefined {
  const wanted = version ?? workers.currentVersion;
  const { polledMsAgo } = workers;
  const { workflowTasks, activityTasks } = workers.byVersion.get(wanted) ?? workers;
  if (polledMsAgo === undefined)
    return {
      code: 'NoWorker',
      text: `no worker is running ("npm run worker"); this is the last known state${and(workflowTasks)}`,
    };
  if (!workers.versions.has(wanted)) return { code: 'NoWorker', text: noWorkerOf(wanted, workers, place) };
  if (task?.outcome === 'failed') return { code: 'WorkflowTaskFailed', text: cannotGoOn(task, workflowId, place) };
  const late = (why: string): Uncertainty => ({
    code: 'WorkerLate',
    text: `a worker polls this queue, ${why}: the answer is late, and this is the last known state`,
  });
  const wasAsked = unanswered !== undefined;
  if (isLate(workflowTasks) || (wasAsked && workflowTasks.tasks > 0)) return late(waiting(workflowTasks));
  if (task !== undefined) return late(`but did not finish the workflow's last task in time${attemptOf(task)}`);
  if (wasAsked) return late(`last ${formatDuration(polledMsAgo)} ago, but the workflow ${unanswered}`);
  if (isLate(activityTasks))
    return { code: 'CollectionLate', text: `workers are busy, ${waiting(activityTasks)}: collection is late` };
  return undefined;
}

/** Workers there are, but none of the version whose task it is. */
function noWorkerOf(wanted: string, { versions, currentVersion }: WorkerFacts, place: TemporalPlace): string {
  const version = versionOfText(wanted);
  if (version === undefined) {
    const [running = ''] = versions;
    return `the running workers have a version (${running}), but none is current; this is the last known state. ${makeCurrent(place, versionOfText(running))}`;
  }
  const start = `Start one (TEMPORAL_DEPLOYMENT_NAME=${version.deploymentName}, TEMPORAL_WORKER_BUILD_ID=${version.buildId})`;
  const known = `no worker of version ${wanted} is running; this is the last known state. ${start}, or else:`;
  if (wanted === currentVersion || !versions.has(currentVersion))
    return `${known} make a version current that has running workers`;
  const others =
    currentVersion === NO_VERSION
      ? 'the workers without a version'
      : `the workers of the current version ${currentVersion}`;
  return `${known} ${others} will take over the source within two minutes`;
}

export function makeCurrent(place: TemporalPlace, version: WorkerVersion | undefined): string {
  const { deploymentName = 'NAME', buildId = 'ID' } = version ?? {};
  const flags = { '--deployment-name': deploymentName, '--build-id': buildId };
  return `Run "${temporalCommand(place, 'worker deployment set-current-version', flags)}"`;
}

/** Of a source that cannot run because a workflow of another installation has its ID. */
export function belongsToAnother(workflowId: string, place: TemporalPlace): Uncertainty {
  return { code: 'AnotherInstallation', text: anotherInstallationText(workflowId, place) };
}

function isLate({ tasks, oldestMs }: Backlog): boolean {
  return tasks > 0 && oldestMs >= LATE_MS;
}

function waiting({ tasks, oldestMs }: Backlog): string {
  const age = formatDuration(oldestMs);
  return tasks === 1 ? `1 task waits, for ${age}` : `${tasks} tasks wait, the oldest for ${age}`;
}

function and(backlog: Backlog): string {
  return backlog.tasks > 0 ? `; ${waiting(backlog)}` : '';
}

function attemptOf({ attempt }: TaskProblem): string {
  return attempt === undefined ? '' : ` (attempt ${attempt})`;
}

export function cannotGoOn(task: TaskProblem, workflowId: string, place: TemporalPlace): string {
  const { isNondeterministic, message } = task;
  const detail = message === undefined ? '' : ` (${message})`;
  const [cause, cure] = isNondeterministic
    ? [
        `the worker's code does not match the steps it has recorded${detail}`,
        'Run the worker version that it used before',
      ]
    : [
        `its last workflow task failed${detail}`,
        'It continues automatically once the cause is fixed (see the worker’s log)',
      ];
  return (
    `its workflow cannot continue: ${cause}${attemptOf(task)}. ${cure}, or run ` +
    `"${terminateCommand(place, workflowId)}": a worker then starts it again from its checkpoints`
  );
}
