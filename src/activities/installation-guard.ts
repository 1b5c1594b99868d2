/**
 * Refuses the activities of other installations. Those of a workflow that knows its installation come on a task queue of
 * their own; on the queue that installations without a name share, there are also those of workflows that know none.
 */

import type { Context } from '@temporalio/activity';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  defaultPayloadConverter,
  type Headers,
} from '@temporalio/common';
import { INSTALLATION_HEADER, REFUSED_BY_STRANGER } from '../domain/contract/installation.js';

/** Soon, so that the worker that it is for takes it; not at once, so that refusals don't become a storm. */
const AGAIN_MS = 1_000;

export interface GuardOptions {
  /** Identity of the worker's own installation. */
  readonly installationId: string;
  /** Whether a workflow that does not say whose it is belongs to it. */
  readonly isOurs: (run: { readonly workflowId: string; readonly runId: string }, sourceId: number) => Promise<boolean>;
}

interface Execution {
  readonly args: readonly unknown[];
  readonly headers: Headers;
}

/** An inbound interceptor for `WorkerOptions.interceptors.activity`, before all others: what it refuses is no failure. */
export function installationGuard({ installationId, isOurs }: GuardOptions) {
  return ({ info }: Context) => ({
    inbound: {
      async execute<I extends Execution>(input: I, next: (input: I) => Promise<unknown>): Promise<unknown> {
        const header = input.headers[INSTALLATION_HEADER];
        const [sourceId] = input.args;
        const { workflowExecution } = info;
        if (header !== undefined) {
          if (defaultPayloadConverter.fromPayload(header) === installationId) return next(input);
        } else if (workflowExecution !== undefined && typeof sourceId === 'number') {
          if (await isOurs(workflowExecution, sourceId).catch(refuse)) return next(input);
        }
        return refuse();
      },
    },
  });
}

/** The workflow is not told, and the log has nothing to say of it: the next attempt is for the right worker. */
function refuse(cause?: unknown): never {
  throw ApplicationFailure.create({
    message:
      'This worker may belong to another installation, so the task waits for one that does not. A source that ' +
      'was started without an installation must be stored by exactly one of the installations on this task queue',
    type: REFUSED_BY_STRANGER,
    nextRetryDelay: AGAIN_MS,
    category: ApplicationFailureCategory.BENIGN,
    ...(cause instanceof Error ? { cause } : {}),
  });
}
