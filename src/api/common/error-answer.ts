/** What an error is answered with: the one place where errors become statuses, codes and messages. */

import { CodedRefusal, RefusedError } from '../../management/common/errors.js';
import { FieldError } from '../../management/fields/field-errors.js';
import { FIELDS_INVALID, FIELDS_MISSING } from '../../management/refusals.js';
import { isTemporalAway, isTemporalDenied } from '../../management/temporal/temporal-errors.js';
import { FollowTokenLostError } from '../../store/follow-inserts.js';
import { PageTokenError } from '../../store/list-page.js';
import { isIndexMissing } from '../../store/mongo-error.js';
import { isTimeUp } from '../../store/search/time-budget.js';

import { isStoreAway } from './store-away.js';

export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Of an invalid body: each by itself, in words. All of them stand in the message, too. */
  readonly mistakes?: readonly string[];
  /** More about it, for programs, such as the id that was asked for. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter?: number;
  /** Our own fault, or a server's: to be logged. */
  readonly isFault?: boolean;
}

/** Codes that all of Sumo Logic's APIs share, with their messages. */
export const GENERIC = {
  401: { status: 401, code: 'unauthorized', message: 'Credential could not be verified.' },
  403: { status: 403, code: 'forbidden', message: 'This access key may only read: its role is viewer.' },
  404: { status: 404, code: 'notfound', message: 'The requested resource could not be found.' },
  405: { status: 405, code: 'method.unsupported', message: 'This method is not supported by this address.' },
  413: { status: 413, code: 'content.toolarge', message: 'The body is too large.' },
  415: {
    status: 415,
    code: 'contenttype.invalid',
    message: 'The content type is not supported: send application/json.',
  },
  429: { status: 429, code: 'rate.limit.exceeded', message: 'API rate limit for this user has been exceeded.' },
  500: { status: 500, code: 'internal.error', message: 'Internal server error.' },
} as const satisfies Readonly<Record<number, ErrorAnswer>>;

const RETRY_AFTER_S = 5;

const away = (what: string): ErrorAnswer => ({
  status: 503,
  code: 'service.unavailable',
  message: `${what} does not answer at the moment. Nothing is lost; please try again later.`,
  retryAfter: RETRY_AFTER_S,
  isFault: true,
});

const DENIED =
  'Temporal denies a request of this server: its credentials lack a permission. The server’s log names the call.';

const INDEXING =
  'The indexes of the records are still being built, as after an upgrade. Nothing is lost; please try again later.';

const TOO_LONG: ErrorAnswer = {
  status: 503,
  code: 'request.timeout',
  message: 'This took MongoDB too long. Ask for less, such as a shorter time range.',
};

/** Thrown when what only Temporal and a worker know was asked for, and they did not say. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}

export function errorAnswerOf(error: unknown): ErrorAnswer {
  if (!(error instanceof Error)) return { ...GENERIC[500], isFault: true };
  if (error instanceof CodedRefusal) return ofRefusal(error);
  if (error instanceof RefusedError) return { status: 400, code: FIELDS_INVALID, message: sentence(error) };
  if (error instanceof PageTokenError) return { status: 400, code: FIELDS_INVALID, message: error.message };
  if (error instanceof FollowTokenLostError) return { status: 410, code: 'search.token.lost', message: error.message };
  if (isTimeUp(error)) return TOO_LONG;
  if (isStoreAway(error)) return away('MongoDB');
  if (isIndexMissing(error)) return { ...away('MongoDB'), message: INDEXING };
  if (isTemporalAway(error)) return away('Temporal');
  if (isTemporalDenied(error)) return { ...away('Temporal'), message: DENIED };
  if (error instanceof UnansweredError) return away('Temporal, or a worker,');
  return ofFastify(error);
}

/** Validation mistakes in one message: it is all that Terraform shows. */
export function refusalOf(reasons: readonly string[]): CodedRefusal {
  const mistakes = reasons.map((mistake) => mistake.replace(/^the whole:/, 'the body:'));
  const missing = mistakes.flatMap((mistake) => /^(.+?): missing/.exec(mistake)?.[1] ?? []);
  if (missing.length === 0 || missing.length < mistakes.length)
    return new CodedRefusal(400, FIELDS_INVALID, 'The request is invalid:', mistakes);
  return new CodedRefusal(400, FIELDS_MISSING, missing.map((path) => `Missing required field: '${path}'`).join('; '));
}

function ofRefusal(error: CodedRefusal): ErrorAnswer {
  const { status, code } = error;
  const meta = error instanceof FieldError && Object.keys(error.meta).length > 0 ? { meta: error.meta } : {};
  const mistakes = error.mistakes.length > 0 ? { mistakes: error.mistakes } : {};
  return { status, code, message: sentence(error), ...mistakes, ...meta };
}

function sentence({ message, mistakes }: RefusedError): string {
  const [head = ''] = message.split('\n');
  return mistakes.length === 0 ? message : `${head} ${mistakes.join('; ')}`;
}

/** Fastify's own errors: bad JSON, wrong content types, bodies that are too large. */
function ofFastify(error: Error): ErrorAnswer {
  const { statusCode } = error as { readonly statusCode?: number };
  if (statusCode === 413 || statusCode === 415) return GENERIC[statusCode];
  if (statusCode === 429)
    return { ...GENERIC[429], retryAfter: (error as { readonly retryAfter?: number }).retryAfter ?? 1 };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { status: 400, code: 'request.invalid', message: `The request cannot be read: ${error.message}` };
  return { ...GENERIC[500], isFault: true };
}
