/** Histories of a workflow's runs, and what can be read from them. */

import type { WorkflowClient } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { SearchAttributeName } from '../../src/domain/contract/contract.js';

export type History = temporal.api.history.v1.IHistory;

/** The histories of all runs, first to last, along the continue-as-news. */
export async function historiesOf(client: WorkflowClient, workflowId: string): Promise<History[]> {
  const histories: History[] = [];
  let runId: string | undefined = await firstRunOf(client, workflowId);
  while (runId) {
    const history: History = await client.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return histories;
}

async function firstRunOf(client: WorkflowClient, workflowId: string): Promise<string | undefined> {
  const { events } = await client.getHandle(workflowId).fetchHistory();
  return events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? undefined;
}

/** The values that a search attribute took, in order; a value that stays the same over a continue-as-new once. */
export function attributeValues(histories: readonly History[], name: SearchAttributeName): unknown[] {
  const upserts = histories
    .flatMap(({ events }) => events ?? [])
    .flatMap(
      (event) => event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields?.[name] ?? [],
    );
  const values = upserts.map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
  return values.filter((value, index) => index === 0 || value !== values[index - 1]);
}

/**
 * Until when each scheduled activity of a type may be tried again, in epoch milliseconds of the workflow's own clock. Those
 * with a single attempt, and those with the second that an attempt is given at least, are left out.
 */
export function retryDeadlines(histories: readonly History[], activityType: string): number[] {
  return histories.flatMap(({ events }) => {
    const byId = new Map((events ?? []).map((event) => [String(event.eventId), event]));
    return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
      if (scheduled?.activityType?.name !== activityType || scheduled.retryPolicy?.maximumAttempts === 1) return [];
      const completed = byId.get(String(scheduled.workflowTaskCompletedEventId));
      const started = byId.get(String(completed?.workflowTaskCompletedEventAttributes?.startedEventId));
      const budget = msOf(scheduled.scheduleToCloseTimeout);
      return budget <= 1_000 ? [] : [msOf(started?.eventTime) + budget];
    });
  });
}

function msOf(span: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined): number {
  return Number(span?.seconds ?? Number.NaN) * 1_000 + (span?.nanos ?? 0) / 1_000_000;
}
