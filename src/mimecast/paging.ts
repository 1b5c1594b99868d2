/**
 * When to ask for the next page, and with what. Every case is decided here and nowhere else: in public collectors,
 * wrong stops at empty pages and dropped tokens were the most frequent cause of lost and repeated records.
 */

/** What one page of batch files told us. */
export interface BatchOutcome {
  /** The token the page was asked with; none on the very first call. */
  readonly requestedToken?: string | undefined;
  /** `@nextPage` of the answer. */
  readonly returnedToken?: string | undefined;
  /** `isCaughtUp` of the answer. */
  readonly isCaughtUp?: boolean | undefined;
}

export interface BatchStep {
  /** Position to keep for ever and to ask with next time; absent when Mimecast has never given one. */
  readonly keepToken?: string;
  /**
   * `more`: go on now. `caughtUp`: all that there is was listed; poll again later, from `keepToken`. `wait`: nothing
   * more is shown now, but Mimecast says that it is not the end; poll again later and do not call it caught up.
   */
  readonly next: 'more' | 'caughtUp' | 'wait';
}

/**
 * The step after a page of batch files.
 *
 * The token is a lasting position in the stream and not only a page number, so the last one is kept even when an answer
 * has none. There is more exactly while the position moves and Mimecast does not say that it is caught up. How many
 * files the page had does not matter: an empty page is no proof of the end, and a full one may be the last. Where the
 * position does not move, only an `isCaughtUp` of `false` speaks against the end; some answers do not have the key.
 */
export function nextBatchStep({ requestedToken, returnedToken, isCaughtUp }: BatchOutcome): BatchStep {
  const keepToken = returnedToken || requestedToken;
  const moved = keepToken !== undefined && keepToken !== requestedToken;
  const next = isCaughtUp === true ? 'caughtUp' : moved ? 'more' : isCaughtUp === false ? 'wait' : 'caughtUp';
  return { ...(keepToken ? { keepToken } : {}), next };
}

/** What one page of records told us. */
export interface RecordOutcome {
  /** Entries of the page, those included that are no records. */
  readonly recordCount: number;
  readonly requestedToken?: string | undefined;
  /** `meta.pagination.next` of the answer. */
  readonly returnedToken?: string | undefined;
}

/** Token of the next page, or none once the window is finished. */
export interface RecordStep {
  readonly pageToken?: string;
  readonly more: boolean;
}

/**
 * The step after a page of audit events, DLP logs or held messages.
 *
 * These tokens are page numbers within one window and end with it. Some servers add an empty last page that still has a
 * `next`, so an empty page ends the window; so does a token that does not move.
 */
export function nextRecordStep({ recordCount, requestedToken, returnedToken }: RecordOutcome): RecordStep {
  if (recordCount === 0 || !returnedToken || returnedToken === requestedToken) return { more: false };
  return { pageToken: returnedToken, more: true };
}

/** What a page of records says of how many its window holds. */
export interface TotalOutcome {
  /** Of the page, counted from 1. */
  readonly number: number;
  /** Entries on the pages before. */
  readonly met: number;
  /** Total that the pages before agreed on; none when they told none. */
  readonly total: number | undefined;
  /** Entries of this page. */
  readonly entries: number;
  /** `meta.pagination.totalCount` of this page. */
  readonly totalCount: number | undefined;
}

/**
 * The total that the pages of a window agree on so far; `shifted` when this one tells another, and so rows may have
 * moved from page to page. An extra empty page at the end tells nothing. Where each page tells its own count, as some
 * servers' do, there is no total.
 */
export function totalAfterPage({
  number,
  met,
  total,
  entries,
  totalCount,
}: TotalOutcome): number | undefined | 'shifted' {
  if (number === 1) return totalCount;
  if (total === undefined || totalCount === undefined) return undefined;
  if (entries === 0 && met === total) return total;
  if (totalCount === total) return met + entries > total ? undefined : total;
  return number === 2 && met === total && entries === totalCount ? undefined : 'shifted';
}
