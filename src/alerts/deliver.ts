/** Sends what is due of one connection, one message after the other, until nothing is due or the target is away. */

import { LONGEST_TRYING_MS, pauseMs } from '../domain/alerts/alert.js';
import type { ConnectionType, Target } from '../domain/alerts/connection.js';
import { present } from '../domain/present.js';
import type { Observer } from '../metrics/observer.js';
import { type Keyring, SecretError } from '../secrets/keyring.js';
import type { Collections } from '../store/collections.js';
import { noteAccepted, noteFailed, storedConnection } from '../store/connections.js';
import {
  claimNotification,
  giveUpNotification,
  markNotificationSent,
  messageOf,
  type NotificationDocument,
  sendAgainAt,
} from '../store/notifications.js';
import { DeliveryError, type SendAccess } from './delivery-error.js';
import { send } from './send.js';

/** What became of an attempt. */
export interface Attempt {
  readonly connection: string;
  readonly type: ConnectionType;
  readonly notification: string;
  readonly attempt: number;
  readonly outcome: 'sent' | 'failed' | 'givenUp';
  /** Why it was not accepted. */
  readonly problem?: string;
  /** ISO time of the next one. */
  readonly againAt?: string;
}

export interface Delivery extends SendAccess {
  readonly collections: Collections;
  readonly keyring: Keyring;
  readonly observer: Observer;
  readonly onAttempt: (attempt: Attempt) => void;
  readonly now: () => number;
}

/**
 * At least once: a message is marked as sent after the target has accepted it, so it may be sent twice, with the same id.
 *
 * @throws what the store throws; a message that was not marked is sent again.
 */
export async function deliverDue(delivery: Delivery, connectionId: string, signal: AbortSignal): Promise<void> {
  const { collections, now } = delivery;
  while (!signal.aborted) {
    // Read each time: it may have been changed, disabled or deleted.
    const connection = await storedConnection(collections, connectionId);
    if (connection === null || !connection.isEnabled) return;
    if ((connection.pausedUntil?.getTime() ?? 0) > now()) return;
    const notification = await claimNotification(collections, connectionId, new Date(now()));
    if (notification === null) return;
    const told = {
      ...{ connection: connection.name, type: connection.type },
      ...{ notification: notification._id, attempt: notification.attempts },
    };
    let failure: DeliveryError | undefined;
    try {
      const target: Target = await opened(delivery.keyring, connection.target);
      await send(target, messageOf(notification), { ...delivery, connection: connection.name, signal });
    } catch (error) {
      if (signal.aborted) return sendAgainAt(collections, notification._id, new Date(now()));
      failure = failureOf(error);
    }
    const attempt = await (failure === undefined
      ? accepted(delivery, notification)
      : failed(delivery, notification, connection.failures ?? 0, failure));
    delivery.observer.count('mimecast_notifications_total', { type: told.type, outcome: attempt.outcome });
    delivery.onAttempt({ ...told, ...attempt });
  }
}

/** @throws SecretError */
export async function opened(keyring: Keyring, sealed: string): Promise<Target> {
  return JSON.parse(await keyring.decrypt(sealed));
}

type Outcome = Pick<Attempt, 'outcome' | 'problem' | 'againAt'>;

async function accepted({ collections, now }: Delivery, notification: NotificationDocument): Promise<Outcome> {
  const at = new Date(now());
  await markNotificationSent(collections, notification, at);
  await noteAccepted(collections, notification.connectionId, at);
  return { outcome: 'sent' };
}

/** @param failures of the connection before this one. */
async function failed(
  { collections, now }: Delivery,
  { _id, connectionId, createdAt, attempts }: NotificationDocument,
  failures: number,
  { message: problem, isRefusal, retryAfterMs }: DeliveryError,
): Promise<Outcome> {
  const at = new Date(now());
  const again = new Date(at.getTime() + pauseMs(isRefusal ? attempts : failures + 1, retryAfterMs));
  const isGivenUp = at.getTime() - createdAt.getTime() >= LONGEST_TRYING_MS;
  if (isGivenUp) await giveUpNotification(collections, _id, at);
  else await sendAgainAt(collections, _id, again);
  // What is refused by itself keeps nothing else back.
  const pausedUntil = isRefusal ? undefined : again;
  await noteFailed(collections, connectionId, { at, text: problem, isGivenUp, ...present({ pausedUntil }) });
  if (isGivenUp) return { outcome: 'givenUp', problem };
  return { outcome: 'failed', problem, againAt: again.toISOString() };
}

function failureOf(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof SecretError) return new DeliveryError(error.message, false);
  throw error;
}
