/**
 * Moves this installation's workflows to the version of the workers that has become current: those that still run on
 * another one are asked to, a few at a time, and go over by themselves when they are next at rest. One whose version has no
 * worker any more, or whose tasks fail there, cannot do that; it is handed over, to code that can replay its history. Workers
 * without a version do the same once no version is current any more.
 */

import type { WorkflowExecutionInfo, WorkflowService } from '@temporalio/client';
import { VERSION_SIGNAL, versionText, type WorkerVersion } from '../../domain/contract/worker-version.js';
import { EXPORT_WORKFLOW_TYPES } from '../../domain/export/export.js';
import { REREAD_WORKFLOW_TYPE } from '../../domain/rereads/reread.js';
import { RefusedError } from '../common/errors.js';
import { type InstallationAccess, labelOf, listRunning, type RunningSource } from '../temporal/ownership.js';
import { VERSIONING_BEHAVIOR, WORKER_VERSION } from '../temporal/search-attribute-keys.js';
import { placeOf, type TemporalPlace } from '../temporal/temporal-command.js';
import { makeCurrent } from '../temporal/uncertainty.js';
import { unlessEnded } from '../temporal/unless-ended.js';
import { NO_VERSION, type WorkerFacts, workersOf } from '../temporal/workers.js';
import { reportedTaskProblem } from '../temporal/workflow-task.js';

/** Moved in one round: each replays its history, and polls again. */
const AT_ONCE = 20;
/** A workflow that has not moved is looked at again after this: what it was doing may take a while. */
const AGAIN_MS = 2 * 60_000;

/** What was done about a workflow: asked to go over, or taken there because no worker of its version is left. */
export interface VersionMove {
  readonly workflowId: string;
  readonly from: string;
  readonly to: string;
  readonly how: 'asked' | 'taken';
}

type ExecutionOptions = NonNullable<
  Parameters<WorkflowService['updateWorkflowExecutionOptions']>[0]['workflowExecutionOptions']
>;

export class VersionMoves {
  /** When which run was moved how. */
  private readonly done = new Map<string, number>();

  /** @param version of this worker, if it has one. @param clock epoch milliseconds. */
  constructor(
    private readonly access: InstallationAccess,
    private readonly version: WorkerVersion | undefined,
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * One round. Nothing is moved while another version is the current one.
   *
   * @param sources that run; those that read again and those that export are looked for here.
   * @throws RefusedError saying how to make this worker's version the current one, when none is.
   */
  async move(sources: readonly RunningSource[], onError: (error: unknown) => void): Promise<VersionMove[]> {
    const { client, collections } = this.access;
    const installation = await collections.installation();
    const now = this.clock();
    const workers = await workersOf(client, installation, now);
    if (workers.currentVersion !== this.own) {
      if (this.version !== undefined && workers.currentVersion === NO_VERSION)
        throw noneIsCurrent(this.version, placeOf(client));
      return [];
    }
    for (const [what, at] of this.done) if (now - at >= AGAIN_MS) this.done.delete(what);
    const running = [...sources.map(({ info }) => info), ...(await this.others())].filter(
      (info) => labelOf(info) === installation.id,
    );
    if (this.version === undefined) await this.release(running);
    const behind = running
      .filter(({ typedSearchAttributes }) => (typedSearchAttributes.get(WORKER_VERSION) ?? NO_VERSION) !== this.own)
      .map((info) => ({ info, how: howToMove(info, workers) }))
      .filter(({ info, how }) => !this.done.has(`${info.runId} ${how}`));
    const moves: VersionMove[] = [];
    for (const { info, how } of behind.slice(0, AT_ONCE)) {
      try {
        this.done.set(`${info.runId} ${how}`, now);
        moves.push(await this.moveOne(info, how));
      } catch (error) {
        // One that cannot be moved holds up none of the others.
        onError(error);
      }
    }
    return moves;
  }

  private get own(): string {
    return this.version === undefined ? NO_VERSION : versionText(this.version);
  }

  /** Takes back what handed a workflow over to workers without a version, now that it has arrived. */
  private async release(running: readonly WorkflowExecutionInfo[]): Promise<void> {
    const arrived = running.filter(
      ({ typedSearchAttributes }) =>
        typedSearchAttributes.get(WORKER_VERSION) === undefined &&
        typedSearchAttributes.get(VERSIONING_BEHAVIOR) === 'AutoUpgrade',
    );
    for (const info of arrived.slice(0, AT_ONCE)) await this.override(info, {});
  }

  private async override(
    { workflowId, runId }: WorkflowExecutionInfo,
    workflowExecutionOptions: ExecutionOptions,
  ): Promise<void> {
    const { client } = this.access;
    await unlessEnded(() =>
      client.workflowService.updateWorkflowExecutionOptions({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
        workflowExecutionOptions,
        updateMask: { paths: ['versioning_override'] },
      }),
    );
  }

  private async moveOne(info: WorkflowExecutionInfo, how: VersionMove['how']): Promise<VersionMove> {
    const { workflowId, runId, typedSearchAttributes } = info;
    // The first is taken back by Temporal after one task, the second by `release`.
    const here =
      this.version === undefined ? { autoUpgrade: true } : { oneTime: { targetDeploymentVersion: this.version } };
    if (how === 'taken') await this.override(info, { versioningOverride: here });
    await unlessEnded(() => this.access.client.workflow.getHandle(workflowId, runId).signal(VERSION_SIGNAL, this.own));
    const from = typedSearchAttributes.get(WORKER_VERSION) ?? 'no version';
    return { workflowId, from, to: this.own === NO_VERSION ? 'no version' : this.own, how };
  }

  private others(): Promise<WorkflowExecutionInfo[]> {
    return listRunning(this.access.client, [...Object.values(REREAD_WORKFLOW_TYPE), ...EXPORT_WORKFLOW_TYPES]);
  }
}

function howToMove({ typedSearchAttributes }: WorkflowExecutionInfo, { versions }: WorkerFacts): VersionMove['how'] {
  const from = typedSearchAttributes.get(WORKER_VERSION);
  const isFrozen = reportedTaskProblem(typedSearchAttributes) !== undefined;
  // One without a version goes over with its next task anyway.
  return from !== undefined && (isFrozen || !versions.has(from)) ? 'taken' : 'asked';
}

function noneIsCurrent(version: WorkerVersion, place: TemporalPlace): RefusedError {
  return new RefusedError(
    `This worker is of version ${versionText(version)}, and no version is current: it gets no new sources. ` +
      makeCurrent(place, version),
  );
}
