/** Writes what has changed of a source's health. */

import { type EventChange, healthEventOf } from '../domain/health/health-event.js';
import type { ClearingChange } from '../domain/health/health-ledger.js';
import type { Collections } from './collections.js';
import { clearHealthEvents, closeHealthEvent, openHealthEvent } from './health-events.js';

/** In order. Harmless when done before. */
export async function writeHealthChanges(
  { sources, collectors, healthEvents }: Collections,
  sourceId: number,
  changes: readonly (EventChange | ClearingChange)[],
): Promise<void> {
  const stored = await sources.findOne({ _id: sourceId });
  const collector = stored && (await collectors.findOne({ _id: stored.collectorId }));
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
