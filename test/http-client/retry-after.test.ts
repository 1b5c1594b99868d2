import { expect, test } from 'vitest';
import { retryAfterHeaderMs, retryAfterMs } from '../../src/http-client/retry-after.js';

const NOW = Date.UTC(2024, 0, 31, 12, 0, 0);
const YEAR = 365 * 86_400_000;
const IN_90_S = new Date(NOW + 90_000).toUTCString();

test.each<[string, Record<string, string>, number | undefined]>([
  ['no header', {}, undefined],
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['part of a second', { 'retry-after': '0.5' }, 500],
  ['nothing to wait for', { 'retry-after': '0' }, 0],
  ['an HTTP date', { 'retry-after': IN_90_S }, 90_000],
  ['an HTTP date in the past', { 'retry-after': new Date(NOW - 1_000).toUTCString() }, 0],
  ['a negative number', { 'retry-after': '-5' }, undefined],
  ['junk', { 'retry-after': 'soon' }, undefined],
  ['an empty value', { 'retry-after': '' }, undefined],
  ['milliseconds to wait', { 'x-ratelimit-reset': '42000' }, 42_000],
  ['epoch seconds', { 'x-ratelimit-reset': String(NOW / 1_000 + 30) }, 30_000],
  ['epoch seconds in the past', { 'x-ratelimit-reset': String(NOW / 1_000 - 30) }, 0],
  ['epoch milliseconds', { 'x-ratelimit-reset': String(NOW + 1_234) }, 1_234],
  ['epoch milliseconds in the past', { 'x-ratelimit-reset': String(NOW - 1) }, 0],
  ['a negative reset', { 'x-ratelimit-reset': '-1' }, undefined],
  ['Retry-After before the reset', { 'retry-after': '1', 'x-ratelimit-reset': '9000' }, 1_000],
  ['more seconds than can be counted', { 'retry-after': '9'.repeat(400) }, YEAR],
  ['a date that nobody means', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, YEAR],
  ['a reset that nobody means', { 'x-ratelimit-reset': '9'.repeat(30) }, YEAR],
  ['the reset beside a junk Retry-After', { 'retry-after': 'soon', 'x-ratelimit-reset': '9000' }, 9_000],
])('%s', (_, headers, expected) => {
  expect(retryAfterMs(new Headers(headers), NOW)).toBe(expected);
});

test('the plain header is asked without the reset', () => {
  expect(retryAfterHeaderMs(new Headers({ 'x-ratelimit-reset': '9000' }), NOW)).toBeUndefined();
});
