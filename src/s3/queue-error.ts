/** What went wrong at a queue, as facts for the failure table. */

import { SQSServiceException } from '@aws-sdk/client-sqs';
import { RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { plainCause } from '../http-client/conceal.js';
import { isExpired, S3_CODE, type ServiceCall, unansweredError } from './s3-error.js';

/** @returns the error itself if it is one of ours. */
export function queueErrorOf(error: unknown, call: ServiceCall): RawError {
  if (error instanceof RawError) return error;
  if (!(error instanceof SQSServiceException)) return unansweredError(error, 'sqs', call);
  const { httpStatusCode: status, requestId } = error.$metadata;
  const code = isExpired(error) && call.areFixed ? S3_CODE.expiredSessionToken : error.name;
  const isUnknown = error.message === '' || error.message === 'UnknownError';
  const message = call.conceal(isUnknown ? error.name : error.message);
  const facts = { origin: 'sqs', endpoint: call.what, code, message, ...present({ status, requestId }) } as const;
  return new RawError(facts, { cause: plainCause(error, call.conceal) });
}
