import { expect, test } from 'vitest';
import { addCounts, isAttemptFailed, isSourceStep, NO_COUNTS } from '../../../src/domain/streams/outcome.js';
import { countsOf, UNAVAILABLE } from '../../support/source-fixtures.js';

test('counts are added one by one', () => {
  expect(addCounts(countsOf(1, 2, 3), countsOf(10, 20, 30))).toEqual(countsOf(11, 22, 33));
  expect(addCounts(NO_COUNTS, NO_COUNTS)).toEqual(countsOf(0, 0, 0));
});

test.each<[string, boolean]>([
  ['validate', true],
  ['initialize', true],
  ['authenticate', true],
  ['sweep', true],
  ['finalize', true],
  ['collect', false],
  ['recordHealth', false],
  ['receipt', false],
  ['constructor', false],
  ['', false],
])('%j is a step of a source: %s', (name, expected) => {
  expect(isSourceStep(name)).toBe(expected);
});

const PAYLOAD = { subject: 'dlp', failure: UNAVAILABLE, attempt: 2 };

test.each<[string, unknown, boolean]>([
  ['a report', PAYLOAD, true],
  ['with the time of the next attempt', { ...PAYLOAD, retryAt: '2025-09-15T12:00:00Z' }, true],
  ['of a step', { ...PAYLOAD, subject: 'sweep' }, true],
  ['nothing', undefined, false],
  ['null', null, false],
  ['a text', 'dlp', false],
  ['a list', [PAYLOAD], false],
  ['no subject', { ...PAYLOAD, subject: undefined }, false],
  ['a subject that is neither a stream nor a step', { ...PAYLOAD, subject: 'dinner' }, false],
  ['no failure', { ...PAYLOAD, failure: undefined }, false],
  ['a failure of another kind', { ...PAYLOAD, failure: { ...UNAVAILABLE, type: 'Odd' } }, false],
  ['an attempt as a text', { ...PAYLOAD, attempt: '2' }, false],
  ['an attempt that is no number', { ...PAYLOAD, attempt: Number.NaN }, false],
  ['a time that is none', { ...PAYLOAD, retryAt: 'soon' }, false],
  ['a time as a number', { ...PAYLOAD, retryAt: 5 }, false],
])('the payload of a signal: %s', (_, value, expected) => {
  expect(isAttemptFailed(value)).toBe(expected);
});
