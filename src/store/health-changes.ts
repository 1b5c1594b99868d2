/** Writes what has changed of a source's health. */

import { type EventChange, healthEventOf } from '../domain/health/health-event.js';
import type { ClearingChange } from '../domain/health/health-ledger.js';
import { storedCollector } from './collectors.js';
import type { Store } from './driver.js';
import { clearHealthEvents, closeHealthEvent, openHealthEvent } from './health-events.js';
import { storedSource } from './sources.js';

/** In order. Harmless when done before. */
export async function writeHealthChanges(
  store: Store,
  sourceId: number,
  changes: readonly (EventChange | ClearingChange)[],
): Promise<void> {
  const stored = await storedSource(store, { _id: sourceId });
  const collector = stored && (await storedCollector(store, { _id: stored.collectorId }));
  const source = {
    sourceId,
    name: stored?.name ?? `source ${sourceId}`,
    collectorId: stored?.collectorId ?? 0,
    collectorName: collector?.name ?? '',
  };
  for (const change of changes) {
    if (change.kind === 'cleared') {
      await clearHealthEvents(store, sourceId, new Date(change.at), 'source');
      continue;
    }
    const event = healthEventOf(change, source);
    const document = { _id: event.eventId, ...event };
    if (change.kind === 'opened') await openHealthEvent(store, document);
    else await closeHealthEvent(store, document);
  }
}
