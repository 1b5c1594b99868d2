/** The workflows behind the sources: starting, signalling, and asking whether they run. Only those of this installation. */

import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { SIGNALS, STATUS_QUERY, type StopRequest, WORKFLOW_TYPE } from '../../domain/contract/contract.js';
import { INSTALLATION_MEMO, taskQueueOf, workflowIdIn } from '../../domain/contract/installation.js';
import { LEAVING_STATES } from '../../domain/lifecycle/lifecycle.js';
import type { SourceSnapshot } from '../../domain/lifecycle/snapshot.js';
import type { CollectRequest } from '../../domain/streams/collect-request.js';
import type { PositionReset } from '../../domain/streams/position-reset.js';
import { anotherInstallation } from '../refusals.js';
import { type FoundWorkflow, findWorkflow, signalOwn } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';

/** How long Temporal may take to answer before it counts as away. */
const ANSWER_LIMIT_MS = 5_000;

const LOOK_MS = 100;

export interface StartedSource {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
}

export class SourceWorkflows {
  constructor(private readonly access: InstallationAccess) {}

  /**
   * Starts a source's workflow; one that runs already is left alone.
   *
   * @throws CodedRefusal 409 when one of another installation has its ID.
   */
  async start({ sourceId, name, collector }: StartedSource): Promise<void> {
    const installation = await installationOf(this.access);
    try {
      await this.inTime(() =>
        this.access.client.workflow.start(WORKFLOW_TYPE, {
          workflowId: workflowIdIn(installation, sourceId),
          taskQueue: taskQueueOf(installation),
          args: [{ sourceId, name, collector, installation: installation.id }],
          memo: { [INSTALLATION_MEMO]: installation.id },
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: `Mimecast source "${name}"`,
          staticDetails: staticDetails(sourceId, name, collector),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await this.refuseAnother(sourceId);
    }
  }

  /** @throws CodedRefusal 409 when a workflow of another installation has the source's ID. */
  async refuseAnother(sourceId: number): Promise<void> {
    if ((await this.find(sourceId)).whose === 'another')
      throw anotherInstallation(await this.idOf(sourceId), placeOf(this.access.client));
  }

  /** @returns false when there is no running workflow of ours to take it. */
  async signal(
    sourceId: number,
    signal: keyof typeof SIGNALS,
    ...args: [(StopRequest | PositionReset | CollectRequest)?]
  ): Promise<boolean> {
    return signalOwn(this.access, sourceId, await this.idOf(sourceId), SIGNALS[signal], ...args);
  }

  async isRunning(sourceId: number): Promise<boolean> {
    const found = await this.find(sourceId);
    return found.whose === 'ours' && found.description.status.name === 'RUNNING';
  }

  /**
   * Whether the workflow runs and is to go on. One that is ending is waited for.
   *
   * @returns `unknown` when it does not end in time, or when no worker tells what it is about.
   */
  async continues(sourceId: number, limitMs: number): Promise<boolean | 'unknown'> {
    for (const deadline = Date.now() + limitMs; Date.now() < deadline; await pause(LOOK_MS)) {
      if (!(await this.isRunning(sourceId))) return false;
      const state = await this.stateOf(sourceId);
      if (state === undefined) return 'unknown';
      if (!LEAVING_STATES.some((leaving) => leaving === state)) return true;
    }
    return 'unknown';
  }

  private async find(sourceId: number): Promise<FoundWorkflow> {
    return findWorkflow(this.access, sourceId, await this.idOf(sourceId));
  }

  private async idOf(sourceId: number): Promise<string> {
    return workflowIdIn(await installationOf(this.access), sourceId);
  }

  /** What the workflow itself says, all signals before this included; `undefined` when no worker answers. */
  private async stateOf(sourceId: number): Promise<string | undefined> {
    const handle = this.access.client.workflow.getHandle(await this.idOf(sourceId));
    try {
      return (await this.inTime(() => handle.query<SourceSnapshot>(STATUS_QUERY))).state;
    } catch {
      return undefined;
    }
  }

  private inTime<T>(call: () => Promise<T>): Promise<T> {
    return this.access.client.withDeadline(Date.now() + ANSWER_LIMIT_MS, call);
  }
}

function staticDetails(sourceId: number, name: string, collector: string): string {
  return [
    `Collects the Mimecast logs of **${name}** (source ${sourceId}, collector *${collector}*) into MongoDB, each record once.`,
    '',
    '*Current details* shows what it is doing right now; the query `status` returns the same as JSON.',
  ].join('\n');
}
