import { isObject, type JsonObject } from '../domain/json.js';
import { present } from '../domain/present.js';
import { notARecord } from '../domain/streams/record-shape.js';
import { definitionOf, type RecordStream } from '../domain/streams/streams.js';
import type { ApiCall } from './api.js';
import { IncompleteAnswerError } from './incomplete.js';
import { type JsonAnswer, unreadable } from './json-call.js';
import { JsonPart } from './json-part.js';
import { type Pagination, readPagination } from './pagination.js';

export interface RecordQuery {
  /** Begin of the window; sent cut down to the second. */
  readonly from: Date;
  /** End of the window; sent rounded up to the second, so that the window never shrinks. */
  readonly to: Date;
  /** Token of the page within the same window; none for its first page. */
  readonly pageToken?: string | undefined;
  /** Records per page, 1 to 500. Default 500. */
  readonly pageSize?: number | undefined;
}

/** What to do with its next page is decided in `next-page.ts`. */
export interface RecordPage extends Omit<Pagination, 'oddity'> {
  readonly endpoint: string;
  /** Every entry of the page with its text as received, those included that are no records. */
  readonly rows: JsonPart[];
  readonly requestId?: string;
  /** Why its rows are not all there is, and the pages after it cannot be asked for. */
  readonly failure?: IncompleteAnswerError;
}

/** Rows that are asked for at once. */
export const DEFAULT_PAGE_SIZE = 500;

export function recordsCall(stream: RecordStream, query: RecordQuery): ApiCall {
  const { path, title: endpoint, request } = definitionOf(stream);
  const { from, to, pageToken, pageSize = DEFAULT_PAGE_SIZE } = query;
  const pagination = { pageSize, ...(pageToken ? { pageToken } : {}) };
  const window = request(timeOf(Math.floor(from.getTime() / 1_000)), timeOf(Math.ceil(to.getTime() / 1_000)));
  const holdsRows = (body: JsonObject) => holdsRecord(stream, body);
  return { method: 'POST', path, endpoint, body: { meta: { pagination }, data: [window] }, holdsRows };
}

function holdsRecord(stream: RecordStream, { data }: JsonObject): boolean {
  const { listKey } = definitionOf(stream);
  const entries: readonly unknown[] = Array.isArray(data) ? data : [];
  const rows = listKey === undefined ? entries : entries.flatMap((entry) => (isObject(entry) ? entry[listKey] : []));
  return rows.some((row) => notARecord(stream, row) === undefined);
}

/**
 * @throws {RawError} `unreadable` for an object that is no page at all, and for one whose entries are no records of the
 * stream, all of them: taken for a page, its time would count as read.
 */
export function readRecordPage(stream: RecordStream, answer: JsonAnswer): RecordPage {
  checkRecordPage(answer);
  const { requestId } = answer;
  const { oddity, ...pagination } = readPagination(answer.body);
  const rows = rowsOf(answer, definitionOf(stream).listKey);
  if (rows.length > 0 && rows.every(({ value }) => notARecord(stream, value) !== undefined)) {
    const reason = notARecord(stream, rows[0]?.value);
    throw unreadable(answer, `none of the ${rows.length} entries of the answer is a record: ${reason}`);
  }
  const unknown = () => IncompleteAnswerError.of('paging', answer, `the paging has an unknown form: ${oddity}`);
  const failure = answer.failure ?? (oddity === undefined ? undefined : unknown());
  return {
    ...pagination,
    endpoint: answer.endpoint,
    rows,
    ...present({ requestId, failure }),
  };
}

/**
 * For callers that ask for a page without wanting its rows.
 *
 * @throws {RawError} as `readRecordPage` does.
 */
export function checkRecordPage(answer: JsonAnswer): void {
  const { data, meta } = answer.body;
  const list = data ?? (isObject(meta) ? [] : undefined);
  if (!Array.isArray(list)) throw unreadable(answer, `the answer is not a page of ${answer.endpoint}`);
}

function rowsOf({ body, text, bytes }: JsonAnswer, listKey: string | undefined): JsonPart[] {
  // The body and `data`; each entry of `data` and its list.
  const levels = listKey === undefined ? 2 : 4;
  const entries = JsonPart.of(body, text, levels, bytes).member('data')?.elements() ?? [];
  return listKey === undefined ? entries : entries.flatMap((entry) => rowsIn(entry, listKey));
}

/** An entry without the list it should hold is taken as an entry of its own, so that nothing is lost silently. */
function rowsIn(entry: JsonPart, listKey: string): JsonPart[] {
  const { value } = entry;
  const list = entry.member(listKey);
  if (Array.isArray(list?.value)) return list.elements();
  if (list?.value === null) return [];
  return isObject(value) && Object.keys(value).length === 0 ? [] : [entry];
}

/** Epoch seconds as the API's documentation writes times: `2024-01-31T00:00:00+0000`. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(/\.\d+Z$/, '+0000');
}
