/** Messages of a queue that are being worked on: which of their objects which streams have yet to read. */

import { createHash } from 'node:crypto';
import type { StreamName } from '../domain/streams/streams.js';
import { collection, type Indexes, type Store } from './driver.js';

/** An object that a stream has yet to read. */
export interface PendingObject {
  readonly stream: StreamName;
  readonly key: string;
  /** Of a bucket that keeps versions. */
  readonly versionId?: string;
  /** As announced, without quotes. */
  readonly etag?: string;
}

export interface QueueMessageDocument {
  /** `<sourceId>/<digest of bucket, queue and message>` */
  readonly _id: string;
  readonly sourceId: number;
  /** Digest of bucket and queue: what is left of others is of no interest, and goes with time. */
  readonly scope: string;
  /** Of the last time that it was received: what deletes it. */
  readonly receipt: string;
  /** Nobody else receives it before. */
  readonly hiddenUntil: Date;
  /** Empty once all of them are stored. */
  readonly pending: readonly PendingObject[];
  /** Why it is not a notification of the bucket: it is left in the queue. */
  readonly strange?: string;
  /** For the first time. */
  readonly receivedAt: Date;
}

const messages = collection<QueueMessageDocument>('queue_messages');

/** No queue keeps a message for longer than 14 days. */
const KEPT_S = 15 * 86_400;
export const QUEUE_MESSAGE_INDEXES: Indexes = {
  queue_messages: [
    { key: { sourceId: 1, scope: 1, 'pending.stream': 1, receivedAt: 1 } },
    { key: { receivedAt: 1 }, expireAfterSeconds: KEPT_S },
  ],
};

/** Whose messages they are, and of which queue. */
export interface QueueScope {
  readonly sourceId: number;
  /** Of bucket and queue. */
  readonly name: string;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly receipt: string;
  readonly pending: readonly PendingObject[];
  readonly strange?: string;
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 27);

function filterOf({ sourceId, name }: QueueScope) {
  return { sourceId, scope: digestOf(name) };
}

/**
 * Keeps what was received. A message that is known already, since it was received before, keeps what is left of it.
 *
 * @returns those that were not known.
 */
export async function keepMessages(
  store: Store,
  scope: QueueScope,
  received: readonly ReceivedMessage[],
  hiddenUntil: Date,
): Promise<ReceivedMessage[]> {
  const { sourceId } = scope;
  const receivedAt = new Date();
  const result = await messages(store).bulkWrite(
    received.map(({ id, receipt, ...first }) => ({
      updateOne: {
        filter: { _id: `${sourceId}/${digestOf(`${scope.name}\n${id}`)}`, ...filterOf(scope) },
        update: { $set: { receipt, hiddenUntil }, $setOnInsert: { ...first, receivedAt } },
        upsert: true,
      },
    })),
    { ordered: false },
  );
  return received.filter((_, at) => at in result.upsertedIds);
}

/** An object to read, and the message that it is of. */
export interface AwaitedObject extends PendingObject {
  readonly messageId: string;
  /** When the message was received for the first time. */
  readonly receivedAt: Date;
}

/** What a stream has yet to read, what was received first before all others. @param limit in messages */
export async function awaitedObjects(
  store: Store,
  scope: QueueScope,
  stream: StreamName,
  limit: number,
): Promise<AwaitedObject[]> {
  const found = messages(store)
    .find({ ...filterOf(scope), 'pending.stream': stream })
    .sort({ receivedAt: 1 })
    .limit(limit);
  return (await found.toArray()).flatMap(({ _id, pending, receivedAt }) =>
    pending.filter((object) => object.stream === stream).map((object) => ({ ...object, messageId: _id, receivedAt })),
  );
}

/** Notes that a stream is done with these, after all of their records were stored. */
export async function settleObjects(store: Store, done: readonly AwaitedObject[]): Promise<void> {
  if (done.length === 0) return;
  await messages(store).bulkWrite(
    done.map(({ messageId, stream, key, versionId }) => {
      const version = versionId === undefined ? { $exists: false } : { $eq: versionId };
      const one = { stream: { $eq: stream }, key: { $eq: key }, versionId: version };
      return { updateOne: { filter: { _id: messageId }, update: { $pull: { pending: one } } } };
    }),
    { ordered: false },
  );
}

/** Drops what is awaited by streams that the source no longer has. */
export async function dropOtherStreams(store: Store, scope: QueueScope, streams: readonly StreamName[]): Promise<void> {
  const others = { stream: { $nin: streams } };
  const filter = { ...filterOf(scope), pending: { $elemMatch: others } };
  await messages(store).updateMany(filter, { $pull: { pending: others } });
}

export type HeldMessage = Pick<QueueMessageDocument, '_id' | 'receipt'>;

/** Messages with nothing left to read. */
export function settledMessages(store: Store, scope: QueueScope, limit: number): Promise<HeldMessage[]> {
  const filter = { ...filterOf(scope), pending: { $size: 0 }, strange: { $exists: false } };
  return messages(store).find(filter).project<HeldMessage>({ receipt: 1 }).limit(limit).toArray();
}

/** Messages that a stream has yet to work on, that nobody else may receive now, and that others may before a time. */
export function expiringMessages(
  store: Store,
  scope: QueueScope,
  stream: StreamName,
  before: Date,
): Promise<HeldMessage[]> {
  const filter = { ...filterOf(scope), 'pending.stream': stream, hiddenUntil: { $gt: new Date(), $lt: before } };
  return messages(store).find(filter).project<HeldMessage>({ receipt: 1 }).toArray();
}

/** Only while nobody has received them again: then they are others' to hide. */
export async function noteHidden(store: Store, held: readonly HeldMessage[], hiddenUntil: Date): Promise<void> {
  if (held.length === 0) return;
  await messages(store).bulkWrite(
    held.map(({ _id, receipt }) => ({
      updateOne: { filter: { _id, receipt }, update: { $set: { hiddenUntil } } },
    })),
    { ordered: false },
  );
}

/** Messages that are deleted from the queue. */
export async function forgetMessages(store: Store, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await messages(store).deleteMany({ _id: { $in: [...ids] }, pending: { $size: 0 } });
}

/** How many messages are kept from others. */
export function countHeld(store: Store, scope: QueueScope): Promise<number> {
  return messages(store).countDocuments({ ...filterOf(scope), hiddenUntil: { $gt: new Date() } });
}
