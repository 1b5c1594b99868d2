/**
 * The *Current details* of the Temporal Web UI, written when somebody asks for them. Written at each change, and again
 * whenever a history is replayed, they took an eighth of the time of a replay.
 */

import { setCurrentDetails, type WorkflowInterceptors } from '@temporalio/workflow';

let detailsOf: (() => string) | undefined;

/** To be called before the workflow waits for the first time. */
export function showDetails(details: () => string): void {
  detailsOf = details;
}

/** For the bundler's `workflowInterceptorModules`. */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          // Core never puts queries and other jobs into one activation.
          if (detailsOf !== undefined && input.activation.jobs?.some(({ queryWorkflow }) => queryWorkflow != null)) {
            setCurrentDetails(detailsOf());
          }
          next(input);
        },
      },
    ],
  };
}
