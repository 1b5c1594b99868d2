import { describe, expect, test } from 'vitest';
import {
  classify,
  type ErrorFacts,
  FAILURE_TYPES,
  type Failure,
  HEALTH_EVENT_OF,
  isFailure,
  type NetworkCause,
  RawError,
} from '../../../src/domain/failures/failure.js';
import { FAILURE_TABLE } from '../../../src/domain/failures/failure-table.js';
import { explainErrorBody } from '../../../src/mimecast/error-body.js';

const fail = (code: string, message: string) => JSON.stringify({ fail: [{ code, message }] });
const functionFail = (code: string) =>
  JSON.stringify({ meta: { status: 200 }, data: [], fail: [{ key: {}, errors: [{ code, message: 'no' }] }] });
const s3 = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>it says so</Message></Error>`;

type Verdict = 'config' | 'retry' | 'warning';
const VERDICTS: Readonly<Record<Verdict, Pick<Failure, 'type' | 'retry' | 'severity'>>> = {
  config: { type: 'ThirdPartyConfig', retry: false, severity: 'error' },
  retry: { type: 'ThirdPartyGeneric', retry: true, severity: 'error' },
  warning: { type: 'ThirdPartyGeneric', retry: true, severity: 'warning' },
};

/** Answers as public collectors have recorded them. */
test.each<[string, 'mimecast' | 'file', number, string, Verdict, string]>([
  [
    'wrong credentials',
    'mimecast',
    401,
    fail('InvalidClientIdentifier', 'Client credentials are invalid'),
    'config',
    'InvalidClientIdentifier',
  ],
  ['wrong credentials, as OAuth says it', 'mimecast', 400, '{"error":"invalid_client"}', 'config', 'invalid_client'],
  [
    'an expired token',
    'mimecast',
    401,
    fail('token_expired', 'The access token has expired'),
    'retry',
    'token_expired',
  ],
  [
    'a passing fault of the token check',
    'mimecast',
    401,
    fail('token_verification_failed', 'no'),
    'retry',
    'token_verification_failed',
  ],
  [
    'a passing fault of the gateway',
    'mimecast',
    401,
    fail('Unauthorized Request', 'no'),
    'retry',
    'Unauthorized Request',
  ],
  ['401 without a word', 'mimecast', 401, '', 'retry', 'http_401'],
  ['a missing product', 'mimecast', 403, fail('app_forbidden', 'Forbidden'), 'config', 'app_forbidden'],
  ['403 of a proxy', 'mimecast', 403, '<html><title>Forbidden</title></html>', 'retry', 'http_403'],
  [
    'an account of another region',
    'mimecast',
    200,
    functionFail('err_audit_log_incorrect_region'),
    'config',
    'err_audit_log_incorrect_region',
  ],
  ['a path that is refused', 'mimecast', 405, '', 'retry', 'http_405'],
  ['expired keys of API 1.0', 'mimecast', 418, '', 'config', 'http_418'],
  [
    'credentials code with another status',
    'mimecast',
    500,
    fail('InvalidClientIdentifier', 'x'),
    'retry',
    'InvalidClientIdentifier',
  ],
  [
    'a date out of reach',
    'mimecast',
    400,
    '{"error":{"code":"Request Validation Failed","message":"retention"}}',
    'retry',
    'Request Validation Failed',
  ],
  ['a path that is not there', 'mimecast', 404, '', 'retry', 'http_404'],
  ['a conflict', 'mimecast', 409, '', 'retry', 'http_409'],
  ['the quota', 'mimecast', 429, fail('TooManyRequests', 'slow down'), 'warning', 'TooManyRequests'],
  ['the quota of the file store', 'file', 429, '', 'warning', 'http_429'],
  ['an error of the server', 'mimecast', 500, fail('InternalServerError', 'oops'), 'retry', 'InternalServerError'],
  ['a bad gateway', 'mimecast', 502, '<html><h1>Bad Gateway</h1></html>', 'retry', 'http_502'],
  ['no service', 'mimecast', 503, '', 'retry', 'http_503'],
  ['bandwidth', 'mimecast', 509, '', 'retry', 'http_509'],
  ['a function that failed with 200', 'mimecast', 200, functionFail('err_internal'), 'retry', 'err_internal'],
  ['a file that expired', 'file', 403, s3('AccessDenied'), 'retry', 'AccessDenied'],
  ['a file that is gone', 'file', 404, s3('NoSuchKey'), 'retry', 'NoSuchKey'],
  ['a file store under load', 'file', 503, s3('SlowDown'), 'retry', 'SlowDown'],
  [
    'a file refused with credentials code',
    'file',
    401,
    fail('InvalidClientIdentifier', 'x'),
    'retry',
    'InvalidClientIdentifier',
  ],
])('%s (%s, %i)', (_, origin, status, body, verdict, code) => {
  const failure = classify({ origin, status, endpoint: 'batch list', ...explainErrorBody(body) });
  expect(failure).toMatchObject({ ...VERDICTS[verdict], code });
  expect(isFailure(failure)).toBe(true);
});

test.each<NetworkCause>(['unknownHost', 'dns', 'refused', 'reset', 'tls', 'timeout', 'unreadable', 'network'])(
  'no usable answer (%s) is tried again',
  (cause) => {
    for (const origin of ['mimecast', 'file'] as const) {
      expect(classify({ origin, cause, message: 'no answer' })).toMatchObject({ ...VERDICTS.retry, code: cause });
    }
  },
);

test.each<[ErrorFacts['origin'], Failure['type'], boolean]>([
  ['configuration', 'ThirdPartyConfig', false],
  ['mongodb', 'FirstPartyGeneric', true],
  ['temporal', 'FirstPartyGeneric', true],
  ['internal', 'FirstPartyGeneric', true],
])('trouble of %s is %s', (origin, type, retry) => {
  // The status is there to mislead: whose trouble it is counts first.
  expect(classify({ origin, status: 403, message: 'x' })).toMatchObject({
    type,
    retry,
    severity: 'error',
    code: 'http_403',
  });
  expect(classify({ origin, message: 'x' })).toMatchObject({ type, retry, code: origin });
});

describe('the sentence for people', () => {
  test.each<[string, ErrorFacts, string]>([
    [
      'place and status',
      { origin: 'mimecast', endpoint: 'audit events', status: 500, message: 'oops' },
      'audit events: oops (HTTP 500)',
    ],
    ['no status', { origin: 'mimecast', endpoint: 'audit events', message: 'oops' }, 'audit events: oops'],
    ['no place', { origin: 'mongodb', message: 'oops' }, 'oops'],
    ['a mistake of the configuration', { origin: 'configuration', endpoint: 'x', message: 'no name' }, 'no name'],
    [
      'the quota',
      { origin: 'mimecast', status: 429, endpoint: 'token', message: 'x' },
      "Mimecast's rate limit is reached (token); waiting as it asks",
    ],
  ])('%s', (_, facts, message) => {
    expect(classify(facts).message).toBe(message);
  });

  test('a missing permission names the function, and what to do', () => {
    const facts: ErrorFacts = {
      origin: 'mimecast',
      endpoint: 'DLP logs',
      status: 403,
      code: 'app_forbidden',
      message: 'No',
    };
    expect(classify(facts).message).toContain('DLP logs');
    expect(classify(facts).advice).toMatch(/permission.*restart the source/);
  });

  test('every rule says what to do, as a sentence', () => {
    for (const { what, advice } of FAILURE_TABLE) {
      expect(what, advice).not.toBe('');
      expect(advice).toMatch(/^[A-Z].*\.$/);
    }
  });
});

test('wait and request id are passed on, and absent when there are none', () => {
  const bare = classify({ origin: 'mimecast', message: 'x' });
  expect(bare).not.toHaveProperty('retryAfterMs');
  expect(bare).not.toHaveProperty('requestId');
  expect(classify({ origin: 'mimecast', status: 429, message: 'x', retryAfterMs: 0, requestId: 'r' })).toMatchObject({
    retryAfterMs: 0,
    requestId: 'r',
  });
});

test('a failure crosses to the workflow as JSON and comes back the same', () => {
  const failure = classify({ origin: 'mimecast', status: 429, message: 'x', retryAfterMs: 5, requestId: 'r' });
  expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
});

test('each of the three types raises its health event', () => {
  expect(FAILURE_TYPES.map((type) => HEALTH_EVENT_OF[type])).toEqual([
    'ThirdPartyConfigError',
    'ThirdPartyGenericError',
    'FirstPartyGenericError',
  ]);
});

test('a error error carries its error and the cause', () => {
  const cause = new Error('socket');
  const error = new RawError({ origin: 'file', message: 'lost' }, { cause });
  expect(error).toMatchObject({ name: 'RawError', message: 'lost', facts: { origin: 'file' }, cause });
});

describe('advice that can be followed', () => {
  const adviceOf = (status: number, code?: string) =>
    classify({ origin: 'mimecast', status, message: 'no', ...(code === undefined ? {} : { code }) }).advice;

  test('a missing product means a new application, as a saved one cannot be given it', () => {
    const advice = adviceOf(403, 'app_forbidden');
    expect(advice).toContain('fixed once an application is saved');
    expect(advice).toContain('create a new application (Integrations Hub › Mimecast API 2.0 › Configure New');
    expect(advice).toContain('update the source with its keys');
  });

  test('404 may mean that something is not licensed, 405 that the method is not taken', () => {
    expect(adviceOf(404)).toContain('licensed');
    expect(adviceOf(405)).toContain('method');
    expect(adviceOf(405)).not.toContain('licensed');
  });

  test('418 is the end of an Authentication Profile’s time to live', () => {
    expect(adviceOf(418)).toContain('time to live of their user’s Authentication Profile');
  });

  test.each(FAILURE_TABLE.map(({ what, advice }) => [what, advice]))('no path that is no more: %s', (_, advice) => {
    expect(advice).not.toMatch(/API and Platform Integrations|Generate Keys|give the application the product/i);
  });
});
