/** Writes the health events that are due. */

import { healthEventOf } from '../source/health-event.js';
import type { HealthChange } from '../source/health-ledger.js';
import { clearHealthEvents, closeHealthEvent, openHealthEvent } from '../store/health-events.js';
import type { ActivityDependencies } from './dependencies.js';

export async function recordHealth(
  { collections }: ActivityDependencies,
  sourceId: number,
  changes: readonly HealthChange[],
): Promise<void> {
  const { healthEvents } = collections;
  const stored = await collections.sources.findOne({ _id: sourceId });
  const collector = stored && (await collections.collectors.findOne({ _id: stored.collectorId }));
  const source = {
    sourceId,
    name: stored?.name ?? `source ${sourceId}`,
    collectorId: stored?.collectorId ?? 0,
    collectorName: collector?.name ?? '',
  };
  for (const change of changes) {
    if (change.kind === 'cleared') {
      await clearHealthEvents(healthEvents, sourceId, new Date(change.at));
      continue;
    }
    const event = healthEventOf(change, source);
    const document = { _id: event.eventId, ...event };
    if (change.kind === 'opened') await openHealthEvent(healthEvents, document);
    else await closeHealthEvent(healthEvents, document);
  }
}
