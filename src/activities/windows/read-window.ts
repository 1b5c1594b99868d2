/**
 * Reads one window of audit events, DLP logs or held messages page by page, up to the documents that are stored. It
 * knows nothing of slices and checkpoints: whoever reads a window, the records get the same identities.
 */

import type { RecordPage, RecordStream } from '../../mimecast/paged-records.js';
import { nextRecordStep, totalAfterPage } from '../../mimecast/paging.js';
import { asRecord, type VendorRecord } from '../../records/decode.js';
import { contentDigest, identityOf, identityOfId } from '../../records/identity.js';
import { ownTime } from '../../records/message-time.js';
import { recordOfText } from '../../records/record-of-text.js';
import { RowNumbers } from '../../records/row-numbers.js';
import { addRuleCounts, NO_RULE_COUNTS, type RuleCounts } from '../../source/rule-counts.js';
import type { PagePlace, Window } from '../../source/window.js';
import type { RecordDocument } from '../../store/collections.js';
import type { Unreadable } from '../../store/quarantine.js';
import type { LoadedSource } from '../source-reader.js';
import { type TimedDocument, timed } from '../timed-document.js';

export interface WindowPage {
  readonly records: readonly TimedDocument[];
  /** Entries that are no records. */
  readonly unreadable: readonly Unreadable[];
  /** Of all entries, those included that the processing rules keep out. */
  readonly listed: readonly RecordDocument['_id'][];
  /** What the processing rules did. */
  readonly ruled: RuleCounts;
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
    const entries = page.records.length + page.rejected.length;
    const verdict = totalAfterPage({ number, met, total, entries, totalCount: page.totalCount });
    if (verdict === 'shifted' && !tolerant) {
      const found = `${page.totalCount} records instead of ${total}`;
      throw new ListingShiftedError(`Page ${number} of a window of ${stream} tells of ${found}`);
    }
    total = verdict === 'shifted' ? undefined : verdict;
    met += entries;
    const step = nextRecordStep({ recordCount: entries, requestedToken: token, returnedToken: page.nextPageToken });
    const read = readPage(source, stream, page, placeOf(window, number), numbers, countRulesAfter);
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

function readPage(
  { settings, metadata, rules }: LoadedSource,
  stream: RecordStream,
  page: RecordPage,
  place: string,
  numbers: RowNumbers,
  countRulesAfter: Date | undefined,
): Pick<WindowPage, 'records' | 'unreadable' | 'listed' | 'ruled'> {
  const maker = { stream, metadata, rules, receiptTime: new Date() };
  const records: TimedDocument[] = [];
  const unreadable: Unreadable[] = [];
  const listed: RecordDocument['_id'][] = [];
  let ruled = NO_RULE_COUNTS;
  for (const value of [...page.records, ...page.rejected.map((rejected) => rejected.value)]) {
    const text = JSON.stringify(value) ?? 'null';
    const decoded = asRecord(value);
    const record = decoded.ok ? decoded.record : {};
    const id = recordIdentity(settings.sourceId, stream, record, text, numbers);
    listed.push(id);
    const made = recordOfText(maker, { id, text, decoded, place, size: Buffer.byteLength(text) });
    if (made.kind === 'document') records.push(timed(made.document, made.time));
    if (made.kind === 'unreadable') unreadable.push(made.unreadable);
    if (made.ruled !== NO_RULE_COUNTS && isNew(record, countRulesAfter)) ruled = addRuleCounts(ruled, made.ruled);
  }
  return { records, unreadable, listed, ruled };
}

/** Windows reach back into the one before; what was counted there is not counted again. */
function isNew(record: VendorRecord, after: Date | undefined): boolean {
  const time = ownTime(record);
  return after === undefined || time === undefined || time > after;
}

/** Audit events and held messages carry an id of their own; DLP rows differ only in their content. */
function recordIdentity(
  sourceId: number,
  stream: RecordStream,
  record: VendorRecord,
  text: string,
  numbers: RowNumbers,
): RecordDocument['_id'] {
  const { id } = record;
  if (stream !== 'dlp' && typeof id === 'string' && id !== '') return identityOfId(sourceId, stream, id);
  const content = contentDigest(text);
  return identityOf(sourceId, stream, content, numbers.next(content, ownTime(record)));
}
