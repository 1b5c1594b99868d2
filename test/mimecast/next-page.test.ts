import { expect, test } from 'vitest';
import {
  type BatchOutcome,
  type BatchStep,
  endOfListing,
  type ListingEnd,
  nextBatchStep,
  nextRecordStep,
  type RecordOutcome,
  type RecordStep,
  type TotalOutcome,
  totalAfterPage,
} from '../../src/mimecast/next-page.js';

test.each<[string, BatchOutcome, BatchStep]>([
  ['first page, token, not caught up', { returnedToken: 'b', isCaughtUp: false }, { keepToken: 'b', next: 'more' }],
  ['first page, token, caught up', { returnedToken: 'b', isCaughtUp: true }, { keepToken: 'b', next: 'caughtUp' }],
  ['first page, token, nothing said', { returnedToken: 'b' }, { keepToken: 'b', next: 'more' }],
  ['first page, no token', { isCaughtUp: false }, { next: 'wait' }],
  ['first page, no token, nothing said', {}, { next: 'caughtUp' }],
  ['first page, empty token', { returnedToken: '', isCaughtUp: false }, { next: 'wait' }],
  ['token moves', { requestedToken: 'a', returnedToken: 'b', isCaughtUp: false }, { keepToken: 'b', next: 'more' }],
  ['token moves, nothing said', { requestedToken: 'a', returnedToken: 'b' }, { keepToken: 'b', next: 'more' }],
  [
    'token moves, caught up',
    { requestedToken: 'a', returnedToken: 'b', isCaughtUp: true },
    { keepToken: 'b', next: 'caughtUp' },
  ],
  ['same token', { requestedToken: 'a', returnedToken: 'a', isCaughtUp: false }, { keepToken: 'a', next: 'wait' }],
  [
    'same token, caught up',
    { requestedToken: 'a', returnedToken: 'a', isCaughtUp: true },
    { keepToken: 'a', next: 'caughtUp' },
  ],
  ['same token, nothing said', { requestedToken: 'a', returnedToken: 'a' }, { keepToken: 'a', next: 'caughtUp' }],
  ['token missing', { requestedToken: 'a', isCaughtUp: false }, { keepToken: 'a', next: 'wait' }],
  ['token missing, caught up', { requestedToken: 'a', isCaughtUp: true }, { keepToken: 'a', next: 'caughtUp' }],
  ['token empty', { requestedToken: 'a', returnedToken: '' }, { keepToken: 'a', next: 'caughtUp' }],
  ['an empty token was asked with', { requestedToken: '', returnedToken: '' }, { next: 'caughtUp' }],
  ['a full page, no token, nothing said', { isFull: true }, { next: 'wait' }],
  [
    'a full page, same token, nothing said',
    { requestedToken: 'a', returnedToken: 'a', isFull: true },
    { keepToken: 'a', next: 'wait' },
  ],
  [
    'a full page, caught up',
    { returnedToken: 'b', isCaughtUp: true, isFull: true },
    { keepToken: 'b', next: 'caughtUp' },
  ],
])('§9 #15: batch files: %s', (_, outcome, expected) => {
  expect(nextBatchStep(outcome)).toEqual(expected);
});

test.each<[string, RecordOutcome, RecordStep]>([
  ['a next', { recordCount: 2, returnedToken: 'n1' }, { pageToken: 'n1', more: true }],
  ['no next', { recordCount: 2 }, { more: false }],
  ['an empty next', { recordCount: 1, returnedToken: '' }, { more: false }],
  ['empty with a next', { recordCount: 0, returnedToken: 'n2' }, { more: false }],
  ['empty', { recordCount: 0 }, { more: false }],
  ['a token that was used before', { recordCount: 5, returnedToken: 'n1', isTokenKnown: true }, { more: false }],
])('§9 #15: records: %s', (_, outcome, expected) => {
  expect(nextRecordStep(outcome)).toEqual(expected);
});

const END: ListingEnd = { total: undefined, met: 7, entries: 7, pageSize: undefined, wanted: 500, isCircle: false };

test.each<[string, Partial<ListingEnd>, ReturnType<typeof endOfListing>]>([
  ['all that was told of', { total: 7 }, 'whole'],
  ['fewer than told', { total: 8 }, 'short'],
  ['none of those told', { total: 8, met: 0, entries: 0 }, 'short'],
  ['none, and none told', { total: 0, met: 0, entries: 0 }, 'whole'],
  ['nothing told', {}, 'whole'],
  ['a full page, and nothing told', { met: 500, entries: 500 }, 'full'],
  ['a full page, all that was told of', { total: 500, met: 500, entries: 500 }, 'whole'],
  ['a page cut to the size it tells', { met: 100, entries: 100, pageSize: 100 }, 'full'],
  ['a page that tells how many rows it has', { pageSize: 7 }, 'whole'],
  ['a page shorter than the size it tells', { pageSize: 25 }, 'whole'],
  ['a circle, and nothing told', { isCircle: true }, 'circle'],
  ['a circle after all that was told of', { isCircle: true, total: 7 }, 'whole'],
  ['a circle too early', { isCircle: true, total: 8 }, 'short'],
])('a listing that ends with %s', (_, end, expected) => {
  expect(endOfListing({ ...END, ...end })).toBe(expected);
});

test.each<[string, TotalOutcome, number | undefined | 'shifted']>([
  ['the first page tells it', { number: 1, met: 0, total: undefined, entries: 10, totalCount: 25 }, 25],
  ['the first page tells none', { number: 1, met: 0, total: undefined, entries: 10, totalCount: undefined }, undefined],
  ['the same', { number: 2, met: 10, total: 25, entries: 10, totalCount: 25 }, 25],
  ['the same on the last page', { number: 3, met: 20, total: 25, entries: 5, totalCount: 25 }, 25],
  ['a late record', { number: 2, met: 10, total: 25, entries: 10, totalCount: 26 }, 'shifted'],
  ['a record is gone', { number: 2, met: 10, total: 25, entries: 10, totalCount: 24 }, 'shifted'],
  ['a late record after a full page', { number: 2, met: 10, total: 10, entries: 1, totalCount: 11 }, 'shifted'],
  ['an extra empty page', { number: 2, met: 10, total: 10, entries: 0, totalCount: 0 }, 10],
  ['an empty page too early', { number: 2, met: 10, total: 25, entries: 0, totalCount: 0 }, 'shifted'],
  ['not told any more', { number: 2, met: 10, total: 25, entries: 10, totalCount: undefined }, undefined],
  ['told only later', { number: 2, met: 10, total: undefined, entries: 10, totalCount: 25 }, undefined],
  ['each page tells its own count', { number: 2, met: 10, total: 10, entries: 10, totalCount: 10 }, undefined],
  [
    'each page tells its own count, the last one',
    { number: 2, met: 10, total: 10, entries: 5, totalCount: 5 },
    undefined,
  ],
])('§9 #15: the total of a window: %s', (_, outcome, expected) => {
  expect(totalAfterPage(outcome)).toBe(expected);
});
