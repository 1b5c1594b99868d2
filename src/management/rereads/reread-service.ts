/** Starts, watches and cancels `backfill` and `verify`. */

import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { INSTALLATION_MEMO, rereadWorkflowIdIn, taskQueueOf } from '../../domain/contract/installation.js';
import {
  PROGRESS_QUERY,
  REREAD_WORKFLOW_TYPE,
  type RereadKind,
  type RereadReport,
  type RereadRequest,
} from '../../domain/rereads/reread.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import { checkpointsOf } from '../../store/checkpoints.js';
import type { Page, PageRequest } from '../../store/list-page.js';
import { type MissingDocument, missingPage, missingRecords } from '../../store/missing-records.js';
import { storedSource } from '../../store/sources.js';
import { auditedIfPossible, CLI_ACTOR } from '../audited.js';
import { RefusedError } from '../common/errors.js';
import { parseTime } from '../common/parse-time.js';
import { anotherInstallation } from '../refusals.js';
import { findSource, type SourceReference } from '../sources/source-directory.js';
import { type FoundWorkflow, findWorkflow } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';
import { isRereading, neverReread, notRereading } from './reread-errors.js';

/** What to read again, as people say it. */
export interface RereadInput {
  /** Default: all streams of the source. */
  readonly streams?: readonly string[];
  /** An ISO time, or a duration before now such as "7d". Default: the first day that the source asked for; of a bucket, all. */
  readonly from?: string;
  /** Default: now. */
  readonly to?: string;
}

export interface StartedReread {
  readonly sourceId: number;
  readonly workflowId: string;
  readonly from: string;
  readonly to: string;
  readonly streams: readonly StreamName[];
}

export interface MissingRecord {
  readonly stream: StreamName;
  /** The record's `_id` in hexadecimal. */
  readonly id: string;
  /** Whether it could not be read as a record, and so is missing in `quarantine`. */
  readonly unreadable: boolean;
  readonly place: string;
  readonly messageTime?: string;
}

type Range = Pick<StartedReread, 'streams' | 'from' | 'to'>;

/** How long Temporal, and a worker, may take to answer. */
const ANSWER_LIMIT_MS = 5_000;

export interface RereadProgress {
  /** `RUNNING`, `COMPLETED`, `CANCELLED`, … as Temporal says; `UNKNOWN` while it does not. */
  readonly state: string;
  readonly report?: RereadReport;
}

export class RereadService {
  constructor(private readonly options: InstallationAccess) {}

  /**
   * @param actor who is noted in the audit trail.
   * @throws RefusedError naming every mistake in the wish, or that one of the kind is running already.
   */
  async start(kind: RereadKind, idOrName: string, wish: RereadInput, actor = CLI_ACTOR): Promise<StartedReread> {
    const source = await findSource(this.options, idOrName);
    const { sourceId, name } = source;
    const { collections } = this.options;
    const range = await this.rangeFor(source, wish);
    await collections.ensureIndexes();
    const entry = { actor, action: `source.${kind}`, sourceId, name, to: range };
    const workflowId = await auditedIfPossible(collections, entry, () => this.startWorkflow(kind, source, range));
    return { sourceId, workflowId, ...range };
  }

  private async rangeFor({ sourceId, name }: SourceReference, wish: RereadInput): Promise<Range> {
    const { collections } = this.options;
    const checkpoints = await checkpointsOf(collections, sourceId);
    if (checkpoints.length === 0) throw new RefusedError(`The source "${name}" has not collected anything yet`);
    const stored = await storedSource(collections, { _id: sourceId });
    // All of a bucket is collected, however old.
    const isWhole = stored?.config.collectionMethod === 's3';
    const first = isWhole ? 0 : Math.min(...checkpoints.map(({ beginAt }) => beginAt.getTime()));
    return rangeOf(
      wish,
      checkpoints.map(({ stream }) => stream),
      first,
      Date.now(),
    );
  }

  private async startWorkflow(kind: RereadKind, { sourceId, name }: SourceReference, range: Range): Promise<string> {
    const installation = await installationOf(this.options);
    const workflowId = rereadWorkflowIdIn(installation, sourceId, kind);
    const request: RereadRequest = { sourceId, installation: installation.id, ...range };
    try {
      await this.inTime(({ workflow }) =>
        workflow.start(REREAD_WORKFLOW_TYPE[kind], {
          workflowId,
          taskQueue: taskQueueOf(installation),
          args: [request],
          memo: { [INSTALLATION_MEMO]: installation.id },
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: `${kind} of Mimecast source "${name}"`,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { whose } = await findWorkflow(this.options, sourceId, workflowId);
      throw whose === 'another'
        ? anotherInstallation(workflowId, placeOf(this.options.client))
        : isRereading(kind, name);
    }
    return workflowId;
  }

  /** How far the last one of the kind is, or how it ended. */
  async report(kind: RereadKind, sourceId: number): Promise<RereadProgress> {
    const last = await this.last(kind, sourceId);
    if (last === undefined) throw neverReread(kind, sourceId);
    return last;
  }

  /** The same; nothing when there was none. */
  async last(kind: RereadKind, sourceId: number): Promise<RereadProgress | undefined> {
    try {
      const found = await this.find(kind, sourceId);
      if (found.whose !== 'ours') return undefined;
      const { status, workflowId } = found.description;
      const handle = this.options.client.workflow.getHandle(workflowId);
      if (status.name === 'COMPLETED')
        return { state: 'COMPLETED', report: await this.inTime(() => handle.result() as Promise<RereadReport>) };
      const report = await this.inTime(() => handle.query<RereadReport>(PROGRESS_QUERY));
      return { state: status.name, report };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      if (error instanceof RefusedError) throw error;
      return { state: 'UNKNOWN' };
    }
  }

  /** @throws RefusedError when none is running. */
  async cancel(kind: RereadKind, idOrName: string, actor = CLI_ACTOR): Promise<{ readonly sourceId: number }> {
    const { sourceId, name } = await findSource(this.options, idOrName);
    const found = await this.find(kind, sourceId);
    if (found.whose !== 'ours' || found.description.status.name !== 'RUNNING') throw notRereading(kind, name);
    const { workflowId, runId } = found.description;
    const entry = { actor, action: `source.${kind}.cancel`, sourceId, name };
    await auditedIfPossible(this.options.collections, entry, () =>
      this.inTime(({ workflow }) => workflow.getHandle(workflowId, runId).cancel()),
    );
    return { sourceId };
  }

  /** Every record that a run found missing, one by one: there may be many. */
  async *missing({ run }: Pick<RereadReport, 'run'>): AsyncGenerator<MissingRecord, void, undefined> {
    for await (const document of missingRecords(this.options.collections, run)) {
      yield missingRecordOf(document);
    }
  }

  /** The same page by page, in no order. */
  async missingPage(run: string, request: PageRequest): Promise<Page<MissingRecord>> {
    const { items, ...next } = await missingPage(this.options.collections, run, request);
    return { items: items.map(missingRecordOf), ...next };
  }

  private async find(kind: RereadKind, sourceId: number): Promise<FoundWorkflow> {
    const workflowId = rereadWorkflowIdIn(await installationOf(this.options), sourceId, kind);
    return findWorkflow(this.options, sourceId, workflowId);
  }

  private inTime<T>(call: (client: Client) => Promise<T>): Promise<T> {
    const { client } = this.options;
    return client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => call(client));
  }
}

function missingRecordOf({ stream, recordId, unreadable, place, messageTime }: MissingDocument): MissingRecord {
  const time = messageTime === undefined ? {} : { messageTime: messageTime.toISOString() };
  return { stream, id: recordId.toString('hex'), unreadable, place, ...time };
}

function rangeOf({ streams, from, to }: RereadInput, known: readonly StreamName[], first: number, now: number): Range {
  const begin = from === undefined ? first : parseTime(from, now);
  const end = to === undefined ? now : parseTime(to, now);
  const strange = (streams ?? []).filter((name) => !known.some((stream) => stream === name));
  const mistakes = [
    ...strange.map((name) => `stream: the source does not collect "${name}"; it collects: ${known.join(', ')}`),
    ...(begin === undefined
      ? [`from: "${from}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`]
      : []),
    ...(end === undefined ? [`to: "${to}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 1h`] : []),
    ...(begin !== undefined && end !== undefined && begin >= end ? ['from: must be before "to"'] : []),
  ];
  if (mistakes.length > 0 || begin === undefined || end === undefined)
    throw new RefusedError('This range cannot be read again:', mistakes);
  const wanted = STREAMS.filter((stream) => (streams === undefined ? known : streams).includes(stream));
  return { streams: wanted, from: new Date(begin).toISOString(), to: new Date(Math.min(end, now)).toISOString() };
}
