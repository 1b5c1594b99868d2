import { filledString, isObject, type JsonObject, kindOf } from '../domain/json.js';
import { present } from '../domain/present.js';
import type { SiemStream } from '../domain/streams/streams.js';
import type { ApiCall } from './api.js';
import { IncompleteAnswerError } from './incomplete.js';
import { type JsonAnswer, unreadable } from './json-call.js';
import { invalidTokenReason, unexpectedNext } from './pagination.js';

export interface BatchQuery {
  readonly type: SiemStream;
  /** Position to go on from. With it, `from` and `to` are not sent: they would only restart whole days. */
  readonly pageToken?: string | undefined;
  /** First day (UTC) to list, both days included; default the oldest that Mimecast keeps, up to 7 days back. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Files per page, 1 to 100. Default 100. */
  readonly pageSize?: number | undefined;
}

/** One file of events, to be downloaded from its pre-signed URL. */
export interface BatchFile {
  /** What stays the same in every listing of the file: the URL's host and path, `bucket.example.com/2024/1.json.gz`. */
  readonly name: string;
  /** The URL's path alone, which may be that of another file in another bucket: by it earlier versions knew the file. */
  readonly path: string;
  /** Pre-signed: anyone who has it can read the file until it expires. Never log or keep it. */
  readonly url: string;
  /** What Mimecast calls its size, in bytes; for people, as nobody says of what. */
  readonly size?: number;
  /** When its address expires, epoch milliseconds. */
  readonly expiresAt?: number;
}

/** Something in an answer that is not what it should be, for quarantine. */
export interface Rejected {
  readonly value: unknown;
  readonly reason: string;
}

export interface BatchPage {
  /** Each file once: Mimecast pads some pages with files they already hold. */
  readonly files: BatchFile[];
  /** `@nextPage`, when it says something. What to do with it is decided in `nextBatchStep`. */
  readonly pageToken?: string;
  readonly isCaughtUp: boolean | undefined;
  /** Entries that name no file. */
  readonly rejected: Rejected[];
  /** Whether it has as many entries as were asked for, or more. */
  readonly isFull: boolean;
  /** Why its files are not all there is, and the page after it cannot be asked for. */
  readonly failure?: IncompleteAnswerError;
}

const DEFAULT_PAGE_SIZE = 100;
/** In characters. S3 takes keys of 1,024 bytes, each up to three characters long here, and its signatures are shorter. */
const LONGEST_URL = 8_192;
/** Entries that a page may have: a thousand times what is asked for, and its checkpoint still fits into a document. */
const MAX_ENTRIES = 100_000;

export function batchListCall({ type, pageToken, from, to, pageSize = DEFAULT_PAGE_SIZE }: BatchQuery): ApiCall {
  const position = pageToken
    ? { nextPage: pageToken }
    : present({ dateRangeStartsAt: from && dayOf(from), dateRangeEndsAt: to && dayOf(to) });
  return {
    method: 'GET',
    path: 'siem/v1/batch/events/cg',
    query: { type, pageSize: String(pageSize), ...position },
    endpoint: 'batch list',
    holdsRows: ({ value }) => Array.isArray(value) && value.some((entry) => readFile(entry) !== undefined),
  };
}

/**
 * @param pageSize how many files were asked for. Default 100.
 * @throws {RawError} `unreadable` for an object that is no page at all, or one beyond all measure.
 */
export function readBatchPage(answer: JsonAnswer, pageSize = DEFAULT_PAGE_SIZE): BatchPage {
  const { body } = answer;
  const pageToken = filledString(body['@nextPage']);
  const isCaughtUp = caughtUpOf(body.isCaughtUp);
  const isBare = (pageToken === undefined && isCaughtUp === undefined) || hasOtherList(body);
  const entries = body.value ?? (isBare ? undefined : []);
  if (!Array.isArray(entries)) throw unreadable(answer, 'the answer is not a page of batch files');
  if (entries.length > MAX_ENTRIES) throw unreadable(answer, `the page names ${entries.length} files`);

  const files = new Map<string, BatchFile>();
  const rejected: Rejected[] = [];
  for (const value of entries) {
    const file = readFile(value);
    if (file === undefined) rejected.push({ value: unsigned(value), reason: 'the entry has no usable url' });
    else if (!files.has(file.name)) files.set(file.name, file);
  }
  const oddity = oddityOf(body);
  const unknown = () => IncompleteAnswerError.of('paging', answer, `the paging has an unknown form: ${oddity}`);
  const failure = answer.failure ?? (oddity === undefined ? undefined : unknown());
  return {
    files: [...files.values()],
    isCaughtUp,
    rejected,
    isFull: entries.length >= pageSize,
    ...present({ pageToken, failure }),
  };
}

/** Some gateways send booleans as text. */
function caughtUpOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

function oddityOf(body: JsonObject): string | undefined {
  const { '@nextPage': token, isCaughtUp } = body;
  const isTold = caughtUpOf(isCaughtUp) !== undefined || isCaughtUp === undefined || isCaughtUp === null;
  return (
    invalidTokenReason('@nextPage', token) ??
    (isTold ? undefined : `isCaughtUp is ${kindOf(isCaughtUp)}`) ??
    (filledString(token) === undefined && caughtUpOf(isCaughtUp) !== true ? unexpectedNext({ '': body }) : undefined)
  );
}

/** Without `value`, but with a list under another name: nobody can say that the page is empty. */
function hasOtherList({ value, fail: _fail, ...rest }: JsonObject): boolean {
  return value === undefined && Object.values(rest).some((other) => Array.isArray(other) && other.length > 0);
}

function readFile(value: unknown): BatchFile | undefined {
  if (!isObject(value)) return undefined;
  const { url, size, expiry } = value;
  const parsed = typeof url === 'string' && url.length <= LONGEST_URL ? URL.parse(url) : null;
  if (typeof url !== 'string' || parsed === null) return undefined;
  const expiresAt = typeof expiry === 'string' ? Date.parse(expiry) : Number.NaN;
  return {
    name: `${parsed.host}${parsed.pathname}`,
    path: parsed.pathname,
    url,
    ...(typeof size === 'number' ? { size } : {}),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}

/** Without the signature: it is a secret, and in each listing another. */
function unsigned(value: unknown): unknown {
  if (!isObject(value) || typeof value.url !== 'string') return value;
  return { ...value, url: value.url.replace(/\?.*$/s, '') };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
