/** The rows of the failure table for the service where the role of a bucket is assumed. */

import { NO_CREDENTIALS_AGAIN_MS, S3_LIMIT_CODES, SQS_CREDENTIAL_CODES } from './bucket-failures.js';
import type { ErrorFacts } from './failure.js';
import { type FailureRow, of } from './failure-row.js';

const STS_CREDENTIAL_CODES: ReadonlySet<string> = new Set([
  ...SQS_CREDENTIAL_CODES,
  ...['InvalidToken', 'InvalidSecurityToken', 'IncompleteSignatureException'],
]);
const STS_LIMIT_CODES: ReadonlySet<string> = new Set(['Throttling', 'ThrottlingException', ...S3_LIMIT_CODES]);
/** What services answer that do not know the request at all. */
const NO_STS_CODES: ReadonlySet<string> = new Set([
  ...['InvalidAction', 'UnknownOperationException', 'UnsupportedOperation', 'NotImplemented', 'MethodNotAllowed'],
]);
const sts = (is: (code: string) => boolean) => (t: ErrorFacts) => of('sts')(t) && is(t.code ?? '');

export const ROLE_FAILURES: readonly FailureRow[] = [
  {
    what: 'STS: the clocks differ too much',
    when: (t) =>
      of('sts')(t) && /RequestTimeTooSkewed|signature (?:has )?expired|not yet current/i.test(`${t.code} ${t.message}`),
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Set the clock of the worker’s machine.',
  },
  {
    what: 'STS: the keys that assume the role are wrong, or their session token has expired',
    when: sts((code) => STS_CREDENTIAL_CODES.has(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Update the source with valid keys, or give the workers valid credentials; a session token has to be replaced together with its keys.',
  },
  {
    what: 'STS: the role may not be assumed, or not with this external ID',
    when: sts((code) => /AccessDenied|UnauthorizedAccess|NoSuchEntity/.test(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Check that roleArn names a role that exists. Permit sts:AssumeRole on it to the key, or to the role of the workers; name them as principal in the role’s trust policy; and let its condition sts:ExternalId and externalId be the same text. Then restart the source.',
  },
  {
    what: 'STS: the ARN of the role, the external ID or the name of the session is malformed',
    when: sts((code) => /^(?:Validation|InvalidParameter|Malformed|PackedPolicyTooLarge|MissingParameter)/.test(code)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Correct roleArn, externalId or roleSessionName in s3 or export and update the source.',
  },
  {
    what: 'STS: it is not activated in the region (`RegionDisabledException`)',
    when: sts((code) => code.startsWith('RegionDisabled')),
    type: 'ThirdPartyConfig',
    retry: false,
    advice: 'Activate STS in that region in the account of the role, then restart the source.',
  },
  {
    what: 'STS: roles cannot be assumed at this address',
    when: (t) => of('sts')(t) && (NO_STS_CODES.has(t.code ?? '') || [404, 405, 501].includes(t.status ?? 0)),
    type: 'ThirdPartyConfig',
    retry: false,
    advice:
      'Set stsEndpoint in s3 or export to the address where the store’s Security Token Service is; or remove roleArn, if the store has none.',
  },
  {
    what: 'STS: the worker has no AWS credentials that could assume the role',
    when: sts((code) => code === 'NoCredentials'),
    type: 'ThirdPartyConfig',
    retry: false,
    againEveryMs: NO_CREDENTIALS_AGAIN_MS,
    advice:
      'Give the workers credentials in one of the usual ways of AWS (environment, profile, role of the machine or pod), or set accessKeyId and secretAccessKey beside roleArn.',
  },
  {
    what: 'STS limits the rate of requests',
    when: (t) => of('sts')(t) && (t.status === 429 || STS_LIMIT_CODES.has(t.code ?? '')),
    type: 'ThirdPartyGeneric',
    retry: true,
    severity: 'warning',
    advice: 'Nothing if it passes.',
  },
  {
    what: 'STS: any other error status',
    when: (t) => of('sts')(t) && t.status !== undefined,
    type: 'ThirdPartyGeneric',
    retry: true,
    advice: 'Nothing if it passes; otherwise check the status of AWS, or of the service at stsEndpoint or endpoint.',
  },
];
