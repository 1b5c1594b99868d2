/**
 * Reads one window of audit events, DLP logs or held messages page by page, up to the documents that are stored. It
 * knows nothing of slices and checkpoints: whoever reads a window, the records get the same identities.
 */

import type { RecordStream } from '../../mimecast/paged-records.js';
import { nextRecordStep, totalAfterPage } from '../../mimecast/paging.js';
import { RowNumbers } from '../../records/row-numbers.js';
import type { PagePlace, Window } from '../../source/window.js';
import type { LoadedSource } from '../source-reader.js';
import { type ReadRows, readRows } from './read-rows.js';

export interface WindowPage extends ReadRows {
  /** Whether it is the last page. */
  readonly last: boolean;
  /** The page after it, to begin another reading with; absent at the end, and where a later reading could not go on. */
  readonly next?: PagePlace;
  /** Whether nothing can have shifted: it is the only page, or all pages tell one total and that many entries came. */
  readonly proven: boolean;
}

export interface WindowReading {
  readonly signal?: AbortSignal;
  /** A page that an earlier reading of exactly this window ended before. Default its first page. */
  readonly begin?: PagePlace | undefined;
  /** Rows up to this time were counted by `ruled` before. Default: none was. */
  readonly countRulesAfter?: Date | undefined;
  /** Goes on when the listing has shifted. Default false. */
  readonly tolerant?: boolean;
}

/**
 * Thrown between two pages when the window holds more or fewer records than its pages before said: rows have shifted
 * from page to page, so that some came twice and some not at all. To be cured by reading the window from its first page.
 */
export class ListingShiftedError extends Error {
  override readonly name = 'ListingShiftedError';
}

/** Thrown when rows are not in order of time after all, and the place that the reading began with does not suffice. */
export class ListingUnorderedError extends Error {
  override readonly name = 'ListingUnorderedError';
}

/**
 * The pages of a window, each asked for when the one before was taken.
 *
 * @throws TroubleError as the client does.
 * @throws ListingShiftedError unless `tolerant`.
 * @throws ListingUnorderedError only with `begin`.
 */
export async function* readWindow(
  source: LoadedSource,
  stream: RecordStream,
  window: Window,
  { signal, begin, countRulesAfter, tolerant = false }: WindowReading = {},
): AsyncGenerator<WindowPage, void, undefined> {
  const numbers = new RowNumbers(begin?.tail);
  let { number, token, met, total }: Partial<PagePlace> & { number: number; met: number } = begin ?? {
    number: 1,
    met: 0,
  };
  for (;;) {
    const page = await source.client.listRecords(stream, { ...window, pageToken: token }, signal);
    const entries = page.rows.length;
    const verdict = totalAfterPage({ number, met, total, entries, totalCount: page.totalCount });
    if (verdict === 'shifted' && !tolerant) {
      const found = `${page.totalCount} records instead of ${total}`;
      throw new ListingShiftedError(`Page ${number} of a window of ${stream} tells of ${found}`);
    }
    total = verdict === 'shifted' ? undefined : verdict;
    met += entries;
    const step = nextRecordStep({ recordCount: entries, requestedToken: token, returnedToken: page.nextPageToken });
    const read = readRows(source, stream, page.rows, { place: placeOf(window, number), numbers, countRulesAfter });
    if (numbers.isLost) throw new ListingUnorderedError(`The rows of ${stream} are not in order of time`);
    const only = number === 1 && !step.more;
    number += 1;
    token = step.pageToken;
    yield {
      ...read,
      last: !step.more,
      ...nextPlace(numbers, { number, token, met, total }),
      proven: !step.more && (only || total === met),
    };
    if (!step.more) return;
  }
}

function placeOf({ from, to }: Window, number: number): string {
  return `window ${from.toISOString()} to ${to.toISOString()}, page ${number}`;
}

function nextPlace(
  { tail }: RowNumbers,
  {
    number,
    token,
    met,
    total,
  }: {
    readonly number: number;
    readonly token: string | undefined;
    readonly met: number;
    readonly total: number | undefined;
  },
): { readonly next?: PagePlace } {
  if (token === undefined || tail === undefined) return {};
  const known = { ...(total === undefined ? {} : { total }), ...(tail === 'none' ? {} : { tail }) };
  return { next: { number, token, met, ...known } };
}
