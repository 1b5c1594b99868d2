/** What went wrong at S3, as facts for the failure table. */

import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorFacts, RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { type Conceal, plainCause } from '../http-client/conceal.js';
import { explainNetworkError } from '../http-client/network-error.js';
import { S3_CODE } from './s3-code.js';

/** What was asked, and of whom. */
export interface ServiceCall {
  /** Host that was called, or is meant where none was. */
  readonly host: string;
  readonly proxy: string | undefined;
  /** For people: "list logs/receipt/". */
  readonly what: string;
  /** Whether the credentials are those of the configuration, and no chain renews them. */
  readonly areFixed: boolean;
  readonly conceal: Conceal;
}

export interface S3Call extends ServiceCall {
  readonly bucket: string;
  readonly region: string;
}

const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);

/** Whether a service says that the credentials were good and are no longer: S3 or SQS, or STS of those that assume a role. */
export function isExpired(error: unknown): boolean {
  if (error instanceof RawError) return error.facts.origin === 'sts' && EXPIRED.has(error.facts.code ?? '');
  return error instanceof Error && EXPIRED.has(error.name);
}

const HEADLESS: ReadonlySet<string> = new Set(['403', 'Forbidden', 'UnknownError', 'Unknown']);

/** @returns the error itself if it is one of ours. */
export function s3ErrorOf(error: unknown, call: S3Call): RawError {
  if (error instanceof RawError) return error;
  const cause = plainCause(error, call.conceal);
  if (error instanceof S3ServiceException) return new RawError(answered(error, call), { cause });
  return unansweredError(error, 's3', call);
}

/** An error that is not the service's own answer. */
export function unansweredError(
  error: unknown,
  origin: keyof typeof SERVICE,
  call: Pick<ServiceCall, 'host' | 'proxy' | 'what' | 'conceal'>,
): RawError {
  const cause = plainCause(error, call.conceal);
  const place = { origin, endpoint: call.what } as const;
  if (error instanceof Error && error.name === 'CredentialsProviderError' && !NO_SESSION.test(error.message)) {
    const message = `no AWS credentials were found: ${call.conceal(error.message)}`;
    return new RawError({ ...place, code: S3_CODE.noCredentials, message }, { cause });
  }
  if (error instanceof Error && isUnreadable(error)) {
    const message = `${call.host} answered with something that is not ${SERVICE[origin]}’s`;
    return new RawError({ ...place, cause: 'unreadable', message }, { cause });
  }
  return new RawError({ ...place, ...explainNetworkError(error, call.host, call.proxy) }, { cause });
}

const SERVICE = { s3: 'S3', sqs: 'SQS', sts: 'STS' } as const;

/** An answer of STS without the credentials that were asked for. */
const NO_SESSION = /^Invalid response from STS/;

/** The SDK's parser, or its own code, stumbled over what came. */
function isUnreadable(error: Error): boolean {
  if (NO_SESSION.test(error.message)) return true;
  if (!('$metadata' in error)) return false;
  return error instanceof SyntaxError || error instanceof TypeError || /deserializ|pars/i.test(error.message);
}

function answered(error: S3ServiceException, call: S3Call): ErrorFacts {
  const { httpStatusCode: status, requestId } = error.$metadata;
  const facts = { origin: 's3', endpoint: call.what, ...present({ status, requestId }) } as const;
  const message = call.conceal(error.message === '' || error.message === 'UnknownError' ? error.name : error.message);
  const region = regionIn(error);
  if (region !== undefined && region !== call.region && (status === 301 || status === 400)) {
    return {
      ...facts,
      code: S3_CODE.wrongRegion,
      message: `the bucket ${call.bucket} is in the region ${region}, not in ${call.region}`,
    };
  }
  if (isExpired(error) && call.areFixed) return { ...facts, code: S3_CODE.expiredSessionToken, message };
  // The answer to a HEAD request has no body that would name it.
  if (status === 403 && HEADLESS.has(error.name)) return { ...facts, code: 'AccessDenied', message: 'Access Denied' };
  if (error.name === 'AccessDenied' && /\bkms:/i.test(message)) {
    return { ...facts, code: S3_CODE.kmsDenied, message };
  }
  return { ...facts, code: error.name, message };
}

/** The header says it, and so do the bodies of some errors. */
function regionIn(error: S3ServiceException): string | undefined {
  const header: unknown = error.$response?.headers?.['x-amz-bucket-region'];
  const told: unknown = 'Region' in error ? error.Region : undefined;
  return [header, told].find((each): each is string => typeof each === 'string' && each !== '');
}
