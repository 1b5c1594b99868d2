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
  /** Whether the page has as many files as were asked for. Default not. */
  readonly isFull?: boolean;
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
 * position does not move, an `isCaughtUp` of `false` speaks against the end, and so does a full page; some answers do not
 * have the key.
 */
export function nextBatchStep({ requestedToken, returnedToken, isCaughtUp, isFull = false }: BatchOutcome): BatchStep {
  const keepToken = returnedToken || requestedToken;
  const moved = keepToken !== undefined && keepToken !== requestedToken;
  const seemsEnded = isCaughtUp === undefined && !isFull;
  const next = isCaughtUp === true ? 'caughtUp' : moved ? 'more' : seemsEnded ? 'caughtUp' : 'wait';
  return { ...(keepToken ? { keepToken } : {}), next };
}

/** What one page of records told us. */
export interface RecordOutcome {
  /** Entries of the page, those included that are no records. */
  readonly recordCount: number;
  /** `meta.pagination.next` of the answer. */
  readonly returnedToken?: string | undefined;
  /** Whether a page of the window was asked for with that token already. */
  readonly isTokenKnown?: boolean;
}

/** Token of the next page, or none once the listing has ended. */
export type RecordStep = { readonly more: true; readonly pageToken: string } | { readonly more: false };

/**
 * The step after a page of audit events, DLP logs or held messages.
 *
 * These tokens are page numbers within one window and end with it. Some servers add an empty last page that still has a
 * `next`, so an empty page ends the listing; so does a token that does not move, or goes back. Whether it ended too early
 * is for `endOfListing` to say.
 */
export function nextRecordStep({ recordCount, returnedToken, isTokenKnown = false }: RecordOutcome): RecordStep {
  if (recordCount === 0 || !returnedToken || isTokenKnown) return { more: false };
  return { pageToken: returnedToken, more: true };
}

/** How a listing of records ended. */
export interface ListingEnd {
  /** Total that its pages agree on; none when they told none, or each its own. */
  readonly total: number | undefined;
  /** Entries of all its pages. */
  readonly met: number;
  /** Entries of its last page. */
  readonly entries: number;
  /** `meta.pagination.pageSize` of the last page. */
  readonly pageSize: number | undefined;
  /** Rows that were asked for. */
  readonly wanted: number;
  /** Whether its last page began it again, or its last token leads back. */
  readonly isCircle: boolean;
}

/** Sizes to which servers cut a page, whatever is asked for; 25 is the API's own default. */
const CUSTOMARY_SIZES: ReadonlySet<number> = new Set([25, 50, 100, 200, 250]);

/**
 * What speaks against a listing's end being the end of all that its window holds. With a total that alone counts: fewer
 * entries are `short`. Without one, a full last page is suspicious. Some servers tell as the size of a page how many rows
 * it has, so a smaller one than was asked for is taken for full only at a size to which pages are cut.
 */
export function endOfListing(end: ListingEnd): 'whole' | 'short' | 'full' | 'circle' {
  const { total, met, entries, pageSize, wanted, isCircle } = end;
  if (total !== undefined) return met >= total ? 'whole' : 'short';
  if (isCircle) return 'circle';
  const isCut = entries === pageSize && CUSTOMARY_SIZES.has(entries);
  return entries >= wanted || isCut ? 'full' : 'whole';
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
  // Fewer than this page has is no total, whatever it counts.
  if (number === 1) return totalCount !== undefined && totalCount < entries ? undefined : totalCount;
  if (total === undefined || totalCount === undefined) return undefined;
  if (entries === 0 && met === total) return total;
  if (totalCount === total) return met + entries > total ? undefined : total;
  return number === 2 && met === total && entries === totalCount ? undefined : 'shifted';
}
