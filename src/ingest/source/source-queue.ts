/**
 * The queue of a source's notifications. There is one for all of its streams, each of which is polled by itself: whoever comes
 * first empties the queue into the store, where each stream finds what is for it. A message is deleted once all of them are done
 * with it, and kept from others while one of them works on it.
 */

import { log } from '@temporalio/activity';
import { classify, RawError } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { parseNotification } from '../../s3/notification.js';
import type { Queue, QueueMessage } from '../../s3/queue.js';
import type { Collections } from '../../store/collections.js';
import {
  countHeld,
  dropOtherStreams,
  expiringMessages,
  forgetMessages,
  keepMessages,
  noteHidden,
  type PendingObject,
  type QueueScope,
  type ReceivedMessage,
  settledMessages,
} from '../../store/queue-messages.js';
import type { StreamKeys } from './stream-keys.js';

export interface QueueLimits {
  /** A message is kept from others for so long at a time, and longer while it is worked on. Default 300 s. */
  readonly hiddenSeconds?: number;
  /** How long to wait for the first message. Default 1 s: a queue that is not waited for may say that it has none. */
  readonly waitSeconds?: number;
  /** So many messages are worked on at once. Default 1,000. */
  readonly maxHeld?: number;
}

const HIDDEN_S = 300;
const WAIT_S = 1;
const MAX_HELD = 1_000;
const DELETED_AT_ONCE = 100;

/** Where the queue belongs. */
export interface QueuePlace {
  readonly collections: Collections;
  readonly sourceId: number;
  readonly bucket: string;
  /** Of the objects of each stream. */
  readonly keys: ReadonlyMap<StreamName, StreamKeys>;
}

export interface Drained {
  /** Messages that were received, those included that were known. */
  readonly received: number;
  /** Messages that were not known and are no notifications of the bucket. */
  readonly strange: number;
  /** Why the last of them is none. */
  readonly reason?: string;
  /** Why the queue cannot be reached. */
  readonly outage?: RawError;
}

export class SourceQueue {
  private draining: Promise<Drained> | undefined;

  constructor(
    readonly queue: Queue,
    /** Of bucket and queue. */
    private readonly name: string,
    /** How often the bucket is compared all the same, in milliseconds. */
    readonly compareEveryMs: number,
    private readonly limits: QueueLimits = {},
  ) {}

  scopeOf(sourceId: number): QueueScope {
    return { sourceId, name: this.name };
  }

  /**
   * Receives what is there, up to a limit. Streams that ask at the same time share what one of them finds.
   *
   * @returns with `isMine`, whether it was this one: what is to be told is told once.
   * @throws {RawError} when the queue is missing or may not be used; an outage is told in the result.
   */
  async drain(place: QueuePlace): Promise<Drained & { readonly isMine: boolean }> {
    const isMine = this.draining === undefined;
    this.draining ??= this.received(place).finally(() => {
      this.draining = undefined;
    });
    return { ...(await this.draining), isMine };
  }

  /** Works on what a stream has yet to read, and keeps its messages from others for as long as that takes. */
  async holding<T>({ collections, sourceId }: QueuePlace, stream: StreamName, work: () => Promise<T>): Promise<T> {
    const { hiddenMs } = this;
    let hiding: Promise<void> | undefined;
    const hide = () => {
      hiding ??= this.hideExpiring(collections, sourceId, stream)
        .catch((error: unknown) => log.warn('Messages may be received again before they are done with', { error }))
        .finally(() => {
          hiding = undefined;
        });
      return hiding;
    };
    await hide();
    const timer = setInterval(() => void hide(), hiddenMs / 4);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await hiding;
    }
  }

  /** Deletes the messages whose objects are all stored. */
  async deleteSettled({ collections, sourceId }: Pick<QueuePlace, 'collections' | 'sourceId'>): Promise<void> {
    for (;;) {
      const settled = await settledMessages(collections, this.scopeOf(sourceId), DELETED_AT_ONCE);
      if (settled.length === 0) return;
      const refused = await this.queue.delete(settled.map(({ receipt }) => receipt));
      // One that is received again has nothing in it that is not known.
      if (refused.size > 0) log.warn('Messages were not deleted', { count: refused.size, codes: codesOf(refused) });
      await forgetMessages(
        collections,
        settled.map(({ _id }) => _id),
      );
    }
  }

  private get hiddenMs(): number {
    return (this.limits.hiddenSeconds ?? HIDDEN_S) * 1_000;
  }

  private async received(place: QueuePlace): Promise<Drained> {
    const { collections, sourceId, keys } = place;
    const scope = this.scopeOf(sourceId);
    await dropOtherStreams(collections, scope, [...keys.keys()]);
    const { waitSeconds: firstWait = WAIT_S, maxHeld = MAX_HELD } = this.limits;
    let held = await countHeld(collections, scope);
    let [received, strange] = [0, 0];
    let reason: string | undefined;
    try {
      for (let waitSeconds = firstWait; held < maxHeld; waitSeconds = 0) {
        const hiddenUntil = new Date(Date.now() + this.hiddenMs);
        const messages = await this.queue.receive(this.hiddenMs / 1_000, waitSeconds);
        if (messages.length === 0) break;
        const kept = await keepMessages(
          collections,
          scope,
          messages.map((message) => understood(message, place)),
          hiddenUntil,
        );
        const news = kept.filter((message) => message.strange !== undefined);
        reason = news.at(-1)?.strange ?? reason;
        strange += news.length;
        received += messages.length;
        held += messages.length;
      }
      await this.deleteSettled(place);
    } catch (error) {
      return { received, strange, ...present({ reason }), outage: outageOf(error) };
    }
    return { received, strange, ...present({ reason }) };
  }

  private async hideExpiring(collections: Collections, sourceId: number, stream: StreamName): Promise<void> {
    const soon = new Date(Date.now() + this.hiddenMs / 2);
    const expiring = await expiringMessages(collections, this.scopeOf(sourceId), stream, soon);
    const hiddenUntil = new Date(Date.now() + this.hiddenMs);
    // One that is refused is another's by now, or gone; the next time that it is received says so.
    await this.queue.hide(
      expiring.map(({ receipt }) => receipt),
      this.hiddenMs / 1_000,
    );
    await noteHidden(collections, expiring, hiddenUntil);
  }
}

/** @throws what is no outage of the queue. */
export function outageOf(error: unknown): RawError {
  const isOutage = error instanceof RawError && error.facts.origin === 'sqs' && classify(error.facts).retry;
  if (!isOutage) throw error;
  return error;
}

function codesOf(refused: ReadonlyMap<string, string>): string {
  return [...new Set(refused.values())].join(', ');
}

/** What a message means to the streams: those that want an object by its key have to read it. */
function understood({ id, receipt, body }: QueueMessage, { bucket, keys }: QueuePlace): ReceivedMessage {
  const notification = parseNotification(body, bucket);
  if (notification.kind === 'strange') {
    log.warn('A message is left in the queue', { messageId: id, reason: notification.reason });
    return { id, receipt, pending: [], strange: notification.reason };
  }
  const pending = notification.objects.flatMap((object) =>
    [...keys].flatMap(([stream, each]): PendingObject[] => (each.wants(object.key) ? [{ stream, ...object }] : [])),
  );
  return { id, receipt, pending };
}
