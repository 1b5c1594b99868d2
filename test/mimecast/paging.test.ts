import { expect, test } from 'vitest';
import {
  type BatchOutcome,
  type BatchStep,
  nextBatchStep,
  nextRecordStep,
  type RecordOutcome,
  type RecordStep,
} from '../../src/mimecast/paging.js';

test.each<[string, BatchOutcome, BatchStep]>([
  ['first page, token, not caught up', { returnedToken: 'b', isCaughtUp: false }, { keepToken: 'b', more: true }],
  ['first page, token, caught up', { returnedToken: 'b', isCaughtUp: true }, { keepToken: 'b', more: false }],
  ['first page, token, nothing said', { returnedToken: 'b' }, { keepToken: 'b', more: true }],
  ['first page, no token', { isCaughtUp: false }, { more: false }],
  ['first page, no token, nothing said', {}, { more: false }],
  ['first page, empty token', { returnedToken: '', isCaughtUp: false }, { more: false }],
  ['token moves', { requestedToken: 'a', returnedToken: 'b', isCaughtUp: false }, { keepToken: 'b', more: true }],
  ['token moves, nothing said', { requestedToken: 'a', returnedToken: 'b' }, { keepToken: 'b', more: true }],
  [
    'token moves, caught up',
    { requestedToken: 'a', returnedToken: 'b', isCaughtUp: true },
    { keepToken: 'b', more: false },
  ],
  ['same token', { requestedToken: 'a', returnedToken: 'a', isCaughtUp: false }, { keepToken: 'a', more: false }],
  [
    'same token, caught up',
    { requestedToken: 'a', returnedToken: 'a', isCaughtUp: true },
    { keepToken: 'a', more: false },
  ],
  ['token missing', { requestedToken: 'a', isCaughtUp: false }, { keepToken: 'a', more: false }],
  ['token missing, caught up', { requestedToken: 'a', isCaughtUp: true }, { keepToken: 'a', more: false }],
  ['token empty', { requestedToken: 'a', returnedToken: '' }, { keepToken: 'a', more: false }],
  ['an empty token was asked with', { requestedToken: '', returnedToken: '' }, { more: false }],
])('batch files: %s', (_, outcome, expected) => {
  expect(nextBatchStep(outcome)).toEqual(expected);
});

test.each<[string, RecordOutcome, RecordStep]>([
  ['first page with a next', { recordCount: 2, returnedToken: 'n1' }, { pageToken: 'n1', more: true }],
  ['only page', { recordCount: 2 }, { more: false }],
  ['next page', { recordCount: 1, requestedToken: 'n1', returnedToken: 'n2' }, { pageToken: 'n2', more: true }],
  ['last page', { recordCount: 1, requestedToken: 'n1' }, { more: false }],
  ['an empty next', { recordCount: 1, requestedToken: 'n1', returnedToken: '' }, { more: false }],
  ['empty with a next', { recordCount: 0, requestedToken: 'n1', returnedToken: 'n2' }, { more: false }],
  ['empty', { recordCount: 0 }, { more: false }],
  ['same token', { recordCount: 5, requestedToken: 'n1', returnedToken: 'n1' }, { more: false }],
])('records: %s', (_, outcome, expected) => {
  expect(nextRecordStep(outcome)).toEqual(expected);
});
