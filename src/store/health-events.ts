/** Health events: opened once per problem, counted while it lasts, closed by an event of their own. */

import type { Collection } from 'mongodb';
import type { HealthEventDocument } from './collections.js';

export type HealthEvents = Collection<HealthEventDocument>;

/** Writes an open event, or counts on the one that is there. A closed one stays closed. */
export async function openHealthEvent(events: HealthEvents, event: HealthEventDocument): Promise<void> {
  const { _id, severityLevel, details, attempts, updatedAt, ...constant } = event;
  await events.updateOne(
    { _id, resolvedAt: { $exists: false } },
    { $set: { severityLevel, details, updatedAt }, $max: { attempts }, $setOnInsert: constant },
    { upsert: true },
  );
}

/** Closes an event: marks it resolved and adds the `Healthy` event that says so. Harmless when done before. */
export async function closeHealthEvent(events: HealthEvents, closing: HealthEventDocument): Promise<void> {
  await events.updateOne(
    { _id: closing._id },
    { $setOnInsert: (({ _id: _, ...rest }) => rest)(closing) },
    { upsert: true },
  );
  if (closing.closes === undefined) return;
  await events.updateOne(
    { _id: closing.closes, resolvedAt: { $exists: false } },
    { $set: { resolvedAt: closing.updatedAt, updatedAt: closing.updatedAt } },
  );
}

/** The unresolved events of a source, newest first. */
export function openEventsOf(events: HealthEvents, sourceId: number): Promise<HealthEventDocument[]> {
  return events
    .find({ sourceId, resolvedAt: { $exists: false }, status: 'UnHealthy' })
    .sort({ eventTime: -1 })
    .toArray();
}

/** All events of a source, newest first. */
export function recentEventsOf(events: HealthEvents, sourceId: number, limit: number): Promise<HealthEventDocument[]> {
  return events.find({ sourceId }).sort({ eventTime: -1 }).limit(limit).toArray();
}
