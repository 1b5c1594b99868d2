/** The fill-in: a workflow of the installation that gives records of earlier versions their indicators. */

import { type Installation, taskQueueOf } from '../contract/installation.js';

export const FILL_IN_WORKFLOW_TYPE = 'mimecastIndicatorFillIn';
/** Answers with the `FillInProgress` as it is now. */
export const FILL_IN_QUERY = 'progress';

/** One for each version of the indicators, so that the same is not done twice. */
export function fillInWorkflowId(installation: Pick<Installation, 'name'>, version: number): string {
  return `${taskQueueOf(installation)}-indicators-v${version}`;
}

/** Argument of the workflow. */
export interface FillInRequest {
  /** Identity of the installation. */
  readonly installation: string;
  /** For tests: continues as new at this many events of history. */
  readonly maxHistoryEvents?: number;
}

export interface FillInProgress {
  /** Records looked at. */
  readonly read: number;
  /** Of those, the ones that were given indicators. */
  readonly filled: number;
  readonly isDone: boolean;
  /** Where it stands, for people. */
  readonly position: string;
}
