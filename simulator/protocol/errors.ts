/**
 * Error bodies of the API, in its four shapes: `fail` of the gateway, `error` of the SIEM endpoints, HTTP 200 with
 * `fail` of the functions under `/api`, and XML of the object store. Codes and texts are those seen in public
 * collectors' sources and test data.
 */
import { type Answer, json, xml } from './answer.js';

function gateway(status: number, code: string, message: string): Answer {
  return json(status, { fail: [{ code, message }] });
}

export function invalidRequest(message: string): Answer {
  return json(400, { error: { code: 'Request Validation Failed', message } });
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

/** A function's refusal: HTTP 200, and only `fail` tells. */
export function functionFailure(failures: readonly Failure[]): Answer {
  const fail = failures.map(({ code, message, field }) => ({
    key: field === undefined ? {} : { field },
    errors: [{ code, message, retryable: false }],
  }));
  return json(200, { meta: { status: 200 }, data: [], fail });
}

const RETENTION = 'the `from` date must be within the 7-day retention';

export const ERRORS = {
  token_expired: () => gateway(401, 'token_expired', 'The access token has expired'),
  token_verification_failed: () => gateway(401, 'token_verification_failed', 'The access token could not be verified'),
  unauthorized: () => gateway(401, 'Unauthorized Request', 'The request is not authorized'),
  invalid_client: () => gateway(401, 'InvalidClientIdentifier', 'Client credentials are invalid'),
  app_forbidden: () => gateway(403, 'app_forbidden', 'Forbidden to perform the requested operation'),
  too_many_requests: () => gateway(429, 'TooManyRequests', 'The quota of this application is used up'),
  internal: () => gateway(500, 'InternalServerError', 'An unexpected error occurred'),
  unavailable: () => gateway(503, 'ServiceUnavailable', 'The service is temporarily unavailable'),
  retention: () => invalidRequest(RETENTION),
  invalid_token: () => invalidRequest('`nextPage` is not a valid page token'),
  fail200: () => functionFailure([{ code: 'err_internal', message: 'The request could not be completed' }]),
  s3_expired: () => xml(403, 'AccessDenied', 'Request has expired'),
  s3_denied: () => xml(403, 'AccessDenied', 'Access Denied'),
  s3_not_found: () => xml(404, 'NoSuchKey', 'The specified key does not exist.'),
} as const satisfies Readonly<Record<string, () => Answer>>;

export type ErrorName = keyof typeof ERRORS;
export const ERROR_NAMES = Object.keys(ERRORS) as ErrorName[];

export function isErrorName(name: unknown): name is ErrorName {
  return ERROR_NAMES.some((known) => known === name);
}
