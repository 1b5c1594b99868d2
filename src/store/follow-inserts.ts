/**
 * Documents as they are stored, without loss. A change stream has them in the order in which MongoDB committed them, which
 * no field of a document tells: two writers may commit in another order than they read their clocks.
 */

import { Binary, type ChangeStreamInsertDocument, type Document, MongoServerError } from 'mongodb';
import { present } from '../domain/present.js';
import { DB, type Store } from './driver.js';
import { erasedAmong } from './erased-records.js';
import { PageTokenError } from './list-page.js';

/** One that was stored, or no news; and from where to follow on, without missing what comes behind it. */
export interface Followed<T> {
  readonly item?: T;
  readonly token: string;
}

export interface FollowRequest {
  /** Of the last `Followed` that was dealt with; default: from now on. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Inserted<D> {
  readonly collection: string;
  readonly document: D;
}

/** Thrown when MongoDB no longer has the changes since a token. */
export class FollowTokenLostError extends Error {
  override readonly name = 'FollowTokenLostError';

  /** @param instead how what was missed is found. */
  constructor(instead = 'search for it by _receiptTime') {
    super(
      `token: what was stored since then is no longer in MongoDB’s log of changes; ${instead}, and follow without a token`,
    );
  }
}

/** How long MongoDB waits for news. Ends of the reader are noticed as late. */
const WAIT_MS = 1_000;

/**
 * The first comes within a second. Ends only when the reader does, or with what MongoDB throws.
 *
 * @param which conditions on `ns.coll` and below `fullDocument`
 * @param itemOf what is told of a document; `undefined` for nothing
 * @throws PageTokenError, FollowTokenLostError
 */
export async function* followInserts<D extends Document, T>(
  store: Store,
  which: Document,
  itemOf: (inserted: Inserted<D>) => T | undefined,
  { token, signal, lost = new FollowTokenLostError() }: FollowRequest & { readonly lost?: FollowTokenLostError },
): AsyncGenerator<Followed<T>, void, undefined> {
  if (token !== undefined && !/^[0-9A-Fa-f]{2,1000}$/.test(token)) throw new PageTokenError();
  const resume = token === undefined ? {} : { resumeAfter: { _data: token } };
  const stream = store[DB].watch<D, ChangeStreamInsertDocument<D>>(
    [{ $match: { operationType: 'insert', ...which } }],
    {
      ...resume,
      maxAwaitTimeMS: WAIT_MS,
    },
  );
  let isTaken = token === undefined;
  try {
    while (signal?.aborted !== true) {
      const change = await stream.tryNext();
      isTaken = true;
      const isTold = change !== null && !(await wasErased(store, change));
      const item = isTold ? itemOf({ collection: change.ns.coll, document: change.fullDocument }) : undefined;
      yield { ...present({ item }), token: tokenIn(change?._id ?? stream.resumeToken) } as Followed<T>;
    }
  } catch (error) {
    throw error instanceof MongoServerError ? told(error, isTaken, lost) : error;
  } finally {
    await stream.close();
  }
}

/** What is older may have been erased; MongoDB's log has it all the same. In seconds. */
const OLD_S = 2;

/** A record, or what tells of one. */
async function wasErased(store: Store, { clusterTime, fullDocument }: ChangeStreamInsertDocument): Promise<boolean> {
  const isOld = Date.now() / 1_000 - (clusterTime?.getHighBitsUnsigned() ?? 0) > OLD_S;
  const id: unknown = fullDocument['recordId'] ?? fullDocument['_id'];
  return isOld && id instanceof Binary && (await erasedAmong(store, [id])).size > 0;
}

/** ChangeStreamHistoryLost, and ChangeStreamFatalError: that place is not in the log. */
const LOST: ReadonlySet<unknown> = new Set([286, 280]);
/** What MongoDB says of bytes that are not a token; most of it has no name but a place in its source. */
const NO_TOKEN = /^(?:FailedToParse|InvalidResumeToken|Overflow|Location\d+)$/;

/** @param isTaken whether MongoDB has taken the token, or there was none. */
function told(error: MongoServerError, isTaken: boolean, lost: FollowTokenLostError): Error {
  if (LOST.has(error.code)) return lost;
  return !isTaken && NO_TOKEN.test(error.codeName ?? '') ? new PageTokenError() : error;
}

function tokenIn(resumeToken: unknown): string {
  return (resumeToken as { readonly _data: string })._data;
}
