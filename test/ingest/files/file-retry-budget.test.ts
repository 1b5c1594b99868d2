import { describe, expect, test } from 'vitest';
import type { BadFile } from '../../../src/domain/records/bad-file.js';
import {
  FILE_RETRY_BUDGETS,
  type FileVerdict,
  verdictOn,
  withAnotherFailure,
} from '../../../src/ingest/files/file-retry-budget.js';

const NOW = new Date('2025-09-15T12:00:00Z');
const MINUTE = 60_000;

function badFile(fault: BadFile['fault'], attempts: number, minutes: number): BadFile {
  return { path: '/f', reason: 'x', fault, attempts, since: new Date(NOW.getTime() - minutes * MINUTE) };
}

test.each<[BadFile['fault'], number, number, FileVerdict]>([
  ['damaged', 1, 0, 'tryAgain'],
  ['damaged', 4, 60, 'tryAgain'],
  ['damaged', 50, 0.9, 'tryAgain'],
  ['damaged', 5, 1, 'giveUp'],
  ['foreign', 5, 0.9, 'tryAgain'],
  ['foreign', 5, 1, 'needsControl'],
  ['foreign', 40, 79, 'needsControl'],
  ['foreign', 40, 80, 'giveUp'],
  ['missing', 20, 29, 'tryAgain'],
  ['missing', 4, 1_000, 'tryAgain'],
  ['missing', 20, 30, 'needsControl'],
  ['missing', 40, 80, 'giveUp'],
  ['oversized', 1, 0, 'giveUp'],
])('%s, attempt %i after %d minutes: %s', (fault, attempts, minutes, verdict) => {
  expect(verdictOn(badFile(fault, attempts, minutes), NOW, FILE_RETRY_BUDGETS)).toBe(verdict);
});

test('a clock that was set back does not give a file up', () => {
  expect(verdictOn(badFile('damaged', 50, -600), NOW, FILE_RETRY_BUDGETS)).toBe('tryAgain');
});

describe('a note', () => {
  const failure = { path: '/f', fault: 'damaged', reason: 'new' } as const;

  test('begins with the first failure', () => {
    expect(withAnotherFailure(undefined, failure, NOW)).toEqual({ ...failure, attempts: 1, since: NOW });
  });

  test('counts, and keeps its beginning', () => {
    const known = badFile('damaged', 3, 7);
    expect(withAnotherFailure(known, failure, NOW)).toEqual({ ...failure, attempts: 4, since: known.since });
  });

  test('begins again with another fault', () => {
    expect(withAnotherFailure(badFile('missing', 3, 7), failure, NOW)).toEqual({ ...failure, attempts: 1, since: NOW });
  });
});
