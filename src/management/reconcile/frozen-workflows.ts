/**
 * Health events of workflows whose tasks fail. Such a workflow cannot tell of it itself: the worker that reconciles does,
 * from what Temporal's index reports, and closes the event when the workflow goes on.
 */

import { createHash } from 'node:crypto';
import type { EventChange } from '../../domain/health/health-event.js';
import { writeHealthChanges } from '../../store/health-changes.js';
import { openEventsAbout } from '../../store/health-events.js';
import { type InstallationAccess, labelOf, type RunningSource } from '../temporal/ownership.js';
import { placeOf } from '../temporal/temporal-command.js';
import { cannotGoOn } from '../temporal/uncertainty.js';
import { reportedTaskProblem } from '../temporal/workflow-task.js';

const SUBJECT = 'workflow';
const CODE = 'WorkflowTaskFailed';

export class FrozenWorkflows {
  constructor(private readonly access: InstallationAccess) {}

  async report(running: readonly RunningSource[]): Promise<void> {
    const { collections } = this.access;
    const { id } = await collections.installation();
    const frozen = new Map(running.filter(({ info }) => labelOf(info) === id).flatMap((one) => this.frozenRun(one)));
    const open = await openEventsAbout(collections, SUBJECT);
    const reported = new Set(open.map(({ _id }) => _id));
    const at = new Date().toISOString();
    for (const [runId, { sourceId, message }] of frozen) {
      if (!reported.has(runId)) await this.write(sourceId, { kind: 'opened', ...changeOf(runId, message, at), at });
    }
    for (const { _id: runId, sourceId, details, eventTime } of open) {
      if (frozen.has(runId)) continue;
      await this.write(sourceId, { kind: 'closed', ...changeOf(runId, details.description, eventTime), at });
    }
  }

  private frozenRun({ sourceId, info }: RunningSource): [string, FrozenRun][] {
    const task = reportedTaskProblem(info.typedSearchAttributes);
    if (task?.outcome !== 'failed') return [];
    return [[info.runId, { sourceId, message: cannotGoOn(task, info.workflowId, placeOf(this.access.client)) }]];
  }

  private write(sourceId: number, change: EventChange): Promise<void> {
    return writeHealthChanges(this.access.collections, sourceId, [change]);
  }
}

interface FrozenRun {
  readonly sourceId: number;
  readonly message: string;
}

/** A run freezes once: its ID is that of its event, whichever worker writes it. */
function changeOf(runId: string, message: string, since: string): Omit<EventChange, 'kind' | 'at'> {
  return {
    subject: SUBJECT,
    eventId: runId,
    closingId: uuidFrom(`${runId} goes on`),
    occurrences: 1,
    problem: {
      type: 'FirstPartyGeneric',
      code: CODE,
      severity: 'error',
      message,
      retry: true,
      attempt: 1,
      since,
      gaveUp: false,
    },
  };
}

/** The same UUID for the same text. */
function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
