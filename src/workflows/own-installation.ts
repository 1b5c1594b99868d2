/**
 * Which installation the workflow belongs to. Its activities go to that installation's own task queue, so that no other
 * one's worker is ever given them; a workflow that belongs to none yet leaves them on its own queue.
 */

import { defaultPayloadConverter } from '@temporalio/common';
import {
  type ContinueAsNewOptions,
  log,
  upsertMemo,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import {
  activityQueueOf,
  INSTALLATION_HEADER,
  INSTALLATION_MEMO,
  isInstallationId,
} from '../domain/contract/installation.js';
import { adopts } from './patches.js';

let own: string | undefined;

export function ownInstallation(): string | undefined {
  return own;
}

/** To be called before the workflow waits for the first time. @param installation from the workflow's input. */
export function belongTo(installation: unknown): void {
  own = isInstallationId(installation) ? installation : undefined;
}

/** Options for the run that continues this one: Temporal does not hand the memo over by itself. */
export function withOwnMemo(): ContinueAsNewOptions {
  const { memo = {} } = workflowInfo();
  return { memo: own === undefined ? memo : { ...memo, [INSTALLATION_MEMO]: own } };
}

/** Gives a workflow that has no installation one, for good. */
export function adopt(installation: unknown): void {
  if (own !== undefined || !isInstallationId(installation)) {
    log.warn('A signal adopt was ignored: invalid payload, or the workflow already belongs to an installation');
    return;
  }
  if (!adopts()) return;
  own = installation;
  upsertMemo({ [INSTALLATION_MEMO]: installation });
}

/** For the bundler's `workflowInterceptorModules`. */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          if (own === undefined) return next(input);
          const headers = { ...input.headers, [INSTALLATION_HEADER]: defaultPayloadConverter.toPayload(own) };
          return next({ ...input, headers, options: { ...input.options, taskQueue: activityQueueOf(own) } });
        },
      },
    ],
  };
}
