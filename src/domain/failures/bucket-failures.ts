/** The rows of the failure table for a bucket and its queue. */

import type { ErrorFacts } from './failure.js';
import { type FailureRow, of } from './failure-row.js';

const S3_CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  ...['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'AuthorizationHeaderMalformed', 'InvalidToken'],
  ...['ExpiredSessionToken', 'InvalidSecurity', 'NotSignedUp'],
]);
const S3_DENIED_CODES: ReadonlySet<string> = new Set([
  ...['AccessDenied', 'AllAccessDisabled', 'AccountProblem', 'KmsAccessDenied', 'UnauthorizedAccess'],
]);
export const S3_LIMIT_CODES: ReadonlySet<string> = new Set(['SlowDown', 'TooManyRequests', 'RequestLimitExceeded']);
const s3 = (is: (code: string) => boolean) => (t: ErrorFacts) => of('s3')(t) && is(t.code ?? '');
const isDenied = s3((code) => S3_DENIED_CODES.has(code) || code.startsWith('KMS.'));
export const SQS_CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  ...['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch', 'InvalidSignatureException'],
  ...['IncompleteSignature', 'MissingAuthenticationToken', 'InvalidSecurity', 'ExpiredSessionToken'],
  ...['InvalidAccessKeyId', 'InvalidTokenId', 'OptInRequired'],
]);
const sqs = (is: (code: string) => boolean) => (t: ErrorFacts) => of('sqs')(t) && is(t.code ?? '');
export const NO_CREDENTIALS_AGAIN_MS = 5 * 60_000;

export const BUCKET_FAILURES: readonly FailureRow[] = [
  {
    what: 'S3: the bucket does not exist',
    when: s3((code) => code === 'NoSuchBucket' || code === 'InvalidBucketName'),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Correct the bucket (or the endpoint) in s3 or export and update the source.',
  },
  {
    what: 'S3: the bucket is in another region (301, or a signature for the wrong region)',
    when: s3((code) => code === 'WrongRegion' || code === 'PermanentRedirect'),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Set region in s3 or export to the bucket’s region and update the source.',
  },
  {
    what: 'S3: the keys are wrong, or a session token that was configured has expired',
    when: s3((code) => S3_CREDENTIAL_CODES.has(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Update the source with valid keys; a session token has to be replaced together with its keys.',
  },
  {
    what: 'S3: writing to the bucket of an export is not permitted',
    when: (t) => isDenied(t) && /^(?:write|look at) /.test(t.endpoint ?? ''),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Permit s3:PutObject on the objects below export.prefix, and s3:GetObject, with which a repeated write is checked; where objects are encrypted with KMS, also kms:GenerateDataKey on the key. Then restart the source.',
  },
  {
    what: 'S3: another object is under the key that the export writes to',
    when: s3((code) => code === 'KeyTaken'),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Move that object away, or set another export.prefix or bucket and update the source.',
  },
  {
    what: 'S3: listing or reading is not permitted, or a KMS key may not be used',
    when: isDenied,
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Permit s3:ListBucket on the bucket and s3:GetObject on its objects (s3:GetObjectVersion, too, with a queue and a bucket that keeps versions), and kms:Decrypt on the key where objects are encrypted with KMS, which S3 may not mention. If the requester pays, set s3.requesterPays. Then restart the source.',
  },
  {
    what: 'S3: the worker has no AWS credentials',
    when: s3((code) => code === 'NoCredentials'),
    type: 'ThirdPartyConfig',
    retry: false,
    againEveryMs: NO_CREDENTIALS_AGAIN_MS,
    advice:
      'Give the workers credentials in one of the usual ways of AWS (environment, profile, role of the machine or pod), or set accessKeyId and secretAccessKey in s3 or export.',
  },
  {
    what: 'S3 limits the rate of requests (`SlowDown`)',
    when: (t) => of('s3')(t) && (t.status === 429 || S3_LIMIT_CODES.has(t.code ?? '')),
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    advice: 'Nothing; if it persists, poll less often, or divide the objects over more prefixes.',
  },
  {
    what: 'S3: the clocks differ too much (`RequestTimeTooSkewed`)',
    when: s3((code) => code === 'RequestTimeTooSkewed'),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Set the clock of the worker’s machine.',
  },
  {
    what: 'S3: any other error status, expired credentials of a role or a file included',
    when: (t) => of('s3')(t) && t.status !== undefined,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Nothing if it passes; otherwise check the status of AWS, or of the store at the endpoint.',
  },
  {
    what: 'SQS: the queue of notifications does not exist',
    when: sqs((code) => /QueueDoesNotExist|NonExistentQueue|InvalidAddress/.test(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Correct s3.queue, or remove it, and update the source.',
  },
  {
    what: 'SQS: the keys are wrong, or a session token that was configured has expired',
    when: sqs((code) => SQS_CREDENTIAL_CODES.has(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Update the source with valid keys; a session token has to be replaced together with its keys.',
  },
  {
    what: 'SQS: the queue may not be used, or a KMS key may not be',
    when: sqs((code) => /AccessDenied|UnauthorizedOperation|^Kms/.test(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Permit sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on the queue of s3.queue, and kms:Decrypt on its key where it is encrypted with KMS. Then restart the source.',
  },
  {
    what: 'SQS: the worker has no AWS credentials',
    when: sqs((code) => code === 'NoCredentials'),
    type: 'ThirdPartyConfig',
    retry: false,
    againEveryMs: NO_CREDENTIALS_AGAIN_MS,
    advice:
      'Give the workers credentials in one of the usual ways of AWS (environment, profile, role of the machine or pod), or set s3.accessKeyId and s3.secretAccessKey.',
  },
  {
    what: 'SQS: any other error; collecting goes on by comparing the bucket with what was read',
    when: (t) => of('sqs')(t) && t.status !== undefined,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Nothing if it passes; otherwise check the status of AWS, or of the service at s3.queue.',
  },
];
