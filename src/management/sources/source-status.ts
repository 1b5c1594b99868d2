/** What is known of a source's state, also while its worker is away or its workflow has ended. */

import { ServiceError, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { STATUS_QUERY } from '../../domain/contract/contract.js';
import { workflowIdIn } from '../../domain/contract/installation.js';
import type { ExportStatus } from '../../domain/export/export.js';
import { isObject } from '../../domain/json.js';
import type { SourceSnapshot, StreamStatus } from '../../domain/lifecycle/snapshot.js';
import { present } from '../../domain/present.js';
import { addCounts, NO_COUNTS } from '../../domain/streams/outcome.js';
import type { RuleStatus } from '../../domain/streams/rule-status.js';
import { type CheckpointDocument, checkpointsOf } from '../../store/checkpoints.js';
import { storedCollector } from '../../store/collectors.js';
import { gapsOf, type ShownGap } from '../../store/gaps.js';
import { progressOf } from '../../store/progress.js';
import { type RuleText, ruleStatusOf } from '../../store/rule-matches.js';
import { storedFilters } from '../../store/sources.js';
import { exportStatusOf } from '../exports/export-status.js';
import { findWorkflow } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { WORKER_VERSION } from '../temporal/search-attribute-keys.js';
import { placeOf } from '../temporal/temporal-command.js';
import { isTemporalAway } from '../temporal/temporal-errors.js';
import { belongsToAnother, type Uncertainty, uncertaintyOf } from '../temporal/uncertainty.js';
import { workersOf } from '../temporal/workers.js';
import { taskProblemOf } from '../temporal/workflow-task.js';
import { orFromTemporal, type SourceReference } from './source-directory.js';
import { listingOf, type SourceListing, withUncertainty } from './source-listing.js';

/** States that a workflow itself says nothing of. */
const ENDED: readonly string[] = ['Stopped', 'Deleted', 'Terminated', 'Failed'];

export function hasEnded(state: string): boolean {
  return ENDED.includes(state);
}

/** How long a workflow may take to answer before the status goes without. */
const ANSWER_LIMIT_MS = 5_000;

export interface SourceStatus extends SourceListing {
  /** The whole snapshot; absent when no worker answered. */
  readonly snapshot?: SourceSnapshot;
  /** Times from which records are missing for good, the newest first, at most 20; absent while MongoDB is away. */
  readonly gaps?: readonly ShownGap[];
  /** Its processing rules, those that were tried on a record; absent without any, and while MongoDB is away. */
  readonly rules?: readonly RuleStatus[];
  /** Its export to a bucket; absent without one, and while MongoDB is away. */
  readonly export?: ExportStatus;
}

/** A source's whole state. */
export async function statusOf(
  access: InstallationAccess,
  source: SourceReference,
  collector = '',
): Promise<SourceStatus> {
  const installation = await installationOf(access);
  const answer = await askWorkflow<SourceSnapshot>(access, source.sourceId, STATUS_QUERY);
  if ('note' in answer) {
    const { note, described, meanwhile } = answer;
    return { note, ...withUncertainty(listingOf(installation, source, collector, described), meanwhile) };
  }
  const { snapshot, ...stored } = await orFromTemporal<
    Pick<SourceStatus, 'gaps' | 'rules' | 'export'> & { readonly snapshot: SourceSnapshot }
  >(
    async () => {
      const { collections } = access;
      const known = await checkpointsOf(collections, source.sourceId);
      // The workflow knows the name that the collector had when the source began.
      const { name = answer.value.collector } = (await storedCollector(collections, { _id: source.collectorId })) ?? {};
      const snapshot = { ...withProgress(answer.value, known), collector: name };
      const filters = ruleTextsIn(await storedFilters(collections, source.sourceId));
      const rules = await ruleStatusOf(collections, source.sourceId, filters);
      return {
        snapshot,
        gaps: await gapsOf(collections, source.sourceId),
        ...(rules.length === 0 ? {} : { rules }),
        ...present({ export: await exportStatusOf(collections, source.sourceId) }),
      };
    },
    async () => ({ snapshot: answer.value }),
  );
  // Looked at after the answer, so that its search attributes are not older than that.
  const found = await findWorkflow(access, source.sourceId, workflowIdIn(installation, source.sourceId));
  const described = found.whose === 'ours' ? found.description : undefined;
  const listed = listingOf(installation, source, snapshot.collector, described);
  const whole = { ...listed, snapshot, ...stored };
  // A workflow that was ended from outside still answers the query, with what it last knew.
  return hasEnded(listed.state) ? whole : { ...whole, ...ofSnapshot(snapshot) };
}

export interface Unanswered {
  readonly note: string;
  /** Absent when there is no workflow. */
  readonly described?: WorkflowExecutionDescription;
  readonly meanwhile?: Uncertainty;
}

/** Asks a source's workflow; when it does not answer, says why. @throws Error when Temporal does not say why. */
export async function askWorkflow<T>(
  access: InstallationAccess,
  sourceId: number,
  query: string,
): Promise<{ readonly value: T } | Unanswered> {
  const workflowId = workflowIdIn(await installationOf(access), sourceId);
  const found = await findWorkflow(access, sourceId, workflowId);
  if (found.whose !== 'ours') return notOurs(access, found.whose, workflowId);
  const { client } = access;
  const handle = client.workflow.getHandle(workflowId);
  try {
    return { value: await client.withDeadline(Date.now() + ANSWER_LIMIT_MS, () => handle.query<T>(query)) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { note: NO_WORKFLOW };
    return whyUnanswered(access, sourceId, workflowId, reasonOf(error));
  }
}

const NO_WORKFLOW = 'it has no workflow; "start" starts it';

function notOurs({ client }: InstallationAccess, whose: 'another' | 'none', workflowId: string): Unanswered {
  if (whose === 'none') return { note: NO_WORKFLOW };
  const meanwhile = belongsToAnother(workflowId, placeOf(client));
  return { note: meanwhile.text, meanwhile };
}

async function whyUnanswered(
  access: InstallationAccess,
  sourceId: number,
  workflowId: string,
  unanswered: string,
): Promise<Unanswered> {
  const installation = await installationOf(access);
  const [workers, found] = await Promise.all([
    workersOf(access.client, installation),
    findWorkflow(access, sourceId, workflowId),
  ]);
  if (found.whose !== 'ours') return notOurs(access, found.whose, workflowId);
  const { description: described } = found;
  const task = await taskProblemOf(access.client, described);
  const version = described.typedSearchAttributes.get(WORKER_VERSION);
  const place = placeOf(access.client);
  const meanwhile = uncertaintyOf({ workflowId, place, workers, version, task, unanswered });
  return { note: meanwhile?.text ?? unanswered, described, ...present({ meanwhile }) };
}

function reasonOf(error: unknown): string {
  if (isTemporalAway(error)) return `did not answer within ${ANSWER_LIMIT_MS / 1_000} s`;
  const cause = error instanceof ServiceError ? error.cause : error;
  return `answered with an error (${cause instanceof Error ? cause.message : String(cause)})`;
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

function ruleTextsIn(filters: unknown): RuleText[] {
  const all: readonly unknown[] = Array.isArray(filters) ? filters : [];
  return all.filter(isObject).map(({ name, filterType, regexp }) => {
    return { name: String(name), filterType: String(filterType), regexp: String(regexp) };
  });
}

function ofSnapshot({ state, health }: SourceSnapshot): Pick<SourceListing, 'state' | 'health'> {
  return { state, health };
}
