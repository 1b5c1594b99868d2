/** The export of a source: its own workflow, which writes what the source collects to a bucket. */

import { type Installation, sourceIdOfAnyName, workflowIdIn } from '../contract/installation.js';
import type { Failure } from '../failures/failure.js';
import type { Ending } from '../health/health-ledger.js';
import type { Problem } from '../lifecycle/snapshot.js';
import type { StreamName } from '../streams/streams.js';
import { PAST_EXPORT_WORKFLOW_TYPE } from './past-export.js';

export const EXPORT_WORKFLOW_TYPE = 'mimecastExport';
/** All workflows that write what is stored of a source to a bucket. */
export const EXPORT_WORKFLOW_TYPES: readonly string[] = [EXPORT_WORKFLOW_TYPE, PAST_EXPORT_WORKFLOW_TYPE];
/** Its source was changed, restarted or asked to poll: look again at once. */
export const EXPORT_CHANGED_SIGNAL = 'exportChanged';
/** Subject of its health events, which are events of its source. */
export const EXPORT_SUBJECT = 'export' as const;

export function exportWorkflowIdIn(installation: Pick<Installation, 'name'>, sourceId: number): string {
  return `${workflowIdIn(installation, sourceId)}-export`;
}

/** The source that the ID of a workflow of an export names, whatever the name of its installation. */
export function exportingSourceOf(workflowId: string): number | undefined {
  const [, ofSource] = /^(.+?)(?:-past-export[.]\d+|-export)$/.exec(workflowId) ?? [];
  return ofSource === undefined ? undefined : sourceIdOfAnyName(ofSource);
}

/** Argument of the workflow. */
export interface ExportRequest {
  readonly sourceId: number;
  /** Identity of the installation. */
  readonly installation: string;
  /** What the run before knew of a problem that has not ended. */
  readonly carried?: ExportProblem;
  /** For tests: continues as new at this many events of history. */
  readonly maxHistoryEvents?: number;
}

/** What a slice of exporting ended with. */
export interface ExportOutcome {
  /** `ended`: the source exports no longer, or is stopped and everything is exported. */
  readonly result: 'more' | 'caughtUp' | 'ended';
  /** Until the next slice, once it is caught up. */
  readonly intervalMs: number;
  /** What ended the slice after it had written something. */
  readonly failure?: Failure;
}

/** A problem with what names its health event. */
export interface ExportProblem {
  readonly problem: Problem;
  readonly eventId: string;
  readonly closingId: string;
}

/** What the workflow has to say of its health, at an ISO time. `cleared`: what an earlier workflow reported is over. */
export type ExportNote =
  | {
      readonly kind: 'opened' | 'closed';
      readonly problem: ExportProblem;
      readonly at: string;
      /** Of a problem that is closed. */
      readonly ending?: Ending;
    }
  | { readonly kind: 'cleared'; readonly at: string };

export interface ExportNoted {
  /** After so long, the configuration asks for another attempt at what gave up, in milliseconds. */
  readonly againEveryMs?: number;
}

/** `Stopped`: its source is, and everything is exported. */
export type ExportState = 'Exporting' | 'Error' | 'Stopped';

/** How far an export is, for people and programs. Times are ISO strings. */
export interface ExportStatus {
  readonly state: ExportState;
  readonly bucket: string;
  readonly prefix: string;
  /** Objects written, and the records in them. */
  readonly objects: number;
  readonly records: number;
  readonly streams: readonly { readonly stream: StreamName; readonly objects: number; readonly records: number }[];
  /** How long it has been behind what is collected, in milliseconds; 0 when it is caught up. It grows only while its source runs. */
  readonly lagMs: number;
  /** When it last was caught up. */
  readonly caughtUpAt?: string;
  readonly lastObject?: { readonly key: string; readonly at: string };
  readonly problem?: Problem;
}
