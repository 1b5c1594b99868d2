/** Whose a workflow is. Nothing is asked of, and nothing is done to, a workflow of another installation. */

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../source/contract.js';
import { INSTALLATION_MEMO, type Installation, sourceIdIn, taskQueueOf } from '../source/installation.js';
import type { Collections, SourceDocument } from '../store/collections.js';
import { storeTroubleOf } from '../store/mongo-trouble.js';
import { RefusedError } from './errors.js';
import { INSTALLATION, NAME } from './search-attribute-keys.js';

export interface InstallationAccess {
  readonly client: Client;
  readonly collections: Collections;
}

/** What Temporal says of a workflow, in a description as well as in a list. */
export type SeenRun = Pick<WorkflowExecutionInfo, 'memo' | 'typedSearchAttributes' | 'startTime'>;

/** The clocks of this machine and of Temporal may differ by so much. */
const CLOCKS_MS = 60_000;
/** How long a list of all running sources may take, all its pages together. */
const LIST_LIMIT_MS = 10_000;

/** The identity that a workflow carries; `undefined` when it was started by hand or by an earlier version. */
export function labelOf({ memo, typedSearchAttributes }: SeenRun): string | undefined {
  const noted = memo?.[INSTALLATION_MEMO];
  return typeof noted === 'string' ? noted : typedSearchAttributes.get(INSTALLATION);
}

export async function isOurs(access: InstallationAccess, sourceId: number, seen: SeenRun): Promise<boolean> {
  const label = labelOf(seen);
  if (label !== undefined) return label === (await installationOf(access)).id;
  return isLikelyOurs(seen, await storedSource(access, sourceId));
}

/**
 * Whether a workflow that carries no identity works for a stored source: it was started after the source was made, and
 * calls it by its name, if by any.
 */
export function isLikelyOurs(
  seen: SeenRun,
  source: Pick<SourceDocument, '_id' | 'name' | 'createdAt'> | undefined,
): boolean {
  if (source === undefined || source.createdAt.getTime() - CLOCKS_MS > seen.startTime.getTime()) return false;
  return isNameless(seen, source._id) || seen.typedSearchAttributes.get(NAME) === source.name;
}

/** Whether it was started by hand, by its number alone, and has not read its configuration yet. */
function isNameless({ typedSearchAttributes }: SeenRun, sourceId: number): boolean {
  const name = typedSearchAttributes.get(NAME);
  return name === undefined || name === `source ${sourceId}`;
}

/**
 * Whether a workflow that carries no identity can be given ours for good. A number alone says too little where another
 * installation's sources have numbers of the same kind.
 */
export async function mayBeAdopted(access: InstallationAccess, sourceId: number, seen: SeenRun): Promise<boolean> {
  if (!isLikelyOurs(seen, await storedSource(access, sourceId))) return false;
  return !isNameless(seen, sourceId) || !(await areOthersHere(access));
}

/** The same for a run whose activity a worker has been given. */
export async function isOwnRun(
  access: InstallationAccess,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  sourceId: number,
): Promise<boolean> {
  const seen = await access.client.workflow.getHandle(workflowId, runId).describe();
  const label = labelOf(seen);
  if (label === undefined) return mayBeAdopted(access, sourceId, seen);
  return label === (await access.collections.installation()).id;
}

/** Whether sources of another installation run on the task queue of this one. */
async function areOthersHere(access: InstallationAccess): Promise<boolean> {
  const installation = await installationOf(access);
  for (const { info } of await runningSources(access.client, installation)) {
    const label = labelOf(info);
    if (label !== undefined && label !== installation.id && info.taskQueue === taskQueueOf(installation)) return true;
  }
  return false;
}

export interface RunningSource {
  readonly sourceId: number;
  readonly info: WorkflowExecutionInfo;
}

/** All running workflows whose ID is that of a source of an installation of this name, whosever they are. */
export function runningSources(client: Client, installation: Pick<Installation, 'name'>): Promise<RunningSource[]> {
  const query = `WorkflowType = "${WORKFLOW_TYPE}" AND ExecutionStatus = "Running"`;
  return client.withDeadline(Date.now() + LIST_LIMIT_MS, async () => {
    const found: RunningSource[] = [];
    for await (const info of client.workflow.list({ query })) {
      const sourceId = sourceIdIn(installation, info.workflowId);
      if (sourceId !== undefined) found.push({ sourceId, info });
    }
    return found;
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
    if (storeTroubleOf(error)?.origin !== 'mongodb') throw error;
    const name = collections.givenName === undefined ? {} : { name: collections.givenName };
    const running = await runningSources(client, name);
    const [id = NOBODY, ...others] = new Set(running.flatMap(({ info }) => labelOf(info) ?? []));
    if (others.length === 0) return { id, ...name };
    throw new RefusedError(
      'MongoDB does not answer, and sources of several installations run in this namespace of Temporal: ' +
        'which of them are meant is known only to MongoDB',
    );
  }
}

/** No workflow carries it. */
const NOBODY = 'unknown';

async function storedSource({ collections }: InstallationAccess, sourceId: number) {
  const projection = { name: true, createdAt: true } as const;
  return (await collections.sources.findOne({ _id: sourceId }, { projection })) ?? undefined;
}

export function anotherInstallationText(workflowId: string): string {
  return (
    `the workflow ${workflowId} belongs to another installation, whose programs use another MongoDB database and the same ` +
    'namespace of Temporal: give this installation a name of its own with MIMECAST_INSTALLATION, or set ' +
    'TEMPORAL_NAMESPACE to a namespace of its own; if the other one is gone for good, run ' +
    `"temporal workflow terminate --workflow-id ${workflowId}"`
  );
}
