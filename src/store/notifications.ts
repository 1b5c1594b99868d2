/**
 * What is to be told to whom: a notification is stored before it is sent, and stays until it was accepted or given up. The
 * indexes keep one problem from being told twice to the same connection, whoever looks at the same time.
 */

import { ObjectId } from 'mongodb';
import { type AlertMessage, type AlertProblem, keyOf } from '../domain/alerts/alert.js';
import { SEVERITY_LEVELS } from '../domain/alerts/connection.js';
import { collection, type Indexes, isDuplicate, type Store } from './driver.js';

export interface NotificationDocument {
  readonly _id: string;
  /** Of the notification that says what has happened: its own id. */
  readonly alertId: string;
  readonly connectionId: string;
  readonly kind: 'triggered' | 'resolved';
  readonly createdAt: Date;
  readonly problems: readonly AlertProblem[];
  /** Of its problems; not of one that says that they have ended. */
  readonly keys?: readonly string[];
  readonly state: 'gathering' | 'pending' | 'sent' | 'givenUp';
  /** More problems may join. Absent once it is to be sent. */
  readonly isGathering?: true;
  /** That its problems have ended was not told yet. */
  readonly isOpen?: true;
  /** When it is looked at next: to be sent, or sent again. */
  readonly nextAt: Date;
  /** How often it was begun to be sent. */
  readonly attempts: number;
  readonly sentAt?: Date;
  /** Deleted then. */
  readonly expiresAt?: Date;
}

const notifications = collection<NotificationDocument>('notifications');
export const NOTIFICATION_INDEXES: Indexes = {
  notifications: [
    { key: { connectionId: 1, keys: 1 }, unique: true, partialFilterExpression: { keys: { $exists: true } } },
    { key: { connectionId: 1, isGathering: 1 }, unique: true, partialFilterExpression: { isGathering: true } },
    { key: { state: 1, nextAt: 1 } },
    { key: { isOpen: 1, state: 1 }, partialFilterExpression: { isOpen: true } },
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
};

/** Problems of one message. */
const MOST_PROBLEMS = 200;
/** So long a notification is kept after it is of no more use. */
const KEPT_MS = 30 * 86_400_000;
/** Who has begun to send one has so long to say how it went; then it is sent again. */
const CLAIM_MS = 120_000;

/**
 * Puts a problem into the message that is being gathered, or into a new one, unless it has been told.
 *
 * @param sendAt of a new one.
 */
export async function gatherProblem(
  store: Store,
  connectionId: string,
  problem: AlertProblem,
  { now, sendAt }: { readonly now: Date; readonly sendAt: Date },
): Promise<void> {
  const key = keyOf(problem);
  for (;;) {
    if (await isTold(store, connectionId, problem)) return;
    const full = `keys.${MOST_PROBLEMS - 1}`;
    const joined = await notifications(store).updateOne(
      { connectionId, isGathering: true, keys: { $ne: key }, [full]: { $exists: false } },
      { $push: { problems: problem, keys: key } },
    );
    if (joined.matchedCount === 1) return;
    const _id = new ObjectId().toHexString();
    const document = {
      _id,
      alertId: _id,
      connectionId,
      kind: 'triggered',
      createdAt: now,
      problems: [problem],
    } as const;
    try {
      const state = { state: 'gathering', isGathering: true, isOpen: true, nextAt: sendAt, attempts: 0 } as const;
      await notifications(store).insertOne({ ...document, keys: [key], ...state });
      return;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    // Somebody else was quicker, or the message is full.
    await notifications(store).updateMany(
      { connectionId, isGathering: true, [full]: { $exists: true } },
      { $set: { state: 'pending', nextAt: now }, $unset: { isGathering: true } },
    );
  }
}

/** Told before, or being told as at least as bad and not yet over. */
async function isTold(store: Store, connectionId: string, problem: AlertProblem): Promise<boolean> {
  const worse = SEVERITY_LEVELS.slice(SEVERITY_LEVELS.indexOf(problem.severityLevel));
  const keys = { $regex: `^${problem.eventId}#\\d+#(${worse.join('|')})$` };
  const found = await notifications(store).findOne(
    { connectionId, $or: [{ keys: keyOf(problem) }, { keys, isOpen: true }] },
    { projection: { _id: true } },
  );
  return found !== null;
}

/** Those whose time to gather is over. */
export function gatheredNotifications(store: Store, now: Date): Promise<NotificationDocument[]> {
  return notifications(store)
    .find({ state: 'gathering', nextAt: { $lte: now } })
    .toArray();
}

/** @param problems what is to be told of it. Nothing is done when it has changed meanwhile. */
export async function finishGathering(
  store: Store,
  { _id, keys = [] }: NotificationDocument,
  problems: readonly AlertProblem[],
  now: Date,
): Promise<void> {
  const same = { _id, isGathering: true, keys: { $size: keys.length } } as const;
  if (problems.length === 0) {
    await notifications(store).deleteOne(same);
    return;
  }
  await notifications(store).updateOne(same, {
    $set: { state: 'pending', problems, keys: problems.map(keyOf), nextAt: now },
    $unset: { isGathering: true },
  });
}

/** Those that were sent, and whose problems had not all ended. */
export function openNotifications(store: Store): Promise<NotificationDocument[]> {
  return notifications(store).find({ isOpen: true, state: 'sent' }).toArray();
}

/** Stores the notification that says so, before the first one counts as over. Harmless when done before. */
export async function resolveNotification(
  store: Store,
  { _id, connectionId }: NotificationDocument,
  problems: readonly AlertProblem[],
  now: Date,
): Promise<void> {
  const state = { state: 'pending', createdAt: now, nextAt: now, attempts: 0 } as const;
  const document = {
    _id: `${_id}-resolved`,
    alertId: _id,
    connectionId,
    kind: 'resolved',
    problems,
    ...state,
  } as const;
  try {
    await notifications(store).insertOne(document);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const expiresAt = expiryOf(now);
  await notifications(store).updateOne({ _id }, { $set: { expiresAt }, $unset: { isOpen: true } });
}

/** The connections for which something is to be sent now. */
export function connectionsWithDue(store: Store, now: Date): Promise<string[]> {
  return notifications(store).distinct('connectionId', { state: 'pending', nextAt: { $lte: now } });
}

/** Takes the next one that is due of a connection: nobody else sends it, as long as a claim lasts. */
export function claimNotification(store: Store, connectionId: string, now: Date): Promise<NotificationDocument | null> {
  return notifications(store).findOneAndUpdate(
    { connectionId, state: 'pending', nextAt: { $lte: now } },
    { $set: { nextAt: new Date(now.getTime() + CLAIM_MS) }, $inc: { attempts: 1 } },
    { sort: { nextAt: 1 }, returnDocument: 'after' },
  );
}

export async function markNotificationSent(
  store: Store,
  { _id, kind }: Pick<NotificationDocument, '_id' | 'kind'>,
  now: Date,
): Promise<void> {
  const expiry = kind === 'resolved' ? { expiresAt: expiryOf(now) } : {};
  await notifications(store).updateOne({ _id }, { $set: { state: 'sent', sentAt: now, ...expiry } });
}

export async function sendAgainAt(store: Store, _id: string, nextAt: Date): Promise<void> {
  await notifications(store).updateOne({ _id, state: 'pending' }, { $set: { nextAt } });
}

export async function giveUpNotification(store: Store, _id: string, now: Date): Promise<void> {
  const $set = { state: 'givenUp', expiresAt: expiryOf(now) } as const;
  await notifications(store).updateOne({ _id, state: 'pending' }, { $set, $unset: { isOpen: true } });
}

/** What waits because of settings that have changed is due. */
export async function sendPendingNow(store: Store, connectionId: string, now: Date): Promise<void> {
  await notifications(store).updateMany({ connectionId, state: 'pending' }, { $set: { nextAt: now } });
}

export async function countPending(store: Store, connectionId: string): Promise<number> {
  return notifications(store).countDocuments({ connectionId, state: 'pending' });
}

/** All of a connection that is gone, or is not to be told any more. */
export async function deleteNotifications(store: Store, connectionId: string): Promise<void> {
  await notifications(store).deleteMany({ connectionId });
}

export function messageOf({ _id, alertId, kind, createdAt, problems }: NotificationDocument): AlertMessage {
  return { id: _id, alertId, kind, at: createdAt.toISOString(), problems };
}

function expiryOf(now: Date): Date {
  return new Date(now.getTime() + KEPT_MS);
}
