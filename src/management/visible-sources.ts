/** The running sources as Temporal's index shows them: one query for all. The index may be a moment behind. */

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPE, workflowIdOf } from '../source/contract.js';

/** How long the whole query may take, all its pages together. */
const ANSWER_LIMIT_MS = 10_000;

/** @returns by source ID. */
export function visibleSources(client: Client): Promise<Map<number, WorkflowExecutionInfo>> {
  const query = `WorkflowType = "${WORKFLOW_TYPE}" AND ExecutionStatus = "Running"`;
  return client.withDeadline(Date.now() + ANSWER_LIMIT_MS, async () => {
    const found = new Map<number, WorkflowExecutionInfo>();
    for await (const info of client.workflow.list({ query })) {
      const sourceId = sourceIdOf(info.workflowId);
      const known = found.get(sourceId);
      // For a moment after continue-as-new both runs may be shown.
      if (known === undefined || known.startTime < info.startTime) found.set(sourceId, info);
    }
    return found;
  });
}

function sourceIdOf(workflowId: string): number {
  return Number(workflowId.slice(workflowIdOf(0).length - 1));
}
