/**
 * Records as they are stored, without loss. A change stream has them in the order in which MongoDB committed them, which
 * no field of a record tells: two writers may commit in another order than they read their clocks.
 */

import { type ChangeStreamInsertDocument, type Document, MongoServerError } from 'mongodb';
import { definitionOf, STREAMS } from '../../domain/streams/streams.js';
import { DB, type Store } from '../driver.js';
import { PageTokenError } from '../list-page.js';
import { filterOf } from './filter.js';
import { type FoundRecord, shownRecord } from './find-records.js';
import type { Found } from './merged.js';
import type { Search } from './request.js';

/** A record, or no news; and from where to follow on, without missing what comes behind it. */
export interface Followed {
  readonly record?: FoundRecord;
  readonly token: string;
}

export interface FollowRequest {
  /** Of the last `Followed` that was dealt with; default: from now on. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Thrown when MongoDB no longer has the changes since a token. */
export class FollowTokenLostError extends Error {
  override readonly name = 'FollowTokenLostError';

  constructor() {
    super(
      'token: what was stored since then is no longer in MongoDB’s log of changes; search for it by _receiptTime, and follow without a token',
    );
  }
}

/** How long MongoDB waits for news. Ends of the reader are noticed as late. */
const WAIT_MS = 1_000;

/** The first comes within a second. Ends only when the reader does, or with what MongoDB throws. @throws PageTokenError, FollowTokenLostError */
export async function* followRecords(
  { [DB]: db }: Store,
  search: Search,
  { token, signal }: FollowRequest,
): AsyncGenerator<Followed, void, undefined> {
  if (token !== undefined && !/^[0-9A-Fa-f]{2,1000}$/.test(token)) throw new PageTokenError();
  const resume = token === undefined ? {} : { resumeAfter: { _data: token } };
  const stream = db.watch<Found['document'], ChangeStreamInsertDocument<Found['document']>>(
    [{ $match: newRecords(search) }],
    { ...resume, maxAwaitTimeMS: WAIT_MS },
  );
  let isTaken = token === undefined;
  try {
    while (signal?.aborted !== true) {
      const change = await stream.tryNext();
      isTaken = true;
      const reached = tokenIn(change?._id ?? stream.resumeToken);
      yield change === null ? { token: reached } : { record: recordOf(change), token: reached };
    }
  } catch (error) {
    throw error instanceof MongoServerError ? told(error, isTaken) : error;
  } finally {
    await stream.close();
  }
}

/** ChangeStreamHistoryLost, and ChangeStreamFatalError: that place is not in the log. */
const LOST: ReadonlySet<unknown> = new Set([286, 280]);
/** What MongoDB says of bytes that are not a token; most of it has no name but a place in its source. */
const NO_TOKEN = /^(?:FailedToParse|InvalidResumeToken|Overflow|Location\d+)$/;

/** @param isTaken whether MongoDB has taken the token, or there was none. */
function told(error: MongoServerError, isTaken: boolean): Error {
  if (LOST.has(error.code)) return new FollowTokenLostError();
  return !isTaken && NO_TOKEN.test(error.codeName ?? '') ? new PageTokenError() : error;
}

function tokenIn(resumeToken: unknown): string {
  return (resumeToken as { readonly _data: string })._data;
}

function newRecords({ condition, streams, sourceIds, from, to, hasIndicators }: Search): Document {
  const time = { ...(from && { $gte: from }), ...(to && { $lt: to }) };
  const wanted = streams.map((stream) => ({
    $and: [
      { 'ns.coll': definitionOf(stream).collection },
      filterOf(condition, { stream, hasIndicators, prefix: 'fullDocument.' }),
    ],
  }));
  return {
    operationType: 'insert',
    ...(sourceIds && { 'fullDocument._sourceId': { $in: [...sourceIds] } }),
    ...(Object.keys(time).length > 0 && { 'fullDocument._messageTime': time }),
    $or: wanted,
  };
}

function recordOf({ ns, fullDocument }: ChangeStreamInsertDocument<Found['document']>): FoundRecord {
  const stream = STREAMS.find((name) => definitionOf(name).collection === ns.coll);
  if (stream === undefined) throw new Error(`${ns.coll} holds no records`);
  const { _received, ...document } = fullDocument;
  return shownRecord({ stream, document });
}
