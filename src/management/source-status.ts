/** What is known of a source's state, also while its worker is away or its workflow has ended. */

import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { STATUS_QUERY, workflowIdOf } from '../source/contract.js';
import { isFinal, LIFECYCLE_STATES } from '../source/lifecycle.js';
import { addCounts, NO_COUNTS } from '../source/outcome.js';
import type { Health, SourceSnapshot, StreamStatus } from '../source/snapshot.js';
import { progressOf } from '../store/checkpoints.js';
import type { CheckpointDocument, Collections } from '../store/collections.js';
import { gapsOf, type ShownGap } from '../store/gaps.js';
import { ERROR_TYPE, HEALTH, LAST_EVENT_TIME, STATE } from './search-attribute-keys.js';
import { orFromTemporal, type SourceReference } from './source-directory.js';

/** States that a workflow itself says nothing of. */
const ENDED: readonly string[] = ['Stopped', 'Deleted', 'Terminated', 'Failed'];

/** How long Temporal, or a workflow, may take to answer before the status goes without. */
const ANSWER_LIMIT_MS = 5_000;

export interface SourceListing {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
  readonly workflowId: string;
  /** Lifecycle state; `Pending` before the workflow's first step, `Stopped` when there is no workflow. */
  readonly state: string;
  readonly health: Health | 'Unknown';
  readonly errorType?: string;
  readonly lastEventTime?: string;
  /** Why there is no snapshot, or why the state may be old. */
  readonly note?: string;
}

export interface SourceStatus extends SourceListing {
  /** The whole snapshot; absent when no worker answered. */
  readonly snapshot?: SourceSnapshot;
  /** Times from which records are missing for good, the newest first, at most 20; absent while MongoDB is away. */
  readonly gaps?: readonly ShownGap[];
}

/** The line of a running source while no worker is there: nobody can say how it is. */
export function withoutWorker(listing: SourceListing): SourceListing {
  const isRunning = LIFECYCLE_STATES.some((state) => state === listing.state && !isFinal(state));
  if (!isRunning) return listing;
  return { ...listing, health: 'Unknown', note: 'no worker is running ("npm run worker"): state as last known' };
}

interface Access {
  readonly client: Client;
  readonly collections: Collections;
}

/** A source's line in the list, from its search attributes: no worker is needed to answer. */
export async function listedOf(
  { client }: Access,
  { sourceId, name, stopped }: SourceReference,
  collector: string,
): Promise<SourceListing> {
  const workflowId = workflowIdOf(sourceId);
  const described = await describe(client, workflowId);
  const attributes = described?.typedSearchAttributes;
  const state = stateOf(described, stopped);
  const health = attributes?.get(HEALTH) as Health | undefined;
  const errorType = attributes?.get(ERROR_TYPE);
  const lastEventTime = attributes?.get(LAST_EVENT_TIME);
  return {
    sourceId,
    name,
    collector,
    workflowId,
    state,
    // What a workflow last said of itself says nothing once it was ended from outside.
    health: state === 'Terminated' || state === 'Failed' ? 'Unknown' : (health ?? 'Unknown'),
    ...(errorType === undefined ? {} : { errorType }),
    ...(lastEventTime === undefined ? {} : { lastEventTime: lastEventTime.toISOString() }),
  };
}

/** A source's whole state. */
export async function statusOf(access: Access, source: SourceReference, collector = ''): Promise<SourceStatus> {
  const answer = await askWorkflow<SourceSnapshot>(access.client, source.sourceId, STATUS_QUERY);
  if ('note' in answer) {
    const listed = await listedOf(access, source, collector);
    const ended = listed.state === 'Stopped' || listed.state === 'Deleted';
    return { ...listed, ...(ended ? {} : { health: 'Unknown' as const }), note: answer.note };
  }
  const { snapshot, gaps } = await orFromTemporal<{
    readonly snapshot: SourceSnapshot;
    readonly gaps?: readonly ShownGap[];
  }>(
    async () => {
      const { checkpoints, collectors, gaps } = access.collections;
      const known = await checkpoints.find({ sourceId: source.sourceId }).toArray();
      // The workflow knows the name that the collector had when the source began.
      const { name = answer.value.collector } = (await collectors.findOne({ _id: source.collectorId })) ?? {};
      const snapshot = { ...withProgress(answer.value, known), collector: name };
      return { snapshot, gaps: await gapsOf(gaps, source.sourceId) };
    },
    async () => ({ snapshot: answer.value }),
  );
  const listed = await listedOf(access, source, snapshot.collector);
  const whole = { ...listed, snapshot, ...(gaps === undefined ? {} : { gaps }) };
  // A workflow that was ended from outside still answers the query, with what it last knew.
  return ENDED.includes(listed.state) ? whole : { ...whole, ...ofSnapshot(snapshot) };
}

/** Asks a source's workflow; when it does not answer, says why. */
export async function askWorkflow<T>(
  client: Client,
  sourceId: number,
  query: string,
): Promise<{ readonly value: T } | { readonly note: string }> {
  const handle = client.workflow.getHandle(workflowIdOf(sourceId));
  try {
    return { value: await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => handle.query<T>(query)) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { note: 'it has no workflow; "start" starts it' };
    const reason = error instanceof Error ? error.message : String(error);
    return { note: `no worker answered (${reason}); is one running ("npm run worker")?` };
  }
}

/** The workflow hears of a slice when it ends; the checkpoints tell how far it is now. */
function withProgress(snapshot: SourceSnapshot, checkpoints: readonly CheckpointDocument[]): SourceSnapshot {
  const known = new Map(checkpoints.map((checkpoint) => [checkpoint.stream, checkpoint]));
  const streams = snapshot.streams.map((status): StreamStatus => {
    const checkpoint = known.get(status.stream);
    if (checkpoint === undefined) return status;
    const { totals, ...progress } = progressOf(checkpoint);
    return { ...status, ...totals, ...progress };
  });
  return { ...snapshot, streams, totals: streams.reduce(addCounts, NO_COUNTS) };
}

function ofSnapshot({ state, health }: SourceSnapshot): Pick<SourceListing, 'state' | 'health'> {
  return { state, health };
}

function stateOf(described: WorkflowExecutionDescription | undefined, stopped: boolean): string {
  if (described === undefined) return stopped ? 'Stopped' : 'Pending';
  const status = described.status.name;
  const isFailed = status === 'FAILED' || status === 'TIMED_OUT';
  // What was ended from outside is started again, unless somebody has stopped it since.
  if (status === 'TERMINATED' || isFailed) return stopped ? 'Stopped' : isFailed ? 'Failed' : 'Terminated';
  return described.typedSearchAttributes.get(STATE) ?? 'Pending';
}

async function describe(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      client.workflow.getHandle(workflowId).describe(),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
