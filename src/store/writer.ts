/**
 * An attempt that stores records, and the fence that keeps what it still has under way out of the store.
 *
 * A killed worker's insert may be held up on its way and arrive after the next attempt has counted. All writes of an attempt
 * belong to one session of MongoDB, where each has a number. MongoDB finishes the write of a session that it is working on
 * before it begins another one, and refuses each whose number is lower than the last: that is how it makes sure that a write
 * is retried but not repeated, across restarts and elections. So after one write with a very high number in the session of an
 * earlier attempt, what that attempt sent is either stored or never will be.
 */

import { type ClientSession, type Db, MongoServerError, UUID } from 'mongodb';
import type { Observer } from '../metrics/observer.js';
import { DB, type Store, type Written } from './driver.js';

/** Thrown when another attempt has taken over the checkpoint: it moved it, or keeps this one from storing anything. */
export class CheckpointMovedError extends Error {
  override readonly name = 'CheckpointMovedError';

  constructor(checkpointId: string) {
    super(`The checkpoint ${checkpointId} was moved by another worker; this attempt aborts`);
  }
}

/** `TransactionTooOld` */
const FENCED_OFF = 225;
/** Far above the numbers that a driver, which counts from 0, reaches. */
const FENCE = 2 ** 52;

/** A store whose records are written by one attempt. One write at a time. */
export class Writer implements Store {
  readonly [DB]: Db;
  readonly observer: Observer | undefined;
  private readonly session: ClientSession;

  private constructor(
    { [DB]: db, observer }: Store,
    private readonly checkpointId: string,
  ) {
    this[DB] = db;
    this.observer = observer;
    this.session = db.client.startSession({ causalConsistency: false });
  }

  /** To be noted in the checkpoint, by its `id`, before it writes anything. */
  static open(store: Store, checkpointId: string): Writer {
    return new Writer(store, checkpointId);
  }

  /**
   * What is written with it comes after all that another writer has sent, in MongoDB's view.
   *
   * @param version of the checkpoint, claimed for this: two fences of the same number would be taken for a retry.
   */
  static fenceFor(store: Store, checkpointId: string, id: string, version: number): Writer {
    const fence = new Writer(store, checkpointId);
    const { serverSession } = fence.session;
    serverSession.id = { id: new UUID(id) };
    serverSession.txnNumber = FENCE + version;
    return fence;
  }

  get id(): string {
    return this.session.serverSession.id.id.toUUID().toHexString();
  }

  /** @throws CheckpointMovedError when it was fenced off. */
  async write<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    try {
      return await work(this.session);
    } catch (error) {
      if (error instanceof MongoServerError && error.code === FENCED_OFF) {
        throw new CheckpointMovedError(this.checkpointId);
      }
      throw error;
    }
  }

  /** @param isForgotten whether no checkpoint names it any more, so that nobody will fence it off. */
  async close(isForgotten: boolean): Promise<void> {
    // The driver reuses a session unless it is dirty, and any other write would be refused in one that is fenced off.
    if (!isForgotten) this.session.serverSession.isDirty = true;
    await this.session.endSession();
  }
}

/**
 * Makes a write, for an attempt in its session; how long it took is told, whether it succeeds or not.
 *
 * @throws CheckpointMovedError when it was fenced off.
 */
export async function written<T>(
  store: Store,
  what: Written,
  write: (options: { session?: ClientSession }) => Promise<T>,
): Promise<T> {
  const begin = performance.now();
  try {
    return await (store instanceof Writer ? store.write((session) => write({ session })) : write({}));
  } finally {
    const seconds = (performance.now() - begin) / 1_000;
    store.observer?.measure('mimecast_store_write_duration_seconds', { what }, seconds);
  }
}
