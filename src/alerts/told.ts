/** What is to be told to whom: made of the health events that have changed, and stored before anything is sent. */

import { isBlip, isWanted, problemOf, quietMs } from '../domain/alerts/alert.js';
import { present } from '../domain/present.js';
import type { Collections } from '../store/collections.js';
import { type ConnectionDocument, markInformed } from '../store/connections.js';
import type { HealthEventDocument } from '../store/health-events.js';
import { eventEnds, healthNews, noticeNews, renewNews } from '../store/health-news.js';
import {
  deleteNotifications,
  finishGathering,
  gatheredNotifications,
  gatherProblem,
  openNotifications,
  resolveNotification,
} from '../store/notifications.js';

/** Events that are looked at together. */
const AT_ONCE = 200;

/** Harmless beside others that do the same, and when it breaks off: then the rest is done the next time. */
export async function storeNotifications(
  collections: Collections,
  connections: readonly ConnectionDocument[],
  now: Date,
): Promise<void> {
  const enabled = connections.filter(({ isEnabled }) => isEnabled);
  await informNew(collections, enabled);
  await gatherNews(collections, enabled, now);
  const byId = new Map(connections.map((connection) => [connection._id, connection]));
  await finishGathered(collections, byId, now);
  await resolveEnded(collections, byId, now);
}

/** Who is new, or has changed what it is told of, is told of what is open. */
async function informNew(collections: Collections, enabled: readonly ConnectionDocument[]): Promise<void> {
  const uninformed = enabled.filter(({ informed, revision }) => informed !== revision);
  if (uninformed.length === 0) return;
  await renewNews(collections);
  for (const connection of uninformed) await markInformed(collections, connection);
}

async function gatherNews(collections: Collections, enabled: readonly ConnectionDocument[], now: Date): Promise<void> {
  for (;;) {
    const news = await healthNews(collections, AT_ONCE);
    for (const event of news) for (const connection of enabled) await gather(collections, connection, event, now);
    await noticeNews(collections, news);
    if (news.length < AT_ONCE) return;
  }
}

async function gather(
  collections: Collections,
  connection: ConnectionDocument,
  event: HealthEventDocument,
  now: Date,
): Promise<void> {
  const problem = problemOf(event);
  if (event.status !== 'UnHealthy' || !isWanted(problem, connection)) return;
  if (isBlip(problem, event.resolvedAt, connection)) return;
  const sendAt = new Date(now.getTime() + connection.groupingWindowMs);
  await gatherProblem(collections, connection._id, problem, { now, sendAt });
}

type Connections = ReadonlyMap<string, ConnectionDocument>;

async function finishGathered(collections: Collections, connections: Connections, now: Date): Promise<void> {
  for (const notification of await gatheredNotifications(collections, now)) {
    const connection = connections.get(notification.connectionId);
    if (connection === undefined) {
      await deleteNotifications(collections, notification.connectionId);
      continue;
    }
    const { problems } = notification;
    const ends = await eventEnds(
      collections,
      problems.map(({ eventId }) => eventId),
    );
    const told = problems.filter((problem) => !isBlip(problem, ends.get(problem.eventId)?.at, connection));
    await finishGathering(collections, notification, withEnds(told, ends), now);
  }
}

/** Of what was told, and has ended and stayed away, the end is told; of a message with several, once all have. */
async function resolveEnded(collections: Collections, connections: Connections, now: Date): Promise<void> {
  for (const notification of await openNotifications(collections)) {
    const connection = connections.get(notification.connectionId);
    if (connection === undefined) continue;
    const { problems } = notification;
    const ends = await eventEnds(
      collections,
      problems.map(({ eventId }) => eventId),
    );
    const isOver = problems.every(({ eventId, occurrences }) => {
      const end = ends.get(eventId);
      return end !== undefined && end.at.getTime() + quietMs(occurrences, connection) <= now.getTime();
    });
    if (isOver) await resolveNotification(collections, notification, withEnds(problems, ends), now);
  }
}

function withEnds(
  problems: Parameters<typeof finishGathering>[2],
  ends: Awaited<ReturnType<typeof eventEnds>>,
): Parameters<typeof finishGathering>[2] {
  return problems.map((problem) => {
    const end = ends.get(problem.eventId);
    return { ...problem, ...present({ ended: end && { at: end.at.toISOString(), title: end.title } }) };
  });
}
