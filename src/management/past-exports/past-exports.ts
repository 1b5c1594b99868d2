/** Starts, shows and cancels exports of the past. What is asked for is stored first, so that it is done whatever dies next. */

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { INSTALLATION_MEMO, taskQueueOf } from '../../domain/contract/installation.js';
import {
  NO_PAST_COUNTS,
  PAST_EXPORT_WORKFLOW_TYPE,
  type PastCounts,
  type PastExport,
  type PastExportRequest,
  pastExportWorkflowIdIn,
} from '../../domain/export/past-export.js';
import { present } from '../../domain/present.js';
import { type Keyring, SecretError } from '../../secrets/keyring.js';
import {
  createPastExport,
  endPastExport,
  markPastCanceling,
  nextPastExportId,
  type PastExportDocument,
  pastExportOf,
  pastExportsOf,
  quietPastExports,
  runningPastExport,
} from '../../store/past-exports.js';
import { storedSource } from '../../store/sources.js';
import { audited, CLI_ACTOR } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { anotherInstallation, beingDeleted, unknownSource } from '../refusals.js';
import { findSource } from '../sources/source-directory.js';
import { cancelOwn, findWorkflow } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';
import { unlessTemporalIsAway } from '../temporal/temporal-errors.js';
import { isExporting, notExporting, unknownExport } from './past-export-errors.js';
import { type PastWish, type UnderstoodWish, understood } from './past-wish.js';

export interface PastExportOptions extends InstallationAccess {
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
}

/** What was not looked at for so long may have no workflow. */
const QUIET_MS = 60_000;

export class PastExports {
  constructor(private readonly options: PastExportOptions) {}

  /**
   * Starts one. The same wish once more, while it is being carried out, gives the same export.
   *
   * @param actor who is noted in the audit trail.
   * @throws CodedRefusal naming every mistake in the wish, or 409 while another one of the source runs.
   */
  async start(idOrName: string, wish: PastWish, actor = CLI_ACTOR): Promise<PastExport> {
    const { collections, allowInsecure } = this.options;
    const { sourceId, name, collectorId } = await findSource(this.options, idOrName);
    const source = await storedSource(collections, { _id: sourceId });
    if (source === null) throw unknownSource();
    if (source.deletingAt !== undefined) throw beingDeleted('source', name);
    const { newSecret, ...wanted } = understood(wish, source, { allowInsecure });
    const running = await runningPastExport(collections, sourceId);
    if (running !== null) return this.joined(running, name, wanted);
    await collections.ensureIndexes();
    const secret = await this.sealed(newSecret, wanted.secret);
    const exportId = await nextPastExportId(collections);
    await unlessTemporalIsAway(() => this.refuseAnother({ sourceId, exportId }));
    const { from, to, streams, target } = wanted;
    const entry = { actor, action: 'source.export', sourceId, collectorId, name, to: { from, to, streams, ...target } };
    const made = await audited(collections, entry, async () => {
      const stored = { ...wanted, sourceId, startedBy: actor, ...present({ secret }) };
      const result = await createPastExport(collections, exportId, stored);
      return { result, ...(result === undefined ? { mark: BEGUN_BY_ANOTHER } : {}) };
    });
    const first = made ?? (await runningPastExport(collections, sourceId));
    // It has ended between the two looks.
    if (first === null) return this.start(idOrName, wish, actor);
    if (made === undefined) return this.joined(first, name, wanted);
    await unlessTemporalIsAway(() => startWorkflow(this.options, made));
    return viewOf(made);
  }

  /** The newest first. */
  async list(sourceId: number): Promise<PastExport[]> {
    return (await pastExportsOf(this.options.collections, sourceId)).map(viewOf);
  }

  /** @throws CodedRefusal 404 */
  async get(sourceId: number, exportId: number): Promise<PastExport> {
    const found = await pastExportOf(this.options.collections, sourceId, exportId);
    if (found === null) throw unknownExport(exportId);
    return viewOf(found);
  }

  /**
   * Ends the one that runs; what it wrote stays.
   *
   * @param exportId default: whichever runs.
   * @throws CodedRefusal 404, or 409 when it does not run.
   */
  async cancel(idOrName: string, exportId?: number, actor = CLI_ACTOR): Promise<PastExport> {
    const { collections } = this.options;
    const { sourceId, name, collectorId } = await findSource(this.options, idOrName);
    const found =
      exportId === undefined
        ? await runningPastExport(collections, sourceId)
        : await pastExportOf(collections, sourceId, exportId);
    if (found === null && exportId !== undefined) throw unknownExport(exportId);
    if (found?.state !== 'Running') throw notExporting(name);
    const { _id } = found;
    const entry = { actor, action: 'source.export.cancel', sourceId, collectorId, name, to: { exportId: _id } };
    await audited(collections, entry, async () => {
      if (!(await markPastCanceling(collections, _id))) throw notExporting(name);
      return { result: undefined };
    });
    await unlessTemporalIsAway(async () => {
      const workflowId = pastExportWorkflowIdIn(await installationOf(this.options), { sourceId, exportId: _id });
      // Without a workflow there is nobody else to end it.
      if (!(await cancelOwn(this.options, sourceId, workflowId))) await endPastExport(collections, _id, 'Canceled');
    });
    return this.get(sourceId, _id);
  }

  private joined(running: PastExportDocument, name: string, { wish }: Pick<UnderstoodWish, 'wish'>): PastExport {
    if (running.wish !== wish || running.cancelingAt !== undefined) throw isExporting(name, running._id);
    return viewOf(running);
  }

  private async sealed(newSecret: string | undefined, stored: string | undefined): Promise<string | undefined> {
    const { keyring } = this.options;
    if (newSecret === undefined) return stored === undefined ? undefined : renewed(stored, keyring);
    if (keyring === undefined)
      throw new RefusedError(
        'MIMECAST_SECRET_KEYS is not set, so the key cannot be encrypted: set it to the keys of the workers',
      );
    return keyring.encrypt(newSecret);
  }

  private async refuseAnother(wanted: Pick<PastExportRequest, 'sourceId' | 'exportId'>): Promise<void> {
    const workflowId = pastExportWorkflowIdIn(await installationOf(this.options), wanted);
    if ((await findWorkflow(this.options, wanted.sourceId, workflowId)).whose === 'another')
      throw anotherInstallation(workflowId, placeOf(this.options.client));
  }
}

/** A worker that replaces keys may have been past this source when its secret was read, and come to no export yet. */
async function renewed(stored: string, keyring: Keyring | undefined): Promise<string> {
  try {
    return keyring === undefined ? stored : await keyring.renewed(stored);
  } catch (error) {
    // What only the workers can decrypt is left to them.
    if (error instanceof SecretError) return stored;
    throw error;
  }
}

const BEGUN_BY_ANOTHER = {
  outcome: 'failed',
  reason: 'Another one had been started by a simultaneous request',
} as const;

/** Of those that run by what is stored: the ones whose workflow does not, as when a program died after it had stored one. */
export async function startPastExports(access: InstallationAccess, onError: (error: unknown) => void): Promise<void> {
  for (const stored of await quietPastExports(access.collections, new Date(Date.now() - QUIET_MS)))
    await startWorkflow(access, stored).catch(onError);
}

/** One that runs already goes on. @throws CodedRefusal 409 when it is one of another installation. */
async function startWorkflow(access: InstallationAccess, { _id, sourceId }: PastExportDocument): Promise<void> {
  const installation = await installationOf(access);
  const request: PastExportRequest = { sourceId, exportId: _id, installation: installation.id };
  const workflowId = pastExportWorkflowIdIn(installation, request);
  try {
    await access.client.workflow.start(PAST_EXPORT_WORKFLOW_TYPE, {
      workflowId,
      taskQueue: taskQueueOf(installation),
      args: [request],
      memo: { [INSTALLATION_MEMO]: installation.id },
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: 'Exports stored records of the past to a bucket',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if ((await findWorkflow(access, sourceId, workflowId)).whose === 'another')
      throw anotherInstallation(workflowId, placeOf(access.client));
  }
}

function viewOf(stored: PastExportDocument): PastExport {
  const { _id, sourceId, state, cancelingAt, from, to, target, streams, counts, position } = stored;
  const { startedAt, startedBy, endedAt, lastObject, problem } = stored;
  const { bucket, region, endpoint, prefix, form } = target;
  const reached = position === undefined ? 0 : streams.indexOf(position.stream);
  return {
    ...{ id: _id, sourceId, state: state === 'Running' && cancelingAt !== undefined ? 'Canceling' : state },
    ...{ from: from.toISOString(), to: to.toISOString(), bucket, region, prefix, form },
    ...sumOf(Object.values(counts)),
    streams: streams.map((stream, at) => ({
      ...{ stream, done: state === 'Completed' || at < reached },
      ...{ ...NO_PAST_COUNTS, ...counts[stream] },
    })),
    ...{ startedAt: startedAt.toISOString(), startedBy },
    ...present({ endpoint, endedAt: endedAt?.toISOString(), lastObject, problem }),
  };
}

function sumOf(counts: readonly PastCounts[]): PastCounts {
  return counts.reduce(
    (sum, each) => ({
      objects: sum.objects + each.objects,
      records: sum.records + each.records,
      existing: sum.existing + each.existing,
    }),
    NO_PAST_COUNTS,
  );
}
