/** The workflows behind the sources: starting, signalling, and asking whether they run. */

import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  SIGNALS,
  STATUS_QUERY,
  type StopRequest,
  TASK_QUEUE,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../source/contract.js';
import { LEAVING_STATES } from '../source/lifecycle.js';
import type { PositionReset } from '../source/position-reset.js';
import { REVISION } from '../source/revision.js';
import type { SourceSnapshot } from '../source/snapshot.js';

/** How long Temporal may take to answer before it counts as away. */
const ANSWER_LIMIT_MS = 5_000;

const LOOK_MS = 100;

export interface StartedSource {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
}

export class SourceWorkflows {
  constructor(private readonly client: Client) {}

  /** Starts a source's workflow; one that runs already is left alone. @returns its id. */
  async start({ sourceId, name, collector }: StartedSource): Promise<string> {
    const workflowId = workflowIdOf(sourceId);
    try {
      await this.inTime(() =>
        this.client.workflow.start(WORKFLOW_TYPE, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [{ sourceId, name, collector, revision: REVISION }],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: `Mimecast source "${name}"`,
          staticDetails: staticDetails(sourceId, name, collector),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return workflowId;
  }

  /** @returns false when there is no running workflow to take it. */
  async signal(
    sourceId: number,
    signal: keyof typeof SIGNALS,
    ...args: [(StopRequest | PositionReset)?]
  ): Promise<boolean> {
    const handle = this.client.workflow.getHandle(workflowIdOf(sourceId));
    try {
      await this.inTime(() => handle.signal(SIGNALS[signal], ...args));
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async isRunning(sourceId: number): Promise<boolean> {
    try {
      const { status } = await this.inTime(() => this.client.workflow.getHandle(workflowIdOf(sourceId)).describe());
      return status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /**
   * Whether the workflow runs and is to go on. One that is ending is waited for.
   *
   * @returns `unknown` when it does not end in time, or when no worker tells what it is about.
   */
  async goesOn(sourceId: number, patienceMs: number): Promise<boolean | 'unknown'> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await pause(LOOK_MS)) {
      if (!(await this.isRunning(sourceId))) return false;
      const state = await this.stateOf(sourceId);
      if (state === undefined) return 'unknown';
      if (!LEAVING_STATES.some((leaving) => leaving === state)) return true;
    }
    return 'unknown';
  }

  /** What the workflow itself says, all signals before this included; `undefined` when no worker answers. */
  private async stateOf(sourceId: number): Promise<string | undefined> {
    const handle = this.client.workflow.getHandle(workflowIdOf(sourceId));
    try {
      return (await this.inTime(() => handle.query<SourceSnapshot>(STATUS_QUERY))).state;
    } catch {
      return undefined;
    }
  }

  private inTime<T>(call: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + ANSWER_LIMIT_MS, call);
  }
}

function staticDetails(sourceId: number, name: string, collector: string): string {
  return [
    `Collects the Mimecast logs of **${name}** (source ${sourceId}, collector *${collector}*) into MongoDB, each record once.`,
    '',
    'What it is doing right now stands under *Current details*; the query `status` has the same as JSON.',
  ].join('\n');
}
