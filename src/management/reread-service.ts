/** Starts, watches and cancels `backfill` and `verify`. */

import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { TASK_QUEUE } from '../source/contract.js';
import { parseDuration } from '../source/duration.js';
import {
  PROGRESS_QUERY,
  REREAD_WORKFLOW_TYPE,
  type RereadKind,
  type RereadReport,
  type RereadRequest,
  rereadWorkflowId,
} from '../source/reread.js';
import { STREAMS, type StreamName } from '../source/streams.js';
import type { Collections } from '../store/collections.js';
import type { MissingDocument } from '../store/rereads.js';
import { RefusedError } from './errors.js';
import { findSource } from './source-directory.js';

/** What to read again, as people say it. */
export interface RereadWish {
  /** Default: all streams of the source. */
  readonly streams?: readonly string[];
  /** An ISO time, or a duration before now such as "7d". Default: the first day that the source asked for. */
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

/** How long a worker may take to tell how far it is. */
const ANSWER_LIMIT_MS = 5_000;

export class RereadService {
  constructor(private readonly options: { readonly collections: Collections; readonly client: Client }) {}

  /** @throws RefusedError naming every mistake in the wish, or that one of the kind is running already. */
  async start(kind: RereadKind, idOrName: string, wish: RereadWish, now = Date.now()): Promise<StartedReread> {
    const { collections, client } = this.options;
    const { sourceId, name } = await findSource(this.options, idOrName);
    const checkpoints = await collections.checkpoints.find({ sourceId }).toArray();
    if (checkpoints.length === 0) throw new RefusedError(`The source "${name}" has not collected anything yet`);
    const first = Math.min(...checkpoints.map(({ beginAt }) => beginAt.getTime()));
    const range = rangeOf(
      wish,
      checkpoints.map(({ stream }) => stream),
      first,
      now,
    );
    await collections.ensureIndexes();
    const workflowId = rereadWorkflowId(sourceId, kind);
    const request: RereadRequest = { sourceId, ...range };
    try {
      await client.workflow.start(REREAD_WORKFLOW_TYPE[kind], {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [request],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `${kind} of Mimecast source "${name}"`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw new RefusedError(
        `A ${kind} of the source "${name}" is running already; "${kind} ${sourceId} --cancel" ends it`,
      );
    }
    return { sourceId, workflowId, ...range };
  }

  /** How far the last one of the kind is, or how it ended. */
  async report(
    kind: RereadKind,
    sourceId: number,
  ): Promise<{ readonly state: string; readonly report?: RereadReport }> {
    const handle = this.handle(kind, sourceId);
    try {
      const { status } = await handle.describe();
      if (status.name === 'COMPLETED') return { state: 'COMPLETED', report: (await handle.result()) as RereadReport };
      const deadline = Date.now() + ANSWER_LIMIT_MS;
      const report = await this.options.client.withDeadline(deadline, () => handle.query<RereadReport>(PROGRESS_QUERY));
      return { state: status.name, report };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        throw new RefusedError(`There was no ${kind} of source ${sourceId} yet`);
      return { state: 'UNKNOWN' };
    }
  }

  /** @throws RefusedError when none is running. */
  async cancel(kind: RereadKind, idOrName: string): Promise<{ readonly sourceId: number }> {
    const { sourceId, name } = await findSource(this.options, idOrName);
    if (!(await this.isRunning(kind, sourceId)))
      throw new RefusedError(`No ${kind} of the source "${name}" is running`);
    await this.handle(kind, sourceId).cancel();
    return { sourceId };
  }

  /** Every record that a run found missing, one by one: there may be many. */
  async *missing(run: string): AsyncGenerator<MissingRecord, void, undefined> {
    for await (const document of this.options.collections.missing.find({ run }).sort({ stream: 1, place: 1 })) {
      yield missingRecordOf(document);
    }
  }

  private async isRunning(kind: RereadKind, sourceId: number): Promise<boolean> {
    try {
      return (await this.handle(kind, sourceId).describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private handle(kind: RereadKind, sourceId: number) {
    return this.options.client.workflow.getHandle(rereadWorkflowId(sourceId, kind));
  }
}

function missingRecordOf({ stream, recordId, unreadable, place, messageTime }: MissingDocument): MissingRecord {
  const time = messageTime === undefined ? {} : { messageTime: messageTime.toISOString() };
  return { stream, id: recordId.toString('hex'), unreadable, place, ...time };
}

function rangeOf(
  { streams, from, to }: RereadWish,
  known: readonly StreamName[],
  first: number,
  now: number,
): Pick<StartedReread, 'streams' | 'from' | 'to'> {
  const begin = from === undefined ? first : timeOf(from, now);
  const end = to === undefined ? now : timeOf(to, now);
  const strange = (streams ?? []).filter((name) => !known.some((stream) => stream === name));
  const mistakes = [
    ...strange.map((name) => `--stream: the source does not collect "${name}"; it collects: ${known.join(', ')}`),
    ...(begin === undefined
      ? [`--from: "${from}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`]
      : []),
    ...(end === undefined
      ? [`--to: "${to}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 1h`]
      : []),
    ...(begin !== undefined && end !== undefined && begin >= end ? ['--from must lie before --to'] : []),
  ];
  if (mistakes.length > 0 || begin === undefined || end === undefined)
    throw new RefusedError('This cannot be read again:', mistakes);
  const wanted = STREAMS.filter((stream) => (streams === undefined ? known : streams).includes(stream));
  return { streams: wanted, from: new Date(begin).toISOString(), to: new Date(Math.min(end, now)).toISOString() };
}

/** Epoch milliseconds of an ISO time, or of an age. */
function timeOf(text: string, now: number): number | undefined {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(zoned(text)) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** A time of day without a zone means UTC, as everywhere here. */
function zoned(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
