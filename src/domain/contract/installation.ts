/**
 * An installation is one MongoDB database with its programs. Several may share a Temporal namespace: the name, where one
 * is given, keeps their workflow IDs and task queues apart; the identity, made once in MongoDB, says whose a workflow is.
 */

import type { RereadKind } from '../rereads/reread.js';
import { TASK_QUEUE, workflowIdOf } from './contract.js';

export interface Installation {
  /** UUID. */
  readonly id: string;
  /** `MIMECAST_INSTALLATION` */
  readonly name?: string;
}

/** Begins with a letter, so that no part of a workflow ID can be taken for a source's number. */
export const INSTALLATION_NAME = /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Key of the identity in a workflow's memo. */
export const INSTALLATION_MEMO = 'installation';
/** Header that tells an activity whose workflow it works for. */
export const INSTALLATION_HEADER = 'mimecast-installation';
/** Error type of an activity that came to the worker of another installation. */
export const REFUSED_BY_STRANGER = 'AnotherInstallation';
/** Signal that gives a workflow its installation's identity if it was started without one. */
export const ADOPT_SIGNAL = 'adopt';

export function isInstallationId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** Task queue of the workflows. */
export function taskQueueOf({ name }: Pick<Installation, 'name'>): string {
  return name === undefined ? TASK_QUEUE : `${TASK_QUEUE}-${name}`;
}

/** Task queue of the activities. No two installations have the same, whatever their names. */
export function activityQueueOf(installationId: string): string {
  return `mimecast-activities-${installationId}`;
}

export function workflowIdIn({ name }: Pick<Installation, 'name'>, sourceId: number): string {
  return name === undefined ? workflowIdOf(sourceId) : `${TASK_QUEUE}-${name}-${sourceId}`;
}

/** The source that a workflow ID names; `undefined` when it is not one of an installation of this name. */
export function sourceIdIn(installation: Pick<Installation, 'name'>, workflowId: string): number | undefined {
  const sourceId = Number(workflowId.slice(workflowIdIn(installation, 0).length - 1));
  return Number.isSafeInteger(sourceId) && workflowIdIn(installation, sourceId) === workflowId ? sourceId : undefined;
}

/** The same whatever the name of its installation. */
export function sourceIdOfAnyName(workflowId: string): number | undefined {
  const [, sourceId] = /^mimecast-source-(?:[a-z][a-z0-9-]*-)?(\d{1,15})$/.exec(workflowId) ?? [];
  return sourceId === undefined ? undefined : Number(sourceId);
}

/** A source has at most one workflow of each kind at a time. */
export function rereadWorkflowIdIn(
  installation: Pick<Installation, 'name'>,
  sourceId: number,
  kind: RereadKind,
): string {
  return `${workflowIdIn(installation, sourceId)}-${kind}`;
}
