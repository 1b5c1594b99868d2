/**
 * The worker of an installation: it takes workflow tasks from the queue that the contract names, and activities from the
 * queue that belongs to the installation alone. Of workflows that do not say whose they are, which are those started by
 * hand or by an earlier version, it takes activities from the first queue too, if they are its own.
 */

import { type NativeConnection, Worker, type WorkerDeploymentOptions, type WorkerOptions } from '@temporalio/worker';
import { failureInterceptor } from '../activities/failure-interceptor.js';
import type { Activities } from '../activities/index.js';
import { type GuardOptions, installationGuard } from '../activities/installation-guard.js';
import { logAttributes } from '../activities/log-attributes.js';
import { activityQueueOf, type Installation, taskQueueOf } from '../domain/contract/installation.js';
import type { WorkerVersion } from '../domain/contract/worker-version.js';

export interface SourceWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly installation: Installation;
  readonly activities: Activities;
  /** See `GuardOptions`. */
  readonly isOurs: GuardOptions['isOurs'];
  /** How much it does at a time, and the like. */
  readonly limits: Omit<WorkerOptions, 'taskQueue'>;
  /** Sources are pinned to it; default none: whatever worker is there takes them up. */
  readonly version?: WorkerVersion | undefined;
  readonly workflows: Pick<WorkerOptions, 'workflowBundle'>;
}

export class SourceWorker {
  private constructor(private readonly workers: readonly Worker[]) {}

  static async create({
    connection,
    namespace,
    installation,
    activities,
    isOurs,
    limits,
    version,
    workflows,
  }: SourceWorkerOptions): Promise<SourceWorker> {
    const guard = installationGuard({ installationId: installation.id, isOurs });
    const shared: Omit<WorkerOptions, 'taskQueue'> = {
      ...limits,
      ...(version === undefined ? {} : { workerDeploymentOptions: pinnedTo(version) }),
      connection,
      namespace,
      activities,
      interceptors: { activity: [logAttributes, guard, failureInterceptor] },
    };
    const forWorkflows = await Worker.create({ ...shared, ...workflows, taskQueue: taskQueueOf(installation) });
    try {
      const own = await Worker.create({ ...shared, taskQueue: activityQueueOf(installation.id) });
      return new SourceWorker([forWorkflows, own]);
    } catch (error) {
      // One that never ran would hold the connection.
      await new SourceWorker([forWorkflows]).stop();
      throw error;
    }
  }

  /** How many workflows it keeps in memory. */
  get cachedWorkflows(): number {
    return this.workers[0]?.options.maxCachedWorkflows ?? 0;
  }

  /** Whether it asks for work, and is not shutting down. */
  get isPolling(): boolean {
    return this.workers.every((worker) => worker.getState() === 'RUNNING');
  }

  /** Works until it is shut down, by `shutdown` or by the process's signals. */
  async run(): Promise<void> {
    const running = this.workers.map((worker) => worker.run());
    try {
      await Promise.all(running);
    } finally {
      this.shutdown();
      await Promise.allSettled(running);
    }
  }

  shutdown(): void {
    for (const worker of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  private async stop(): Promise<void> {
    const running = this.run();
    this.shutdown();
    await running;
  }
}

function pinnedTo(version: WorkerVersion): WorkerDeploymentOptions {
  return { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}
