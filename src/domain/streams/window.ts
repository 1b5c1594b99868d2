/**
 * Windows of time, in which audit events, DLP logs and held messages are read: what is kept of one that is being read,
 * so that the next slice goes on inside of it. Stored as it stands in the stream's checkpoint.
 */

/** Both bounds belong to it. The API knows whole seconds, so it is asked from the second of `from` to that after `to`. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** What has to be known of the rows before a page to number the identical ones on it; see `RowNumbers`. */
export interface RowTail {
  /** Epoch seconds of the last row that was numbered. */
  readonly second: number;
  /** Whether times grow or fall from row to row; absent while all rows are of one second. */
  readonly order?: 'rising' | 'falling';
  /** How often each content occurred in that second: `[digest, count]`. */
  readonly counts: readonly (readonly [string, number])[];
}

/** The last pages of a listing, to recognize one that goes in a circle. All as digests. */
export interface PageTrail {
  readonly pages: readonly string[];
  readonly tokens: readonly string[];
  /** Pages in a row without a new row. */
  readonly repeats: number;
}

/** A page inside a window that is to be read next. */
export interface PagePlace {
  /** Counted from 1, so 2 or more. */
  readonly number: number;
  readonly token: string;
  /** Entries on the pages before. */
  readonly met: number;
  /** Entries that the whole window holds, as the API said on the pages before. */
  readonly total?: number;
  readonly tail?: RowTail;
  /** Absent in places kept by earlier versions. */
  readonly trail?: PageTrail;
}

/** A window that is being read, frozen until it is finished: page tokens belong to its exact bounds. */
export interface WindowPosition extends Window {
  /** It is read in pieces; length of the next one in milliseconds, default all. `from` is where that piece begins. */
  readonly pieceMs?: number;
  /** The page of the first piece to go on with; default its first. */
  readonly page?: PagePlace;
  /** Set when the API has refused a page token of it: no further ones are kept. */
  readonly inOneGo?: boolean;
  /** Set when it lists the whole queue of held messages: when that listing began. */
  readonly listedAt?: Date;
  /** Set when it reaches back by a part of the overlap only. */
  readonly isBrief?: true;
}

/** The last window that reached back by the whole overlap, read to its end. */
export interface OverlapRead {
  /** Where it ended. */
  readonly until: Date;
  /** How many rows it held. */
  readonly rows: number;
}

/** The queue of held messages, as it was seen. */
export interface QueueState {
  /** When the last complete listing of the queue began; absent before the first. */
  readonly listedAt?: Date;
  /** Nothing older is asked for, since the API refused to. Default the source's first day. */
  readonly from?: Date;
}

/** Shortest piece of a window, in milliseconds: the API knows no smaller time than a second. */
const SHORTEST_PIECE_MS = 1_000;

/** The piece of the window that is to be read next. */
export function pieceOf({ from, to, pieceMs = Number.POSITIVE_INFINITY }: WindowPosition): Window {
  return { from, to: new Date(Math.min(to.getTime(), from.getTime() + pieceMs)) };
}

/**
 * The window in pieces half as long, from the first page of its next one: for a window that can't be read to its end.
 *
 * @returns undefined when there is nothing left to halve.
 */
export function halved(position: WindowPosition): WindowPosition | undefined {
  const { page: _page, ...rest } = position;
  const { from, to } = pieceOf(position);
  const lengthMs = to.getTime() - from.getTime();
  if (lengthMs <= SHORTEST_PIECE_MS) return undefined;
  const halfMs = Math.ceil(lengthMs / 2 / SHORTEST_PIECE_MS) * SHORTEST_PIECE_MS;
  return halfMs < lengthMs ? { ...rest, pieceMs: halfMs } : undefined;
}

/** What is left of the window after its next piece was read, in pieces twice as long; `undefined` when nothing is. */
export function afterPiece(position: WindowPosition): WindowPosition | undefined {
  const { page: _page, pieceMs = 0, ...rest } = position;
  const { to } = pieceOf(position);
  return to < position.to ? { ...rest, from: to, pieceMs: pieceMs * 2 } : undefined;
}

/** The later of two times, of which either may be unknown. */
export function laterOf(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b > a ? b : a;
}
