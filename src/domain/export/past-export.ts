/** An export of the past: records that are stored already, written to a bucket once, by a workflow of its own. */

import { type Installation, workflowIdIn } from '../contract/installation.js';
import type { Failure } from '../failures/failure.js';
import type { StreamName } from '../streams/streams.js';

export const PAST_EXPORT_WORKFLOW_TYPE = 'mimecastPastExport';

/**
 * Each has an ID of its own: the workflow of one that has ended, by what is stored, may still have to close. The dot is in no name
 * of an installation, so that nobody takes it for the ID of a source.
 */
export function pastExportWorkflowIdIn(
  installation: Pick<Installation, 'name'>,
  { sourceId, exportId }: Pick<PastExportRequest, 'sourceId' | 'exportId'>,
): string {
  return `${workflowIdIn(installation, sourceId)}-past-export.${exportId}`;
}

/** Argument of the workflow. */
export interface PastExportRequest {
  readonly sourceId: number;
  readonly exportId: number;
  /** Identity of the installation. */
  readonly installation: string;
  /** For tests: continues as new at this many events of history. */
  readonly maxHistoryEvents?: number;
}

/** The bucket, as a configuration describes it, without secrets. */
export interface PastTarget {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
  readonly stsEndpoint?: string;
  readonly prefix: string;
  readonly form: 'received' | 'ecs' | 'ocsf';
}

/** What a slice of work ended with. */
export interface PastSliceOutcome {
  /** `over`: nothing is left of it, or it was canceled, or its source is gone. */
  readonly result: 'more' | 'over';
  /** How far it is, for people. */
  readonly text: string;
}

/** Why it ends before it is done. */
export type PastExportEnd = { readonly state: 'Canceled' } | { readonly state: 'Failed'; readonly failure: Failure };

/** `Canceling`: what is being written is finished. */
export const PAST_EXPORT_STATES = ['Running', 'Canceling', 'Completed', 'Canceled', 'Failed'] as const;
export type PastExportState = (typeof PAST_EXPORT_STATES)[number];

/** Of objects, and the records in them. */
export interface PastCounts {
  /** Objects that are in the bucket now. */
  readonly objects: number;
  /** Records in these. */
  readonly records: number;
  /** Of the objects, those that an earlier export has written. */
  readonly existing: number;
}

export const NO_PAST_COUNTS: PastCounts = { objects: 0, records: 0, existing: 0 };

export interface PastStream extends PastCounts {
  readonly stream: StreamName;
  readonly done: boolean;
}

/** How far an export of the past is, for people and programs. Times are ISO strings. */
export interface PastExport extends PastCounts {
  readonly id: number;
  readonly sourceId: number;
  readonly state: PastExportState;
  /** Times of the records; `to` is not a part of the range. */
  readonly from: string;
  readonly to: string;
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly prefix: string;
  readonly form: string;
  readonly streams: readonly PastStream[];
  readonly startedAt: string;
  /** Who asked for it, as in the audit trail. */
  readonly startedBy: string;
  readonly endedAt?: string;
  readonly lastObject?: { readonly key: string; readonly records: number; readonly isNew: boolean };
  /** What fails at the moment, or why it failed. */
  readonly problem?: Failure & { readonly since: string };
}

export function isRunning({ state }: Pick<PastExport, 'state'>): boolean {
  return state === 'Running' || state === 'Canceling';
}
