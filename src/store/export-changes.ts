/** The records of a source as they are stored, in the order in which MongoDB committed them, from a place in its log of changes. */

import { type ChangeStreamInsertDocument, type Document, MongoServerError, Timestamp } from 'mongodb';
import type { RecordId } from '../domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../domain/streams/streams.js';
import { DB, type Store } from './driver.js';

export interface NewRecord {
  readonly id: RecordId;
  readonly stream: StreamName;
  /** In bytes of BSON. */
  readonly size: number;
}

/** A record, or no news for the moment; and from where to go on. */
export interface Change {
  readonly record?: NewRecord;
  readonly token: string;
}

/** Thrown when MongoDB no longer has the changes since a token. */
export class ChangesLostError extends Error {
  override readonly name = 'ChangesLostError';
}

/** How long MongoDB waits for news. */
const WAIT_MS = 200;
/** ChangeStreamHistoryLost, and ChangeStreamFatalError. */
const LOST: ReadonlySet<unknown> = new Set([286, 280]);
const STREAM_OF = new Map(STREAMS.map((stream) => [definitionOf(stream).collection as string, stream]));

/** Ends only with its reader. @throws ChangesLostError, and what MongoDB throws */
export async function* changesSince(
  { [DB]: db }: Store,
  sourceId: number,
  token: string,
): AsyncGenerator<Change, void, undefined> {
  const changes = db.watch<
    Document,
    ChangeStreamInsertDocument<{ readonly _id: RecordId }> & { readonly size: number }
  >(
    [
      {
        $match: {
          operationType: 'insert',
          'ns.coll': { $in: [...STREAM_OF.keys()] },
          'fullDocument._sourceId': sourceId,
        },
      },
      { $project: { ns: 1, documentKey: 1, size: { $bsonSize: '$fullDocument' } } },
    ],
    { resumeAfter: { _data: token }, maxAwaitTimeMS: WAIT_MS },
  );
  try {
    for (;;) {
      const change = await changes.tryNext();
      const stream = change === null ? undefined : STREAM_OF.get(change.ns.coll);
      const reached = tokenIn(change?._id ?? changes.resumeToken);
      if (change === null || stream === undefined) yield { token: reached };
      else
        yield {
          token: reached,
          record: { id: change.documentKey._id, stream, size: change.size },
        };
    }
  } catch (error) {
    if (error instanceof MongoServerError && LOST.has(error.code)) throw new ChangesLostError();
    throw error;
  } finally {
    await changes.close();
  }
}

/** The place of now. */
export async function placeOfNow({ [DB]: db }: Store): Promise<string> {
  const changes = db.watch([{ $match: { operationType: 'none' } }], { maxAwaitTimeMS: 1 });
  try {
    await changes.tryNext();
    return tokenIn(changes.resumeToken);
  } finally {
    await changes.close();
  }
}

/** How far MongoDB's log of changes goes at the moment. */
export async function endOfChanges({ [DB]: db }: Store): Promise<Timestamp | undefined> {
  const { lastWrite } = await db.admin().command({ hello: 1 });
  const ts: unknown = (lastWrite as Document | undefined)?.majorityOpTime?.ts;
  return ts instanceof Timestamp ? ts : undefined;
}

/** A token begins with its time, after a byte that says so. */
const TIMED_TOKEN = /^82([0-9A-F]{8})([0-9A-F]{8})/i;

/** Whether a place is at or behind another; so is one that does not tell. */
export function hasReached(token: string, end: Timestamp | undefined): boolean {
  const [, seconds, number] = TIMED_TOKEN.exec(token) ?? [];
  if (end === undefined || seconds === undefined || number === undefined) return true;
  return new Timestamp({ t: Number.parseInt(seconds, 16), i: Number.parseInt(number, 16) }).greaterThanOrEqual(end);
}

function tokenIn(resumeToken: unknown): string {
  return (resumeToken as { readonly _data: string })._data;
}
