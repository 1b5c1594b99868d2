/** A source's health events, also while the store is away. */

import { HEALTH_QUERY } from '../../domain/contract/contract.js';
import { type HealthEvent, healthEventOf } from '../../domain/health/health-event.js';
import type { ProblemChange } from '../../domain/health/health-ledger.js';
import { openEventsOf, recentEventsOf } from '../../store/health-events.js';
import { RefusedError } from '../common/errors.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { orFromTemporal, type SourceReference } from './source-directory.js';
import { askWorkflow } from './source-status.js';

export interface SourceHealth {
  readonly open: HealthEvent[];
  readonly recent: HealthEvent[];
}

/** All from the store, or the open ones from the workflow while the store is away. */
export function healthOfSource(
  access: InstallationAccess,
  source: SourceReference,
  limit: number,
): Promise<SourceHealth> {
  const { sourceId } = source;
  return orFromTemporal(
    async () => ({
      open: await openEventsOf(access.collections, sourceId),
      recent: await recentEventsOf(access.collections, sourceId, limit),
    }),
    async () => {
      const answer = await askWorkflow<ProblemChange[]>(access, sourceId, HEALTH_QUERY);
      if ('note' in answer) throw new RefusedError(`MongoDB does not answer, and ${answer.note}`);
      const open = answer.value.map((change) => healthEventOf(change, { ...source, collectorName: '' }));
      return { open, recent: open };
    },
  );
}
