/** Faults on demand: what can be made to go wrong, and the check of a fault that somebody posts. */
import { KIND_NAMES } from '../kinds/list.js';
import { ERROR_NAMES, type ErrorName, isErrorName } from './errors.js';

export const FAULT_ENDPOINTS = ['token', 'batch', 'stream', 'file', ...KIND_NAMES, '*'] as const;
export type FaultEndpoint = (typeof FAULT_ENDPOINTS)[number];

/** What happens to the request. Several may be combined, `delayMs` with all. */
export interface FaultAction {
  /** Answers with this status instead of handling the request. */
  readonly status?: number;
  /** Body for `status`: a text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Sends the body gzipped: with status 200, an error that looks like a file until it is read. */
  readonly gzipBody?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers with one of the API's own errors. */
  readonly error?: ErrorName;
  /** Waits before it handles the request. */
  readonly delayMs?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Destroys the connection: before the answer, or after so many bytes of its body. */
  readonly cut?: true | { readonly afterBytes: number };
  /**
   * Sends so many bytes of the body at once and then one byte at a time; after `forMs` the connection is destroyed.
   * Default: it goes on to the end of the body.
   */
  readonly drip?: { readonly afterBytes: number; readonly everyMs: number; readonly forMs?: number };
  /** File: sends this share (0..1) of the gzip bytes; true is half. */
  readonly truncateGzip?: true | number;
  /** File: damages bytes in the middle. */
  readonly corruptGzip?: boolean;
  /** File: adds a line that is not JSON before line N, counted from 0. */
  readonly malformedLine?: number;
  /** Batch: lists URLs that have expired; file: answers that this one has. */
  readonly expiredUrl?: boolean;
  /** Batch: an empty, caught-up answer whose page token stands nowhere; asked with it, the same answer for ever. */
  readonly poisonToken?: boolean;
  /** Batch: an empty page that promises more, with a token that was never handed out before. */
  readonly emptyPage?: boolean;
  /** A listing of records: leaves out the second half of the page and all that follows; `totalCount` still tells of it. */
  readonly shortListing?: boolean;
  /** A listing of records: hands out `next` as an object with the token inside. */
  readonly nextAsObject?: boolean;
  /** File: answers 307 with another address of the same store, where the file is. */
  readonly redirect?: boolean;
  /** Withdraws all tokens of the calling application first, so that this call is the first to be refused. */
  readonly revokeTokens?: boolean;
  /** Sends the answer with another content type. */
  readonly contentType?: string;
  /** Answers 429. */
  readonly rateLimited?: { readonly retryAfterSeconds?: number; readonly resetMs?: number };
}

export interface Fault {
  readonly endpoint: FaultEndpoint;
  readonly match?: { readonly type?: string; readonly tenant?: string; readonly pathContains?: string };
  /** How often it fires; -1 until cleared. Default 1. */
  readonly times?: number;
  /** Lets so many matching requests pass first. Default 0. */
  readonly skip?: number;
  /** Fires for this share of the matching requests only. Default 1. */
  readonly probability?: number;
  readonly action: FaultAction;
}

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function integer(min: number, max = Number.MAX_SAFE_INTEGER): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ''}`;
}

const share: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a number from 0 to 1';
const text: Check = (value) => (typeof value === 'string' ? undefined : 'must be a text');
const yes: Check = (value) => (value === true ? undefined : 'must be true');
const anything: Check = () => undefined;

function either(first: Check, second: Check): Check {
  return (value) => {
    const [one, other] = [first(value), second(value)];
    return one && other ? `${one} or ${other.replace(/^must be /, '')}` : undefined;
  };
}

function object(members: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) => {
    if (!isObject(value)) return `must be an object with ${Object.keys(members).join(', ')}`;
    const mistakes: string[] = [];
    for (const key of required) if (!(key in value)) mistakes.push(`${key} is required`);
    for (const [key, inner] of Object.entries(value)) {
      const check = members[key];
      const mistake = check ? check(inner) : `is not known (known: ${Object.keys(members).join(', ')})`;
      if (mistake) mistakes.push(`${key} ${mistake}`);
    }
    return mistakes.length > 0 ? mistakes.map((mistake) => `> ${mistake}`).join('; ') : undefined;
  };
}

const headers: Check = (value) =>
  isObject(value) && Object.values(value).every((item) => typeof item === 'string')
    ? undefined
    : 'must be an object of texts';

const ACTION: Check = object({
  status: integer(100, 599),
  body: anything,
  gzipBody: yes,
  headers,
  error: (value) => (isErrorName(value) ? undefined : `must be one of ${ERROR_NAMES.join(', ')}`),
  delayMs: integer(0, 3_600_000),
  hang: yes,
  cut: either(yes, object({ afterBytes: integer(0) }, ['afterBytes'])),
  drip: object({ afterBytes: integer(0), everyMs: integer(1, 3_600_000), forMs: integer(0) }, [
    'afterBytes',
    'everyMs',
  ]),
  truncateGzip: either(yes, share),
  corruptGzip: yes,
  malformedLine: integer(0),
  expiredUrl: yes,
  poisonToken: yes,
  emptyPage: yes,
  shortListing: yes,
  nextAsObject: yes,
  redirect: yes,
  revokeTokens: yes,
  contentType: text,
  rateLimited: object({ retryAfterSeconds: integer(0), resetMs: integer(0) }),
});

const FAULT: Check = object(
  {
    endpoint: (value) =>
      FAULT_ENDPOINTS.some((name) => name === value) ? undefined : `must be one of ${FAULT_ENDPOINTS.join(', ')}`,
    match: object({ type: text, tenant: text, pathContains: text }),
    times: integer(-1),
    skip: integer(0),
    probability: share,
    action: (value) =>
      isObject(value) && Object.keys(value).length === 0 ? 'must name what shall happen' : ACTION(value),
  },
  ['endpoint', 'action'],
);

/** Actions that make sense at some endpoints only. */
const PLACES: Readonly<Record<string, readonly FaultEndpoint[]>> = {
  truncateGzip: ['file', '*'],
  corruptGzip: ['file', '*'],
  malformedLine: ['file', '*'],
  expiredUrl: ['file', 'batch', '*'],
  poisonToken: ['batch', '*'],
  emptyPage: ['batch', '*'],
  shortListing: [...KIND_NAMES, '*'],
  nextAsObject: [...KIND_NAMES, '*'],
  redirect: ['file', '*'],
  revokeTokens: ['batch', 'stream', ...KIND_NAMES, '*'],
};

function misplaced(fault: Fault): string[] {
  return Object.keys(fault.action)
    .filter((name) => PLACES[name]?.includes(fault.endpoint) === false)
    .map((name) => `action > ${name} is for the endpoints ${PLACES[name]?.join(', ')}`);
}

/** The faults of a posted value, or every mistake in it. */
export function readFaults(value: unknown): {
  readonly faults: readonly Fault[];
  readonly mistakes: readonly string[];
} {
  const faults: Fault[] = [];
  const mistakes: string[] = [];
  for (const [at, item] of (Array.isArray(value) ? value : [value]).entries()) {
    const prefix = Array.isArray(value) ? `fault ${at}: ` : '';
    const mistake = FAULT(item);
    if (mistake) {
      mistakes.push(...mistake.split('; ').map((text) => `${prefix}${text.replace(/^> /, '')}`));
      continue;
    }
    const fault = item as Fault;
    faults.push(fault);
    mistakes.push(...misplaced(fault).map((text) => `${prefix}${text}`));
  }
  return { faults, mistakes };
}
