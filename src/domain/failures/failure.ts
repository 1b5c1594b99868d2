/**
 * What can go wrong, and what it means: one table from what came back (`ErrorFacts`) to one of the three error types of
 * Sumo Logic's *Mimecast Source* page (`Failure`).
 */

import { present } from '../present.js';
import { FAILURE_TABLE } from './failure-table.js';

/** The three error types, in the order of the page. */
export const FAILURE_TYPES = ['ThirdPartyConfig', 'ThirdPartyGeneric', 'FirstPartyGeneric'] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Health event that each error type raises. */
export const HEALTH_EVENT_OF: Readonly<Record<FailureType, string>> = {
  ThirdPartyConfig: 'ThirdPartyConfigError',
  ThirdPartyGeneric: 'ThirdPartyGenericError',
  FirstPartyGeneric: 'FirstPartyGenericError',
};

/** Which party the error came from. `file` is the store of the pre-signed batch files, `s3` a
 * bucket that a source reads, `sqs` the queue of its notifications, `sts` where its role is assumed, `internal` our own code. */
export type ErrorOrigin =
  | 'mimecast'
  | 'file'
  | 's3'
  | 'sqs'
  | 'sts'
  | 'mongodb'
  | 'temporal'
  | 'internal'
  | 'configuration';

/** Why no usable answer came at all. */
export type NetworkCause =
  | 'unknownHost'
  | 'dns'
  | 'refused'
  | 'reset'
  | 'tls'
  | 'timeout'
  | 'unreadable'
  | 'network'
  /** The proxy cannot be reached, or opens no connection. */
  | 'proxy'
  /** The name of a public host stands for an address of a private network. */
  | 'privateAddress';

/** What came back, freed from every library's own types. */
export interface ErrorFacts {
  readonly origin: ErrorOrigin;
  /** What the other side said, or what our side saw; without secrets. */
  readonly message: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** `fail[0].code`, `error.code`, the `<Code>` of an S3 answer, or a driver's code. */
  readonly code?: string;
  readonly cause?: NetworkCause;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Which endpoint, for people: "batch list", "audit events". */
  readonly endpoint?: string;
  /** `x-request-id` of the answer, which Mimecast's support asks for. */
  readonly requestId?: string;
}

/** ErrorFacts with its meaning. Serialisable: it crosses from activities to the workflow. */
export interface Failure {
  readonly type: FailureType;
  /** Short machine-readable cause: Mimecast's code where there is one, else `http_503`, `timeout`, … */
  readonly code: string;
  /** One sentence for an operator: what happened. */
  readonly message: string;
  /** What the operator can do about it. */
  readonly advice?: string;
  /** Whether trying again by itself can help. */
  readonly retry: boolean;
  /** A warning is shown as such and is not an error until the retry budget is used up (rate limits). */
  readonly severity: 'error' | 'warning';
  readonly retryAfterMs?: number;
  /** What is not retried is tried once more after each such time all the same, in milliseconds. Default: never. */
  readonly againEveryMs?: number;
  readonly requestId?: string;
}

/** Classifies an error. */
export function classify(facts: ErrorFacts): Failure {
  const row = FAILURE_TABLE.find(({ when }) => when(facts));
  return {
    type: row?.type ?? 'ThirdPartyGeneric',
    code: codeOf(facts),
    message: row?.say?.(facts) ?? plainMessage(facts),
    retry: row?.retry ?? true,
    severity: row?.severity ?? 'error',
    ...present({
      advice: row?.advice,
      againEveryMs: row?.againEveryMs,
      retryAfterMs: facts.retryAfterMs,
      requestId: facts.requestId,
    }),
  };
}

/**
 * Whether a token request failed as it does at a host that is not Mimecast's. A passing fault looks the same, so once
 * proves nothing; see `host-doubts.ts`.
 */
export function looksLikeWrongHost({ origin, cause, status = 0 }: ErrorFacts): boolean {
  if (origin !== 'mimecast') return false;
  if (cause === 'unknownHost' || cause === 'unreadable' || cause === 'tls') return true;
  return status === 404 || status === 405 || (status >= 300 && status < 400);
}

/** Whether the API refuses a date because it keeps nothing so old. */
export function isOutOfReach({ origin, status, message }: ErrorFacts): boolean {
  return (
    origin === 'mimecast' &&
    (status === 400 || status === 200) &&
    /retention|older than|too old|too far (back|in the past)|look.?back|last \d+ days/i.test(message)
  );
}

function codeOf({ code, status, cause, origin }: ErrorFacts): string {
  return code ?? cause ?? (status === undefined ? origin : `http_${status}`);
}

function plainMessage({ message, status, endpoint }: ErrorFacts): string {
  const place = endpoint === undefined ? '' : `${endpoint}: `;
  return status === undefined ? `${place}${message}` : `${place}${message} (HTTP ${status})`;
}

/** An error with its facts, before it is classified; every error of `mimecast/` is one. */
export class RawError extends Error {
  override readonly name: string = 'RawError';

  constructor(
    readonly facts: ErrorFacts,
    options?: ErrorOptions,
  ) {
    super(facts.message, options);
  }
}

/** Whether a value from outside the type checker's sight is a failure. */
export function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { type, code, message, retry, severity, advice, retryAfterMs, againEveryMs } = value as Partial<
    Record<keyof Failure, unknown>
  >;
  return (
    (advice === undefined || typeof advice === 'string') &&
    (retryAfterMs === undefined || typeof retryAfterMs === 'number') &&
    (againEveryMs === undefined || isPauseOfMinutes(againEveryMs)) &&
    FAILURE_TYPES.some((known) => known === type) &&
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof retry === 'boolean' &&
    (severity === 'error' || severity === 'warning')
  );
}

/** Regardless of the sender: nothing is to be tried again without a pause. */
function isPauseOfMinutes(ms: unknown): boolean {
  return typeof ms === 'number' && ms >= 60_000 && ms <= 7 * 24 * 3_600_000;
}
