import { workflowInfo } from '@temporalio/workflow';

export interface HistoryLimit {
  /** Continues as new at this many events of history already; for tests. Default: when the server suggests it. */
  readonly maxHistoryEvents?: number;
}

/** Whether the run should end to be continued as new, before its history reaches the server's limits. */
export function isHistoryLong({ maxHistoryEvents }: HistoryLimit): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || (maxHistoryEvents !== undefined && historyLength >= maxHistoryEvents);
}
