import { describe, expect, test } from 'vitest';
import { statusText } from '../../../src/cli/status-text.js';
import { healthEventOf } from '../../../src/domain/health/health-event.js';
import { currentDetails } from '../../../src/domain/lifecycle/current-details.js';
import {
  attentionText,
  lagOf,
  nextPollOf,
  nextStepOf,
  shownPhase,
  stateSentence,
  whereOf,
} from '../../../src/domain/lifecycle/problem-text.js';
import { reduce, type SourceEvent } from '../../../src/domain/lifecycle/reduce.js';
import type { Problem, SourceSnapshot } from '../../../src/domain/lifecycle/snapshot.js';
import {
  FORBIDDEN,
  LIMITED,
  minutes,
  problemOf,
  settingsOf,
  sourceAfter,
  startUp,
  streamIn,
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const NOW = minutes(60);
const NOW_MS = Date.parse(NOW);
const GAVE_UP = { gaveUp: true, gaveUpAt: minutes(30) };

describe('what happens next', () => {
  test.each<[string, Problem, string]>([
    [
      'pauses',
      problemOf(UNAVAILABLE, { attempt: 4, retryAt: minutes(62), until: minutes(90) }),
      'Attempt 4 failed; the next one is at 2025-09-15 13:02:00 UTC. It is retried until 2025-09-15 13:30:00 UTC.',
    ],
    [
      'is being tried: a time that has passed is not said to come',
      problemOf(UNAVAILABLE, { attempt: 4, retryAt: minutes(59), until: minutes(90) }),
      'Attempt 4 failed; another one is being made. It is retried until 2025-09-15 13:30:00 UTC.',
    ],
    [
      'is tried for the last time',
      problemOf(UNAVAILABLE, { until: minutes(60) }),
      'Attempt 1 failed; another one is being made. That is the last one.',
    ],
    [
      'needs somebody',
      problemOf(FORBIDDEN, { gaveUp: true }),
      'No retries are made until the source is updated or restarted.',
    ],
    [
      'was given up',
      problemOf(UNAVAILABLE, GAVE_UP),
      'It was retried for 90 minutes and then given up until a restart or an update.',
    ],
    [
      'was given up, and is tried again',
      problemOf(UNAVAILABLE, { ...GAVE_UP, againAt: minutes(90) }),
      'It was retried for 90 minutes and then given up; it will be retried once at 2025-09-15 13:30:00 UTC, or after a restart or an update.',
    ],
    [
      'was given up, and is tried again right now',
      problemOf(UNAVAILABLE, { ...GAVE_UP, againAt: minutes(59) }),
      'It was retried for 90 minutes and then given up; it will be retried once now, or after a restart or an update.',
    ],
    ['is a notice', problemOf(LIMITED, { isNotice: true, attempt: 3 }), 'Collection continues. Seen 3 times so far.'],
    ['is a notice, once', problemOf(LIMITED, { isNotice: true }), 'Collection continues. Seen once so far.'],
  ])('%s', (_, problem, text) => {
    expect(nextStepOf(problem, NOW_MS)).toBe(text);
  });

  test('a text that stays tells of no next attempt', () => {
    const problem = problemOf(UNAVAILABLE, { retryAt: minutes(62), until: minutes(90) });
    expect(nextStepOf(problem)).toBe('It is retried until 2025-09-15 13:30:00 UTC.');
  });
});

test.each([
  ['receipt', undefined, 'receipt'],
  ['sweep', undefined, 'sweep'],
  ['sweep', ['audit'], 'audit'],
  ['sweep', ['audit', 'dlp'], 'audit and dlp'],
  ['sweep', ['receipt', 'audit', 'dlp'], '3 streams'],
] as const)('where it is: %s of %s is %s', (subject, affects, where) => {
  expect(whereOf({ subject, ...(affects === undefined ? {} : { affects }) })).toBe(where);
});

const collecting = sourceAfter(...startUp('receipt', 'audit', 'dlp'), {
  kind: 'nothingNew',
  streams: ['receipt', 'audit', 'dlp'],
});
const sourceWith = (...events: readonly SourceEvent[]): SourceSnapshot =>
  events.reduce((snapshot, event) => reduce(snapshot, event, minutes(10)), collecting);
const fail = (subject: 'receipt' | 'sweep' | 'authenticate', failure = UNAVAILABLE): SourceEvent => ({
  ...{ kind: 'failed', subject, failure, attempt: 1 },
});
const outage = sourceWith(fail('sweep'));

describe('what the state means at the moment', () => {
  test.each<[string, SourceSnapshot, string]>([
    ['all is well', collecting, 'Records are being collected from Mimecast.'],
    ['one fails', sourceWith(fail('receipt')), '1 of 3 streams fail; the others are being collected.'],
    ['all fail', outage, 'All of its streams fail.'],
    ['all are slowed down', sourceWith(fail('sweep', LIMITED)), 'All of its streams fail.'],
    [
      'a step of the start fails',
      sourceWith({ kind: 'restarted' }, fail('authenticate')),
      'A startup step fails, and nothing is collected until it succeeds.',
    ],
    [
      'it ends',
      sourceWith(fail('sweep'), { kind: 'stopping' }),
      'Running work is being completed; then the source ends.',
    ],
  ])('%s', (_, snapshot, sentence) => {
    expect(stateSentence(snapshot)).toBe(sentence);
  });
});

describe('during an outage', () => {
  const receipt = streamIn(outage, 'receipt');

  test('no stream is said to wait, or to be caught up', () => {
    expect(shownPhase(outage, receipt)).toBe('retrying');
    expect(shownPhase(sourceWith(fail('sweep'), { kind: 'gaveUp', subject: 'sweep' }), receipt)).toBe('parked');
    expect(shownPhase(collecting, receipt)).toBe('waiting');
    expect(lagOf(outage, receipt, Date.parse(receipt.caughtUpAt ?? '') + 90_000)).toBe(90_000);
    expect(lagOf(collecting, receipt, Date.parse(receipt.caughtUpAt ?? '') + 90_000)).toBe(0);
  });

  test.each<[string, Partial<SourceSnapshot>, string | undefined]>([
    ['planned', { nextPollAt: minutes(61) }, minutes(61)],
    ['under way', { nextPollAt: minutes(59) }, undefined],
    ['not planned', {}, undefined],
    [
      'kept off by an outage',
      { nextPollAt: minutes(61), problem: { ...problemOf(UNAVAILABLE), step: 'sweep' } },
      undefined,
    ],
  ])('the next poll: %s', (_, changes, at) => {
    expect(nextPollOf({ ...collecting, ...changes }, NOW_MS)).toBe(at);
  });

  test('it is one paragraph, in the same words everywhere', () => {
    const [problem] = [outage.problem];
    if (problem === undefined) throw new Error('there is an outage');
    const details = currentDetails(outage, NOW);
    expect(details.match(/^> /gm)).toHaveLength(1);
    expect(details).toContain('All of its streams fail. ');
    expect(details).toContain('in *3 streams*: ');
    expect(details).toContain(nextStepOf(problem, NOW_MS));
    expect(details).not.toContain('nothing |');
    const status = statusText(
      {
        ...{ sourceId: 7, name: 'mail', collector: 'cloud', workflowId: 'w', state: 'Error', health: 'Error' },
        snapshot: outage,
      },
      NOW_MS,
    );
    expect(status).toContain(nextStepOf(problem, NOW_MS));
    expect(status).toContain('in 3 streams since 2025-09-15 12:10:00 UTC (for 50 min)');
    expect(status).not.toMatch(/waiting|caught up/);
    const change = {
      kind: 'opened',
      eventId: 'a',
      closingId: 'b',
      subject: 'sweep',
      problem,
      occurrences: 1,
      at: NOW,
    } as const;
    const event = healthEventOf(change, { sourceId: 7, name: 'mail', collectorId: 1, collectorName: 'cloud' });
    expect(event.details.description).toBe(
      `No records can be collected from 3 streams: ${problem.message}. ${nextStepOf(problem)}`,
    );
  });
});

test('what needs attention is what was given up, and not what is retried', () => {
  const parked = sourceWith(fail('receipt', { ...FORBIDDEN, advice: 'Ask for it.' }));
  expect(attentionText(outage)).toBeUndefined();
  expect(attentionText(parked)).toBe('receipt: Forbidden. Ask for it.');
  expect(attentionText(reduce(reduce(parked, fail('sweep'), NOW), { kind: 'gaveUp', subject: 'sweep' }, NOW))).toBe(
    'audit and dlp: batch list: down (HTTP 503). And 1 more.',
  );
});

test('when it is tried again is known from the giving up on, if the configuration asks for it', () => {
  const retried = {
    kind: 'configured',
    settings: settingsOf(['receipt', 'audit', 'dlp'], { retryAgainEveryMs: 3_600_000 }),
  } as const;
  const given = sourceWith(retried, fail('receipt'), { kind: 'gaveUp', subject: 'receipt' });
  expect(streamIn(given, 'receipt').problem).toMatchObject({ gaveUpAt: minutes(10), againAt: minutes(70) });
  const forbidden = sourceWith(retried, fail('receipt', FORBIDDEN), { kind: 'gaveUp', subject: 'receipt' });
  expect(streamIn(forbidden, 'receipt').problem).not.toHaveProperty('againAt');
});
