import { expect, test } from 'vitest';
import { explainNetworkError } from '../../src/http-client/network-error.js';

const withCode = (code: string) => Object.assign(new Error('inner'), { code });

test.each([
  ['ENOTFOUND', 'unknownHost'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['EPROTO', 'tls'],
  ['HPE_INVALID_CONSTANT', 'unreadable'],
  ['EHOSTUNREACH', 'network'],
])('%s is %s', (code, cause) => {
  const error = new TypeError('fetch failed', { cause: withCode(code) });
  const explained = explainNetworkError(error, 'api.example.com');
  expect(explained.cause).toBe(cause);
  expect(explained.message).toContain('api.example.com');
});

test('the code of several addresses is found', () => {
  const cause = new AggregateError([new Error('no code'), withCode('ECONNREFUSED')]);
  expect(explainNetworkError(new TypeError('fetch failed', { cause }), 'h').cause).toBe('refused');
});

test.each([[new Error('odd')], ['text'], [null]])('%s without a code is "network"', (error) => {
  expect(explainNetworkError(error, 'h')).toEqual({
    cause: 'network',
    message: 'h cannot be reached (no further reason given)',
  });
});
