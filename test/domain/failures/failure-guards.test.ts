import { describe, expect, test } from 'vitest';
import {
  classify,
  type ErrorFacts,
  isFailure,
  isOutOfReach,
  looksLikeWrongHost,
} from '../../../src/domain/failures/failure.js';

describe('a failed token request as at a wrong host', () => {
  test.each<[string, ErrorFacts, boolean]>([
    ['the name does not exist', { origin: 'mimecast', cause: 'unknownHost', message: '' }, true],
    ['the name cannot be asked for now', { origin: 'mimecast', cause: 'dns', message: '' }, false],
    ['no trusted certificate', { origin: 'mimecast', cause: 'tls', message: '' }, true],
    ['a web page', { origin: 'mimecast', cause: 'unreadable', message: '' }, true],
    ['no connection', { origin: 'mimecast', cause: 'refused', message: '' }, false],
    ['not found', { origin: 'mimecast', status: 404, message: '' }, true],
    ['method not allowed', { origin: 'mimecast', status: 405, message: '' }, true],
    ['moved', { origin: 'mimecast', status: 302, message: '' }, true],
    ['wrong credentials', { origin: 'mimecast', status: 401, message: '' }, false],
    ['an error of the server', { origin: 'mimecast', status: 503, message: '' }, false],
    ['a file that is gone', { origin: 'file', status: 404, message: '' }, false],
  ])('%s: %s', (_, facts, expected) => {
    expect(looksLikeWrongHost(facts)).toBe(expected);
  });
});

test.each<[string, ErrorFacts, boolean]>([
  [
    'the SIEM endpoints',
    { origin: 'mimecast', status: 400, message: 'the `from` date must be within the 7-day retention' },
    true,
  ],
  ['too far in the past', { origin: 'mimecast', status: 400, message: 'The date is too far in the past' }, true],
  ['not in the past', { origin: 'mimecast', status: 400, message: '`to` must be a date in the past' }, false],
  ['another mistake', { origin: 'mimecast', status: 400, message: '`nextPage` is not a valid page token' }, false],
  ['another status', { origin: 'mimecast', status: 500, message: 'retention service failed' }, false],
  ['the file store', { origin: 'file', status: 400, message: 'retention' }, false],
])('a date out of the reach of the API: %s', (_, facts, expected) => {
  expect(isOutOfReach(facts)).toBe(expected);
});

test.each<[string, unknown, boolean]>([
  ['a failure', classify({ origin: 'file', message: 'x' }), true],
  ['nothing', undefined, false],
  ['null', null, false],
  ['a text', 'ThirdPartyGeneric', false],
  ['an unknown type', { type: 'Other', code: 'a', message: 'b', retry: true, severity: 'error' }, false],
  ['no code', { type: 'ThirdPartyConfig', message: 'b', retry: true, severity: 'error' }, false],
  ['an unknown severity', { type: 'ThirdPartyConfig', code: 'a', message: 'b', retry: true, severity: 'info' }, false],
  ['tried again every five minutes', { ...classify({ origin: 'file', message: 'x' }), againEveryMs: 300_000 }, true],
  ['tried again without a pause', { ...classify({ origin: 'file', message: 'x' }), againEveryMs: 0 }, false],
  ['tried again who knows when', { ...classify({ origin: 'file', message: 'x' }), againEveryMs: Number.NaN }, false],
  ['retry as a text', { type: 'ThirdPartyConfig', code: 'a', message: 'b', retry: 'yes', severity: 'error' }, false],
])('isFailure: %s', (_, value, expected) => {
  expect(isFailure(value)).toBe(expected);
});
