/**
 * A brake for listings of batch files that go on without bringing anything new: empty pages, or the same files again,
 * whatever tokens they carry. Pure; kept in the checkpoint as it stands, so that it outlasts a slice of work.
 *
 * A backlog that is read again is no such listing: its pages bring nothing new either, but move forward in time.
 */

import { present } from '../present.js';

/** Pages in a row that were not the end and brought nothing new. Absent while everything is as it should be. */
export interface StalledListing {
  readonly pages: number;
  /** When the first of them came. */
  readonly since: Date;
  /** The newest record met since something new came: a page without a newer one does not move forward. */
  readonly newest?: Date;
  /** Digests of the last tokens. */
  readonly tokens: readonly string[];
  /** Set when one of the tokens came again. */
  readonly isCircle?: boolean;
  /** Nothing is asked for before this time. */
  readonly nextAt?: Date;
}

/** What a page that is not the end told. */
export interface PageNews {
  /** Whether something of it was stored, as a record or in quarantine. */
  readonly isNew: boolean;
  /** The newest time of its records, those included that are stored already. */
  readonly newest?: Date | undefined;
  /** Digest of the token of the next page, when the position moves. */
  readonly token?: string | undefined;
}

/** What a stream's progress tells of them, once there are many. */
export interface EndlessPages {
  readonly pages: number;
  /** For people. */
  readonly message: string;
}

/** So many idle pages in a row are read as fast as any others. */
export const FREE_PAGES = 5;
/** So many are told. */
export const MANY_PAGES = 10;
/** First pause, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE_MS = 5_000;
/** A tenth of what the batch endpoint permits: 5 of 50 calls in 15 minutes. */
const LONGEST_PAUSE_MS = 3 * 60_000;
/** Circles of so many pages are recognized by their tokens, longer ones by their records. */
const KEPT_TOKENS = 16;

/** The idle pages after one more page; `undefined` when it brought something new. */
export function afterPage(
  known: StalledListing | undefined,
  { isNew, newest, token }: PageNews,
  now: Date,
): StalledListing | undefined {
  if (isNew) return undefined;
  const before: StalledListing = known ?? { pages: 0, since: now, tokens: [] };
  const isCircle = token !== undefined && before.tokens.includes(token);
  const isLater = newest !== undefined && (before.newest === undefined || newest > before.newest);
  const tokens = token === undefined || isCircle ? before.tokens : [...before.tokens, token].slice(-KEPT_TOKENS);
  const pages = isCircle ? Math.max(before.pages, FREE_PAGES) + 1 : before.pages + 1;
  if (isLater && !isCircle) return { pages: 0, since: now, newest, tokens };
  return {
    pages,
    since: before.since,
    tokens,
    ...present({ newest: before.newest }),
    ...(isCircle || before.isCircle === true ? { isCircle: true } : {}),
    ...(pages > FREE_PAGES ? { nextAt: nextTime(before.nextAt, pages, now) } : {}),
  };
}

/** Whether the next page has to wait. */
export function isBraked({ nextAt }: StalledListing, now: Date): boolean {
  // A time further ahead was written by a clock that has been set back since.
  return nextAt !== undefined && nextAt > now && nextAt.getTime() - now.getTime() <= LONGEST_PAUSE_MS;
}

/** Whether there are so many that people should know. */
export function areMany(stalled: StalledListing | undefined): stalled is StalledListing {
  return stalled !== undefined && stalled.pages >= MANY_PAGES;
}

export function stalledText({ pages, since, isCircle }: StalledListing): string {
  const circle = isCircle === true ? '; their tokens go in a circle' : '';
  return `${pages} pages in a row since ${since.toISOString()} had nothing new, and were not the end${circle}`;
}

/** Pauses of polls that came late are not added up beyond the longest one. */
function nextTime(last: Date | undefined, pages: number, now: Date): Date {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(pages - FREE_PAGES - 1, 10));
  const from = Math.max(last?.getTime() ?? now.getTime(), now.getTime() - LONGEST_PAUSE_MS);
  return new Date(Math.min(from, now.getTime()) + pauseMs);
}
