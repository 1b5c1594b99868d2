/**
 * Whose activities go first when workers are busy: live collection before reading again, and among sources each its share.
 * Servers older than these settings, or without fairness switched on, take no notice of them.
 */

import type { WorkflowInterceptors } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';

/** Temporal's keys go from 1 to 5, the smaller the sooner; 3 is the default. */
const AFTER_LIVE_COLLECTION = 4;
const IN_BACKGROUND: ReadonlySet<string> = new Set<keyof Activities>([
  'reread',
  'recheck',
  'exportPast',
  'fillInIndicators',
  'erase',
  'searchWatchlistPast',
]);

/** For the bundler's `workflowInterceptorModules`. */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          const [first] = input.args;
          // The number of an erasure is none of a source.
          const sourceId = input.activityType === 'erase' ? undefined : first;
          const priority = {
            fairnessKey: typeof sourceId === 'number' ? `source-${sourceId}` : input.activityType,
            ...(IN_BACKGROUND.has(input.activityType) ? { priorityKey: AFTER_LIVE_COLLECTION } : {}),
          };
          return next({ ...input, options: { ...input.options, priority } });
        },
      },
    ],
  };
}
