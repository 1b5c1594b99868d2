/**
 * Running workflows that do not fit what is stored. Those of this installation whose source is known to be deleted, or
 * that run under a former name, are ended, a few at a time; those that do not say whose they are, are adopted once it is
 * clear that they are ours. That there is no stored source says nothing by itself: the database may be the wrong one.
 */

import type { WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../domain/contract/contract.js';
import { ADOPT_SIGNAL, sourceIdOfAnyName, workflowIdIn } from '../../domain/contract/installation.js';
import { LEAVING_STATES } from '../../domain/lifecycle/lifecycle.js';
import { isDeletionRecorded } from '../../store/audit-trail.js';
import { clearHealthEvents } from '../../store/health-events.js';
import { isStored, sourceOrigins } from '../../store/sources.js';
import { audited, RECONCILER_ACTOR } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { type InstallationAccess, isOurs, labelOf, type RunningSource } from '../temporal/ownership.js';
import { INSTALLATION, STATE } from '../temporal/search-attribute-keys.js';
import { unlessEnded } from '../temporal/unless-ended.js';
import type { ReconciliationListener } from './reconciler.js';

/** A run that has not taken its adoption is signalled again after this. */
const ADOPT_AGAIN_MS = 10 * 60_000;
/** Terminated in one round. */
const AT_ONCE = 5;

interface Stray extends RunningSource {
  readonly reason: string;
}

export class StrayWorkflows {
  /** When the runs were last signalled: a run that cannot take it is not flooded. */
  private readonly adopted = new Map<string, number>();

  constructor(private readonly access: InstallationAccess) {}

  /** Gives workflows that were started by hand, or by an earlier version, the identity of this installation. */
  async adopt(running: readonly RunningSource[], onError: ReconciliationListener['onError']): Promise<void> {
    const { client, collections } = this.access;
    const installation = await collections.installation();
    for (const { sourceId, info } of running) {
      if (labelOf(info) !== undefined || Date.now() - (this.adopted.get(info.runId) ?? 0) < ADOPT_AGAIN_MS) continue;
      try {
        if (!(await isOurs(this.access, sourceId, info))) continue;
        await unlessEnded(() =>
          client.workflow.getHandle(info.workflowId, info.runId).signal(ADOPT_SIGNAL, installation.id),
        );
        this.adopted.set(info.runId, Date.now());
      } catch (error) {
        // One that cannot be adopted holds up none of the others.
        onError(error);
      }
    }
  }

  /** Ends what is known to be of no use any more. Of what has no stored source for unknown reasons, only tells. */
  async end(running: readonly RunningSource[], listener: ReconciliationListener): Promise<void> {
    const strays = [...(await this.withoutSource(running, listener)), ...(await this.ofFormerName())];
    for (const stray of strays.slice(0, AT_ONCE)) await this.terminate(stray, listener);
  }

  private async withoutSource(
    running: readonly RunningSource[],
    { onError }: ReconciliationListener,
  ): Promise<Stray[]> {
    const { collections } = this.access;
    const installation = await collections.installation();
    const own = running.filter(({ info }) => labelOf(info) === installation.id);
    const stored = await sourceOrigins(
      collections,
      own.map(({ sourceId }) => sourceId),
    );
    const orphans = own.filter(({ sourceId, info }) => !stored.has(sourceId) && !isLeaving(info));
    const strays: Stray[] = [];
    for (const orphan of orphans) {
      const { sourceId, info } = orphan;
      if (await isDeletionRecorded(collections, sourceId))
        strays.push({ ...orphan, reason: `Source ${sourceId} was deleted` });
      else onError(withoutTrace(sourceId, info.workflowId));
    }
    return strays;
  }

  private async ofFormerName(): Promise<Stray[]> {
    const { client, collections } = this.access;
    const installation = await collections.installation();
    const query =
      `WorkflowType = "${WORKFLOW_TYPE}" AND ExecutionStatus = "Running" AND ` +
      `${INSTALLATION.name} = "${installation.id}"`;
    const strays: Stray[] = [];
    for await (const info of client.workflow.list({ query })) {
      const sourceId = sourceIdOfAnyName(info.workflowId);
      if (sourceId === undefined || isLeaving(info)) continue;
      const workflowId = workflowIdIn(installation, sourceId);
      if (workflowId === info.workflowId) continue;
      strays.push({ sourceId, info, reason: `The installation was renamed: the source runs as ${workflowId}` });
    }
    return strays;
  }

  private async terminate({ sourceId, info, reason }: Stray, { onTerminated }: ReconciliationListener): Promise<void> {
    const { client, collections } = this.access;
    const { workflowId, runId } = info;
    const handle = client.workflow.getHandle(workflowId, runId);
    // The index may be behind: the workflow itself is looked at before it is ended.
    const description = await unlessEnded(() => handle.describe());
    if (description === undefined || description.status.name !== 'RUNNING' || isLeaving(description)) return;
    const entry = { actor: RECONCILER_ACTOR, action: 'source.terminate', sourceId, name: workflowId };
    await audited(collections, entry, async () => ({ result: await unlessEnded(() => handle.terminate(reason)) }));
    onTerminated?.({ workflowId, reason });
    if (!(await isStored(collections, sourceId))) await clearHealthEvents(collections, sourceId, new Date());
  }
}

/** Whether it ends by itself. */
function isLeaving({ typedSearchAttributes }: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): boolean {
  const state = typedSearchAttributes.get(STATE);
  return LEAVING_STATES.some((leaving) => leaving === state);
}

function withoutTrace(sourceId: number, workflowId: string): RefusedError {
  return new RefusedError(
    `The workflow ${workflowId} runs, but there is no source ${sourceId} in MongoDB and no record of its deletion. It is ` +
      `left alone; if it is not needed, run "temporal workflow terminate --workflow-id ${workflowId}"`,
  );
}
