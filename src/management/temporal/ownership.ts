/** Whose a workflow is. Nothing is asked of, and nothing is done to, a workflow of another installation. */

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../domain/contract/contract.js';
import { INSTALLATION_MEMO, type Installation, sourceIdIn, taskQueueOf } from '../../domain/contract/installation.js';
import type { Collections } from '../../store/collections.js';
import { storeErrorFactsOf } from '../../store/mongo-error.js';
import { type SourceOrigin, sourceOrigins } from '../../store/sources.js';
import { RefusedError } from '../common/errors.js';
import { INSTALLATION, NAME } from './search-attribute-keys.js';
import { type TemporalPlace, terminateCommand } from './temporal-command.js';

export interface InstallationAccess {
  readonly client: Client;
  readonly collections: Collections;
}

/** What Temporal says of a workflow, in a description as well as in a list. */
export type SeenRun = Pick<WorkflowExecutionInfo, 'memo' | 'typedSearchAttributes' | 'startTime' | 'type'>;

/** The clocks of this machine and of Temporal may differ by so much. */
const CLOCKS_MS = 60_000;
/** How long a list of all that run may take, all its pages together. */
const LIST_LIMIT_MS = 10_000;

/** The identity that a workflow carries; `undefined` when it was started by hand or by an earlier version. */
export function labelOf({
  memo,
  typedSearchAttributes,
}: Pick<SeenRun, 'memo' | 'typedSearchAttributes'>): string | undefined {
  const noted = memo?.[INSTALLATION_MEMO];
  return typeof noted === 'string' ? noted : typedSearchAttributes.get(INSTALLATION);
}

/** Whether a workflow of a source, its own or one that reads again, belongs to this installation. */
export async function isOurs(access: InstallationAccess, sourceId: number, seen: SeenRun): Promise<boolean> {
  const installation = await installationOf(access);
  const label = labelOf(seen);
  if (label !== undefined) return label === installation.id;
  const claim = claimOf(seen, (await sourceOrigins(access.collections, [sourceId])).get(sourceId));
  if (claim !== 'number') return claim === 'name';
  return !areOthersAmong(await runningSources(access.client, installation), installation);
}

/** The same for a run whose activity a worker has been given. */
export async function isOwnRun(
  access: InstallationAccess,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  sourceId: number,
): Promise<boolean> {
  return isOurs(access, sourceId, await access.client.workflow.getHandle(workflowId, runId).describe());
}

/**
 * What speaks for it that a workflow without an identity works for a stored source: that it calls it by its name, or its
 * `number` alone. That says too little where sources of other installations have numbers of the same kind. Nothing speaks
 * for one that was started before the source was made, or that no worker has begun to work on.
 */
export type Claim = 'name' | 'number' | 'none';

export function claimOf({ startTime, typedSearchAttributes, type }: SeenRun, source: SourceOrigin | undefined): Claim {
  if (source === undefined || source.createdAt.getTime() - CLOCKS_MS > startTime.getTime()) return 'none';
  const name = typedSearchAttributes.get(NAME);
  if (name === source.name) return 'name';
  // Started by hand by its number, it has not read its configuration yet; what reads again never has a name.
  return name === `source ${source._id}` || type !== WORKFLOW_TYPE ? 'number' : 'none';
}

/** Whether there are sources of another installation on the task queue of this one. */
export function areOthersAmong(running: readonly RunningSource[], installation: Installation): boolean {
  return running.some(({ info }) => {
    const label = labelOf(info);
    return label !== undefined && label !== installation.id && info.taskQueue === taskQueueOf(installation);
  });
}

export interface RunningSource {
  readonly sourceId: number;
  readonly info: WorkflowExecutionInfo;
}

/** For Temporal's index: what runs of these workflow types. */
export function runningQuery(types: readonly string[]): string {
  const names = types.map((type) => `"${type}"`).join(', ');
  return `WorkflowType IN (${names}) AND ExecutionStatus = "Running"`;
}

/** All running workflows of these types, whosever they are. */
export function listRunning(client: Client, types: readonly string[]): Promise<WorkflowExecutionInfo[]> {
  return client.withDeadline(Date.now() + LIST_LIMIT_MS, async () => {
    const found: WorkflowExecutionInfo[] = [];
    for await (const info of client.workflow.list({ query: runningQuery(types) })) found.push(info);
    return found;
  });
}

/** All running workflows whose ID is that of a source of an installation of this name, whosever they are. */
export async function runningSources(
  client: Client,
  installation: Pick<Installation, 'name'>,
): Promise<RunningSource[]> {
  return (await listRunning(client, [WORKFLOW_TYPE])).flatMap((info) => {
    const sourceId = sourceIdIn(installation, info.workflowId);
    return sourceId === undefined ? [] : [{ sourceId, info }];
  });
}

/**
 * This installation. While MongoDB is away, the only one of whose sources Temporal knows.
 *
 * @throws RefusedError when MongoDB is away and there are several.
 */
export async function installationOf({ client, collections }: InstallationAccess): Promise<Installation> {
  try {
    return await collections.installation();
  } catch (error) {
    if (storeErrorFactsOf(error)?.origin !== 'mongodb') throw error;
    const name = collections.givenName === undefined ? {} : { name: collections.givenName };
    const running = await runningSources(client, name);
    const [id = NOBODY, ...others] = new Set(running.flatMap(({ info }) => labelOf(info) ?? []));
    if (others.length === 0) return { id, ...name };
    throw new RefusedError(
      'MongoDB does not answer, and sources of several installations run in this namespace of Temporal: ' +
        'only MongoDB knows which of them are meant',
    );
  }
}

/** No workflow carries it. */
const NOBODY = 'unknown';

export function anotherInstallationText(workflowId: string, place: TemporalPlace): string {
  return (
    `the workflow ${workflowId} belongs to another installation, whose programs use another MongoDB database and the same ` +
    'namespace of Temporal: give this installation its own name with MIMECAST_INSTALLATION, or set ' +
    'TEMPORAL_NAMESPACE to its own namespace; if the other one no longer exists, run ' +
    `"${terminateCommand(place, workflowId)}"`
  );
}
