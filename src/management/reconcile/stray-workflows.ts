/**
 * Running workflows that do not fit what is stored, of sources and of their exports. Those of this installation whose source
 * is known to be deleted, or that run under a former name, are ended, a few at a time; those that do not say whose they are, are adopted once it is
 * clear that they are ours. That there is no stored source says nothing by itself: the database may be the wrong one.
 */

import type { WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../domain/contract/contract.js';
import { ADOPT_SIGNAL, sourceIdOfAnyName, workflowIdIn } from '../../domain/contract/installation.js';
import { EXPORT_WORKFLOW_TYPES, exportingSourceOf } from '../../domain/export/export.js';
import { LEAVING_STATES } from '../../domain/lifecycle/lifecycle.js';
import { isDeletionRecorded } from '../../store/audit-trail.js';
import { clearHealthEvents } from '../../store/health-events.js';
import { isStored, sourceOrigins } from '../../store/sources.js';
import { audited, RECONCILER_ACTOR } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { type InstallationAccess, isOurs, labelOf, listRunning, type RunningSource } from '../temporal/ownership.js';
import { INSTALLATION, STATE } from '../temporal/search-attribute-keys.js';
import { placeOf, type TemporalPlace, terminateCommand } from '../temporal/temporal-command.js';
import { unlessEnded } from '../temporal/unless-ended.js';
import type { ReconciliationListener } from './reconciler.js';

/** A run that has not taken its adoption is signalled again after this. */
const ADOPT_AGAIN_MS = 10 * 60_000;
/** More than a slice of exporting takes. */
const EXPORT_END_MS = 60_000;
/** Terminated in one round. */
const AT_ONCE = 5;

interface Stray extends RunningSource {
  readonly reason: string;
}

export class StrayWorkflows {
  /** When the runs were last signalled: a run that cannot take it is not flooded. */
  private readonly adopted = new Map<string, number>();
  /** Since when exports have been seen to run without their source. */
  private exportsAlone: ReadonlyMap<string, number> = new Map();

  /** @param exportEndMs how long an export may go on after its source is gone: told of it, it ends by itself. */
  constructor(
    private readonly access: InstallationAccess,
    private readonly exportEndMs = EXPORT_END_MS,
  ) {}

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
    const exports = await this.exports();
    const strays = [
      ...(await this.withoutSource([...running, ...exports], listener)),
      ...(await this.ofFormerName(exports)),
    ];
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
    const alone = own.filter(({ sourceId }) => !stored.has(sourceId));
    const since = this.exportsAlone;
    const runs = alone.filter(({ info }) => isExport(info)).map(({ info: { runId } }) => runId);
    this.exportsAlone = new Map(runs.map((runId) => [runId, since.get(runId) ?? Date.now()]));
    const orphans = alone.filter(({ info }) => !this.endsByItself(info));
    const strays: Stray[] = [];
    for (const orphan of orphans) {
      const { sourceId, info } = orphan;
      if (await isDeletionRecorded(collections, sourceId))
        strays.push({ ...orphan, reason: `Source ${sourceId} was deleted` });
      else onError(withoutTrace(sourceId, info.workflowId, placeOf(this.access.client)));
    }
    return strays;
  }

  private endsByItself(info: WorkflowExecutionInfo): boolean {
    if (!isExport(info)) return isLeaving(info);
    return Date.now() - (this.exportsAlone.get(info.runId) ?? 0) < this.exportEndMs;
  }

  /** All that run, of installations of whatever name. */
  private async exports(): Promise<RunningSource[]> {
    return (await listRunning(this.access.client, EXPORT_WORKFLOW_TYPES)).flatMap((info) => {
      const sourceId = exportingSourceOf(info.workflowId);
      return sourceId === undefined ? [] : [{ sourceId, info }];
    });
  }

  private async ofFormerName(exports: readonly RunningSource[]): Promise<Stray[]> {
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
    // These have no search attributes.
    for (const { sourceId, info } of exports) {
      const isOurs = labelOf(info) === installation.id;
      if (!isOurs || info.workflowId.startsWith(`${workflowIdIn(installation, sourceId)}-`)) continue;
      strays.push({ sourceId, info, reason: 'The installation was renamed: the source exports under another ID' });
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

function isExport({ type }: Pick<WorkflowExecutionInfo, 'type'>): boolean {
  return EXPORT_WORKFLOW_TYPES.includes(type);
}

/** Whether it ends by itself. */
function isLeaving({ typedSearchAttributes }: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): boolean {
  const state = typedSearchAttributes.get(STATE);
  return LEAVING_STATES.some((leaving) => leaving === state);
}

function withoutTrace(sourceId: number, workflowId: string, place: TemporalPlace): RefusedError {
  return new RefusedError(
    `The workflow ${workflowId} runs, but there is no source ${sourceId} in MongoDB and no record of its deletion. It is ` +
      `left alone; if it is not needed, run "${terminateCommand(place, workflowId)}"`,
  );
}
