import { expect, test } from 'vitest';
import type { ErrorFacts } from '../../../src/domain/failures/failure.js';
import { isTokenRefused } from '../../../src/ingest/slice/refused-token.js';

test.each<[string, Partial<ErrorFacts>, boolean]>([
  ['a bad request', { status: 400 }, true],
  ['not found', { status: 404 }, true],
  ['gone', { status: 410 }, true],
  ['the function’s own refusal', { status: 200, code: 'err_validation_page_token' }, true],
  ['the same in words', { status: 200, message: 'pageToken is not valid for this request' }, true],
  ['a passing fault of the function', { status: 200, code: 'err_internal', message: 'could not be completed' }, false],
  ['the token of access', { status: 401, code: 'token_expired' }, false],
  ['a permission', { status: 403 }, false],
  ['the rate limit', { status: 429 }, false],
  ['a fault of the server', { status: 503 }, false],
  ['no answer', { cause: 'timeout' }, false],
  ['our own store', { origin: 'mongodb', status: 400 }, false],
])('%s', (_, facts, expected) => {
  expect(isTokenRefused({ origin: 'mimecast', message: '', ...facts })).toBe(expected);
});
