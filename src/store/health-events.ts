/** Health events: opened once per problem, counted while it lasts, closed by an event of their own. */

import { randomUUID } from 'node:crypto';
import { type Filter, ObjectId } from 'mongodb';
import type { FailureType } from '../domain/failures/failure.js';
import type { HealthEvent } from '../domain/health/health-event.js';
import { collection, type Indexes, type Store } from './driver.js';
import { type Page, type PageRequest, pageOf } from './list-page.js';

export interface HealthEventDocument extends HealthEvent {
  /** The event's UUID. */
  readonly _id: string;
  /** Another one with each change, until the alerts have dealt with it. */
  readonly news?: ObjectId;
}

const events = collection<HealthEventDocument>('health_events');
export const HEALTH_EVENT_INDEXES: Indexes = {
  health_events: [
    { key: { sourceId: 1, eventTime: -1 } },
    { key: { resolvedAt: 1, eventTime: -1 } },
    { key: { news: 1 }, sparse: true },
  ],
};

const OPEN = { status: 'UnHealthy', resolvedAt: { $exists: false } } as const;

/** Writes an open event, counts on the one that is there, or opens it again. What is older than it changes nothing. */
export async function openHealthEvent(store: Store, event: HealthEventDocument): Promise<void> {
  const { _id, ...whole } = event;
  const { severityLevel, details, attempts, occurrences, updatedAt } = event;
  // Made by its id alone, as a closed one would not be found by any other condition and made a second time.
  await events(store).updateOne({ _id }, { $setOnInsert: whole }, { upsert: true });
  await events(store).updateOne(
    { _id, updatedAt: { $lte: updatedAt } },
    {
      $set: { severityLevel, details, occurrences, updatedAt, news: new ObjectId() },
      $max: { attempts },
      $unset: { resolvedAt: true },
    },
  );
  // Of an event that is open again, none may say that it has ended.
  await events(store).deleteMany({ sourceId: event.sourceId, closes: _id, updatedAt: { $lte: updatedAt } });
}

/** Closes an event: marks it resolved and writes the `Healthy` event that says so. Harmless when done before. */
export async function closeHealthEvent(store: Store, closing: HealthEventDocument): Promise<void> {
  const { _id, eventTime, updatedAt, ...constant } = closing;
  await events(store).updateOne({ _id }, { $set: { eventTime, updatedAt }, $setOnInsert: constant }, { upsert: true });
  if (closing.closes !== undefined) await resolve(store, closing.closes, updatedAt);
}

/**
 * Closes all that is open of a source from before a time: the workflow that would have closed it is gone.
 *
 * @param subject closes what is about it; `source`: what is about anything but the export, which has a workflow of its own.
 */
export async function clearHealthEvents(
  store: Store,
  sourceId: number,
  before: Date,
  subject?: 'source' | 'export',
): Promise<void> {
  const about = subject === undefined ? {} : { subject: subject === 'export' ? subject : { $ne: 'export' } };
  for await (const event of events(store).find({ ...OPEN, sourceId, ...about, updatedAt: { $lt: before } })) {
    if (!(await resolve(store, event._id, before))) continue;
    const _id = randomUUID();
    const error = `${event.details.error} has ended`;
    const description = 'The source was started again; anything still failing is reported again.';
    const { trackerId } = event.details;
    await events(store).insertOne({
      ...withoutNews(event),
      _id,
      eventId: _id,
      eventTime: before.toISOString(),
      status: 'Healthy',
      details: { trackerId, error, name: error, description },
      updatedAt: before,
      closes: event._id,
    });
  }
}

async function resolve(store: Store, _id: string, at: Date): Promise<boolean> {
  const { modifiedCount } = await events(store).updateOne(
    { _id, resolvedAt: { $exists: false }, updatedAt: { $lte: at } },
    { $set: { resolvedAt: at, updatedAt: at, news: new ObjectId() } },
  );
  return modifiedCount === 1;
}

function withoutNews({ news: _news, ...event }: HealthEventDocument): HealthEventDocument {
  return event;
}

const SHOWN = { projection: { news: false } } as const;

/** The unresolved events of a source, newest first. */
export function openEventsOf(store: Store, sourceId: number): Promise<HealthEventDocument[]> {
  return events(store)
    .find({ ...OPEN, sourceId }, SHOWN)
    .sort({ eventTime: -1 })
    .toArray();
}

/** The unresolved events of all sources that are about the same thing. */
export function openEventsAbout(store: Store, subject: string): Promise<HealthEventDocument[]> {
  return events(store)
    .find({ ...OPEN, subject })
    .toArray();
}

/** All events of a source, newest first. */
export function recentEventsOf(store: Store, sourceId: number, limit: number): Promise<HealthEventDocument[]> {
  return events(store).find({ sourceId }, SHOWN).sort({ eventTime: -1 }).limit(limit).toArray();
}

/** The unresolved error of each of these sources that was opened first; warnings aside. */
export async function openErrorsOf(
  store: Store,
  sourceIds: readonly number[],
): Promise<Map<number, HealthEventDocument>> {
  const found = await events(store)
    .find({ ...OPEN, severityLevel: 'Error', sourceId: { $in: [...sourceIds] } })
    .sort({ eventTime: -1 })
    .toArray();
  return new Map(found.map((event) => [event.sourceId, event]));
}

/** Which resources events are wanted of: ids as 16 hexadecimal digits, upper case. */
export interface HealthResources {
  readonly collectorIds: readonly string[];
  readonly sourceIds: readonly string[];
}

/** The unresolved events, newest first. @throws PageTokenError */
export function openEventsPage(
  store: Store,
  request: PageRequest,
  resources?: HealthResources,
): Promise<Page<HealthEventDocument>> {
  const of =
    resources === undefined
      ? {}
      : {
          $or: [
            { 'resourceIdentity.id': { $in: [...resources.sourceIds] } },
            { 'resourceIdentity.collectorId': { $in: [...resources.collectorIds] } },
          ],
        };
  return pageOf(events(store), { ...OPEN, ...of }, 'eventTime', request);
}

export interface ProblemFilter {
  readonly sourceId: number;
  /** Default: both. */
  readonly state?: 'open' | 'ended' | undefined;
  readonly subject?: string | undefined;
  readonly type?: FailureType | undefined;
  /** Part of what they say. */
  readonly text?: string | undefined;
}

/** The problems that were reported of a source, open or ended; newest first. @throws PageTokenError */
export function problemsPage(
  store: Store,
  { sourceId, state, subject, type, text }: ProblemFilter,
  request: PageRequest,
): Promise<Page<HealthEventDocument>> {
  const filter: Filter<HealthEventDocument> = {
    sourceId,
    status: 'UnHealthy',
    ...(state === undefined ? {} : { resolvedAt: { $exists: state === 'ended' } }),
    ...(subject === undefined ? {} : { subject }),
    ...(type === undefined ? {} : { 'details.trackerId': type }),
    ...(text === undefined ? {} : saying(text)),
  };
  return pageOf(events(store), filter, 'eventTime', request);
}

/** Few events of one source are looked through, hence no index. */
function saying(text: string): Filter<HealthEventDocument> {
  // The server takes no null character in an expression, but its escape.
  const $regex = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('\0', '\\x00');
  const part = { $regex, $options: 'i' };
  return { $or: [{ 'details.error': part }, { 'details.description': part }] };
}
