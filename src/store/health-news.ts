/**
 * Health events that have changed since the alerts dealt with them. What is new is noted in the event itself, by the same
 * write: no clock tells it, and nothing is missed while nobody looks.
 */

import { ObjectId } from 'mongodb';
import { collection, type Store } from './driver.js';
import type { HealthEventDocument } from './health-events.js';

const events = collection<HealthEventDocument>('health_events');

/** The longest unnoticed first. */
export function healthNews(store: Store, limit: number): Promise<HealthEventDocument[]> {
  return events(store)
    .find({ news: { $exists: true } })
    .sort({ news: 1 })
    .limit(limit)
    .toArray();
}

/** Of what has changed again meanwhile, the news stay. */
export async function noticeNews(store: Store, noticed: readonly HealthEventDocument[]): Promise<void> {
  if (noticed.length === 0) return;
  await events(store).bulkWrite(
    noticed.flatMap(({ _id, news }) =>
      news === undefined ? [] : [{ updateOne: { filter: { _id, news }, update: { $unset: { news: true } } } }],
    ),
  );
}

/** Makes news of all that is open, for somebody who has not been told of it. */
export async function renewNews(store: Store): Promise<void> {
  const open = { status: 'UnHealthy', resolvedAt: { $exists: false } } as const;
  await events(store).updateMany(open, { $set: { news: new ObjectId() } });
}

/** What is known of the ends of these events; those that are open are left out. */
export async function eventEnds(
  store: Store,
  eventIds: readonly string[],
): Promise<Map<string, { readonly at: Date; readonly title: string }>> {
  const ids = [...eventIds];
  const found = await events(store)
    .find({ _id: { $in: ids } })
    .toArray();
  const known = new Map(found.map((event) => [event._id, event]));
  const ended = ids.filter((id) => known.get(id)?.status !== 'UnHealthy' || known.get(id)?.resolvedAt !== undefined);
  const sourceId = { $in: [...new Set(found.map((event) => event.sourceId))] };
  const closings = await events(store)
    .find({ sourceId, closes: { $in: ended } })
    .toArray();
  const titles = new Map(closings.map(({ closes, details }) => [closes, details.error]));
  return new Map(
    ended.map((id) => {
      const event = known.get(id);
      const title = titles.get(id) ?? (event === undefined ? 'no longer stored' : `${event.details.error} has ended`);
      return [id, { at: event?.resolvedAt ?? new Date(0), title }];
    }),
  );
}
