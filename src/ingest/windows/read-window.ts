/**
 * Reads one window of audit events, DLP logs or held messages page by page, up to the documents that are stored. It
 * knows nothing of slices and checkpoints: for every reader of a window the records get the same identities.
 */

import { present } from '../../domain/present.js';
import type { RecordStream } from '../../domain/streams/streams.js';
import type { PagePlace, Window } from '../../domain/streams/window.js';
import { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import { endOfListing, type ListingEnd, nextRecordStep, totalAfterPage } from '../../mimecast/next-page.js';
import { DEFAULT_PAGE_SIZE, type RecordPage } from '../../mimecast/paged-records.js';
import { RowNumbers } from '../../records/row-numbers.js';
import type { LoadedSource } from '../source/source-reader.js';
import { PageTrail } from './page-trail.js';
import { type ReadRows, readRows } from './read-rows.js';

export interface WindowPage extends ReadRows {
  /** Whether it is the last page. */
  readonly last: boolean;
  /** The page after it, to begin another reading with; absent at the end, and where a later reading could not go on. */
  readonly next?: PagePlace;
  /** Whether nothing can have shifted: it is the only page, or all pages tell one total and that many entries came. */
  readonly proven: boolean;
  /**
   * Why the listing cannot be read on from here, or has ended too early: to be thrown once the rows are taken. No page
   * comes after it.
   */
  readonly failure?: IncompleteAnswerError;
  /** On the last page: why it may not be the end of all that the window holds, for people. */
  readonly doubt?: string;
}

export interface WindowReading {
  readonly signal?: AbortSignal;
  /** A page that an earlier reading of exactly this window ended before. Default its first page. */
  readonly begin?: PagePlace | undefined;
  /** Rows up to this time were counted by `ruled` before. Default: none was. */
  readonly countRulesAfter?: Date | undefined;
  /** Goes on when the listing has shifted. Default false. */
  readonly tolerant?: boolean;
  /** Whether the window can be read in smaller pieces: then a doubtful end is a failure, and they will tell. Default false. */
  readonly canSplit?: boolean;
}

/**
 * Thrown between two pages when the window holds more or fewer records than its pages before said: rows have shifted
 * from page to page, so that some came twice and some not at all. To be cured by reading the window from its first page.
 */
export class ListingShiftedError extends Error {
  override readonly name = 'ListingShiftedError';
}

/** Thrown when rows are not ordered by time after all, and the place that the reading began with does not suffice. */
export class ListingUnorderedError extends Error {
  override readonly name = 'ListingUnorderedError';
}

/**
 * The pages of a window, each asked for when the one before was taken.
 *
 * @throws RawError as the client does.
 * @throws ListingShiftedError unless `tolerant`.
 * @throws ListingUnorderedError only with `begin`.
 */
export async function* readWindow(
  source: LoadedSource,
  stream: RecordStream,
  window: Window,
  { signal, begin, countRulesAfter, tolerant = false, canSplit = false }: WindowReading = {},
): AsyncGenerator<WindowPage, void, undefined> {
  const numbers = new RowNumbers(begin?.tail);
  const trail = new PageTrail(stream, begin?.trail);
  let { number, token, met, total }: Partial<PagePlace> & { number: number; met: number } = begin ?? {
    number: 1,
    met: 0,
  };
  for (;;) {
    const page = await source.client.listRecords(stream, { ...window, pageToken: token }, signal);
    trail.addToken(token);
    const entries = page.rows.length;
    const known = total;
    const verdict = totalAfterPage({ number, met, total, entries, totalCount: page.totalCount });
    if (verdict === 'shifted' && !tolerant) {
      const found = `${page.totalCount} records instead of ${total}`;
      throw new ListingShiftedError(`Page ${number} of a window of ${stream} reports ${found}`);
    }
    total = verdict === 'shifted' ? undefined : verdict;
    const isAgain = trail.addPage(page.rows, total !== undefined);
    // All that was told of has come, and the listing only does not know its end.
    const isExtra = verdict !== 'shifted' && trail.isRepeating && known !== undefined && met >= known;
    if (verdict !== 'shifted' && (isAgain || isExtra)) total = known;
    const rows = isAgain || isExtra ? [] : page.rows;
    met += rows.length;
    const { nextPageToken: returnedToken, failure } = page;
    const isTokenKnown = isExtra || trail.isCircle || trail.knowsToken(returnedToken);
    const step = nextRecordStep({ recordCount: entries, returnedToken, isTokenKnown });
    const read = readRows(source, stream, rows, { place: placeOf(window, number), numbers, countRulesAfter });
    if (numbers.isLost) throw new ListingUnorderedError(`The rows of ${stream} are not ordered by time`);
    if (failure !== undefined) return yield { ...read, last: false, proven: false, failure };
    if (!step.more) {
      const only = number === 1;
      const isCircle = returnedToken !== undefined && entries > 0;
      const end = endOf({ total, met, entries, isCircle }, page, canSplit);
      return yield { ...read, proven: end.last && end.doubt === undefined && (only || total === met), ...end };
    }
    number += 1;
    token = step.pageToken;
    yield { ...read, last: false, ...nextPlace(numbers, trail, { number, token, met, total }), proven: false };
  }
}

/** @returns whether the end of a listing is that of its window. */
function endOf(
  { total, met, ...last }: Pick<ListingEnd, 'total' | 'met' | 'entries' | 'isCircle'>,
  page: RecordPage,
  canSplit: boolean,
): Pick<WindowPage, 'last' | 'failure' | 'doubt'> {
  const { pageSize } = page;
  const end = endOfListing({ total, met, ...last, pageSize, wanted: DEFAULT_PAGE_SIZE });
  if (end === 'whole') return { last: true };
  const message = {
    short: `the listing ended after ${met} of ${total} records`,
    full: `the listing ended with a full page of ${last.entries} records, and stated neither a total nor a next page`,
    circle: 'the listing never ends: its pages repeat, and state no total',
  }[end];
  if (end === 'short' || (end === 'full' && canSplit)) {
    return { last: false, failure: IncompleteAnswerError.of(end, page, message) };
  }
  return { last: true, doubt: message };
}

function placeOf({ from, to }: Window, number: number): string {
  return `window ${from.toISOString()} to ${to.toISOString()}, page ${number}`;
}

function nextPlace(
  { tail }: RowNumbers,
  { kept: trail }: PageTrail,
  {
    number,
    token,
    met,
    total,
  }: {
    readonly number: number;
    readonly token: string;
    readonly met: number;
    readonly total: number | undefined;
  },
): { readonly next?: PagePlace } {
  if (tail === undefined) return {};
  const known = { ...present({ total }), ...(tail === 'none' ? {} : { tail }) };
  return { next: { number, token, met, ...known, trail } };
}
