/** The IDs of the activities, which the Web UI shows: they name the stream, or the step. */

import type { WorkflowInterceptors } from '@temporalio/workflow';

/** How often each ID was given in this run; absent while activities are only numbered. */
let given: Map<string, number> | undefined;

/** To be called before the workflow waits for the first time. */
export function nameActivities(): void {
  given = new Map();
}

/**
 * An ID may be given again once the activity that had it is closed. Work on records is waited for until then; a step that is
 * interrupted is not, so that each one has a number of its own after the first.
 */
function idOf(activityType: string, args: readonly unknown[]): string | undefined {
  if (given === undefined) return undefined;
  const [, stream] = args;
  if (activityType === 'collect') return `collect-${String(stream).replaceAll(' ', '-')}`;
  if (activityType === 'sweep') return 'sweep';
  const times = (given.get(activityType) ?? 0) + 1;
  given.set(activityType, times);
  return times === 1 ? activityType : `${activityType}-${times}`;
}

/** For the bundler's `workflowInterceptorModules`. */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          const activityId = idOf(input.activityType, input.args);
          return next(activityId === undefined ? input : { ...input, options: { ...input.options, activityId } });
        },
      },
    ],
  };
}
