/** Places in the order of a search: newest first, equal times by id, equal ids by stream. */

import { Binary, type Document } from 'mongodb';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import { PageTokenError } from '../list-page.js';

/** Behind a record; or, without an id, before all that is as old as the time, or older (in a search oldest first: as new). */
export interface Position {
  readonly time: Date;
  readonly id?: Binary;
  readonly stream?: StreamName;
}

export function tokenOf({ time, id, stream }: Position): string {
  const parts = id === undefined || stream === undefined ? [] : [id.toString('hex'), STREAMS.indexOf(stream)];
  return Buffer.from(JSON.stringify([time.getTime(), ...parts])).toString('base64url');
}

/** @throws PageTokenError */
export function positionOf(token: string): Position {
  const [ms, id, index] = listOf(token);
  const time = new Date(typeof ms === 'number' ? ms : Number.NaN);
  if (Number.isNaN(time.getTime())) throw new PageTokenError();
  if (id === undefined && index === undefined) return { time };
  const stream = typeof index === 'number' ? STREAMS[index] : undefined;
  if (typeof id !== 'string' || !/^(?:[0-9a-f]{2}){1,64}$/.test(id) || stream === undefined) throw new PageTokenError();
  return { time, id: binaryOf(id), stream };
}

function listOf(token: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(parsed) && parsed.length <= 3) return parsed;
  } catch {
    // Told below.
  }
  throw new PageTokenError();
}

export function binaryOf(hex: string): Binary {
  return new Binary(Buffer.from(hex, 'hex'));
}

/** The records of a stream behind a position. */
export function behindFilter({ time, id, stream }: Position, of: StreamName, isOldestFirst = false): Document {
  if (id === undefined || stream === undefined) return { _messageTime: isOldestFirst ? { $gte: time } : { $lt: time } };
  const [beyond, since] = isOldestFirst ? ['$gt', '$gte'] : ['$lt', '$lte'];
  const [one, other] = isOldestFirst ? [stream, of] : [of, stream];
  const isBehind = STREAMS.indexOf(one) > STREAMS.indexOf(other);
  return {
    _messageTime: { [since]: time },
    $or: [{ _messageTime: { [beyond]: time } }, { _id: { [isBehind ? since : beyond]: id } }],
  };
}

export interface Placed {
  readonly stream: StreamName;
  readonly document: { readonly _id: Binary; readonly _messageTime: Date };
}

/** Negative when the first comes first in a search newest first. */
export function compare(a: Placed, b: Placed): number {
  const byTime = b.document._messageTime.getTime() - a.document._messageTime.getTime();
  if (byTime !== 0) return byTime;
  const [ours, theirs] = [a.document._id, b.document._id];
  const byId = theirs.position - ours.position || Buffer.compare(theirs.value(), ours.value());
  return byId !== 0 ? byId : STREAMS.indexOf(a.stream) - STREAMS.indexOf(b.stream);
}
