/** What went wrong at a service beside the bucket, as facts for the failure table: at its queue, or where its role is assumed. */

import { RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { plainCause } from '../http-client/conceal.js';
import { S3_CODE } from './s3-code.js';
import { isExpired, type ServiceCall, unansweredError } from './s3-error.js';

/** @returns the error itself if it is one of ours. */
export function serviceErrorOf(error: unknown, origin: 'sqs' | 'sts', call: ServiceCall): RawError {
  if (error instanceof RawError) return error;
  if (!isAnswer(error)) return unansweredError(error, origin, call);
  const { httpStatusCode: status, requestId } = error.$metadata;
  const code = isExpired(error) && call.areFixed ? S3_CODE.expiredSessionToken : error.name;
  const isUnknown = error.message === '' || error.message === 'UnknownError';
  const message = call.conceal(isUnknown ? error.name : error.message);
  const facts = { origin, endpoint: call.what, code, message, ...present({ status, requestId }) } as const;
  return new RawError(facts, { cause: plainCause(error, call.conceal) });
}

interface Answer extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** As the SDK marks what a service has answered. */
function isAnswer(error: unknown): error is Answer {
  return error instanceof Error && '$fault' in error && '$metadata' in error;
}
