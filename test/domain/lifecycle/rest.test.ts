import { describe, expect, test } from 'vitest';
import { problemText } from '../../../src/cli/status-text.js';
import { healthEventOf } from '../../../src/domain/health/health-event.js';
import { newLedger, withProblems } from '../../../src/domain/health/health-ledger.js';
import { restLeftMs } from '../../../src/domain/lifecycle/rest.js';
import { FORBIDDEN, minutes, problemOf, sourceAfter, startUp } from '../../support/source-fixtures.js';

const MINUTE = 60_000;
const at = (minute: number) => Date.parse(minutes(minute));
const GIVEN_UP = { since: minutes(0), gaveUpAt: minutes(10) };

describe('how long what was given up still rests', () => {
  test.each<[string, Parameters<typeof restLeftMs>, number | undefined]>([
    ['for good, by default', [{ ...GIVEN_UP, retry: true }, undefined, at(11)], undefined],
    ['as the configuration says', [{ ...GIVEN_UP, retry: true }, 60 * MINUTE, at(11)], 59 * MINUTE],
    ['for good, when no retry helps', [{ ...GIVEN_UP, retry: false }, 60 * MINUTE, at(11)], undefined],
    ['as its failure says', [{ ...GIVEN_UP, retry: false, againEveryMs: 5 * MINUTE }, undefined, at(11)], 4 * MINUTE],
    [
      'as its failure says, whatever the configuration',
      [{ ...GIVEN_UP, retry: false, againEveryMs: 5 * MINUTE }, 60 * MINUTE, at(11)],
      4 * MINUTE,
    ],
    ['no longer', [{ ...GIVEN_UP, retry: false, againEveryMs: 5 * MINUTE }, undefined, at(60)], 0],
  ])('%s', (_, args, expected) => {
    expect(restLeftMs(...args)).toBe(expected);
  });
});

test('what is tried again every few minutes says so in status and health event', () => {
  const failure = { ...FORBIDDEN, againEveryMs: 5 * MINUTE };
  const text = problemText({ ...problemOf(failure, { gaveUp: true }), subject: 'authenticate' }, at(20));
  expect(text).toContain('retried every 5 min');
  expect(text).not.toContain('no further attempt');
  const source = sourceAfter(...startUp('dlp'), { kind: 'failed', subject: 'dlp', failure, attempt: 1 });
  const change = withProblems(newLedger(minutes(0)), source, minutes(1), () => 'e').queue.at(-1);
  if (change === undefined || change.kind === 'cleared') throw new Error('nothing was opened');
  const about = { sourceId: 7, name: 'mail', collectorId: 1, collectorName: 'cloud' };
  const { description } = healthEventOf(change, about).details;
  expect(description).toContain('It is retried every 5 min');
  expect(description).not.toContain('No retries');
});
