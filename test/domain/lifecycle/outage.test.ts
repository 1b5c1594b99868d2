import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/domain/failures/failure.js';
import {
  askedFirst,
  hasWorked,
  isLookWorthwhile,
  isStillOut,
  streamsToUnite,
  unitedProblem,
} from '../../../src/domain/lifecycle/outage.js';
import { reduce } from '../../../src/domain/lifecycle/reduce.js';
import {
  newStreamStatus,
  type Problem,
  type SourceSnapshot,
  type StreamStatus,
} from '../../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import {
  countsOf,
  FORBIDDEN,
  LIMITED,
  minutes,
  outcomeOf,
  problemOf,
  sourceAfter,
  startUp,
  streamIn,
  T0,
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const STREAMS = ['receipt', 'audit', 'dlp'] as const satisfies readonly StreamName[];
const GATEWAY: Failure = { ...UNAVAILABLE, code: 'http_502', message: 'batch list: down (HTTP 502)' };
const TIMEOUT: Failure = { ...UNAVAILABLE, code: 'timeout', message: 'batch list: no answer within 30 s' };
const NOW = minutes(10);

type Told = 'waiting' | 'collecting' | Problem;

const down = (since = T0, failure = UNAVAILABLE, changes: Partial<Problem> = {}) =>
  problemOf(failure, { since, ...changes });
const parked = down(T0, FORBIDDEN, { gaveUp: true });

function statusOf(stream: StreamName, told: Told): StreamStatus {
  const status = newStreamStatus(stream);
  if (typeof told === 'string') return { ...status, phase: told };
  return { ...status, phase: told.gaveUp ? 'parked' : 'retrying', problem: told };
}

function source(told: readonly Told[], sweep?: Problem): SourceSnapshot {
  const streams = told.map((each, index) => statusOf(STREAMS[index] ?? 'hold', each));
  const problem = sweep === undefined ? {} : { problem: { ...sweep, step: 'sweep' as const } };
  return { ...sourceAfter(...startUp(...STREAMS)), streams, ...problem };
}

describe('what becomes one problem of the source', () => {
  test.each<[string, readonly Told[], Problem | undefined, readonly StreamName[]]>([
    ['all of them, for one cause', [down(), down(), down()], undefined, STREAMS],
    ['all, one after the other', [down(minutes(0)), down(minutes(1)), down(minutes(2))], undefined, STREAMS],
    ['all that are not parked', [down(), parked, down()], undefined, ['receipt', 'dlp']],
    [
      'not for rate limits that end at different times',
      [
        down(T0, { ...LIMITED, retryAfterMs: 60_000 }, { retryAt: minutes(1) }),
        down(T0, { ...LIMITED, retryAfterMs: 3_600_000 }, { retryAt: minutes(60) }),
        parked,
      ],
      undefined,
      [],
    ],
    ['for a rate limit, too', [down(T0, LIMITED), down(T0, LIMITED), down(T0, LIMITED)], undefined, STREAMS],
    ['not while one has not failed', [down(), 'waiting', down()], undefined, []],
    ['not while one is being collected', [down(), down(), 'collecting'], undefined, []],
    ['also when a gateway says it now so, now so', [down(), down(T0, GATEWAY), down()], undefined, STREAMS],
    [
      'without the one that fails for another reason',
      [down(), down(T0, TIMEOUT), down()],
      undefined,
      ['receipt', 'dlp'],
    ],
    ['not for reasons that are all different', [down(), down(T0, TIMEOUT), parked], undefined, []],
    ['not a stream alone', [down(), parked, parked], undefined, []],
    ['not what nobody tries any more', [parked, parked, parked], undefined, []],
    [
      'without the stream that has been failing for longer, whatever for',
      [down(minutes(9)), down(minutes(9)), down(T0, GATEWAY)],
      undefined,
      ['receipt', 'audit'],
    ],
    ['without the one that failed much later', [down(), down(), down(minutes(9))], undefined, ['receipt', 'audit']],
    ['who comes later joins', ['waiting', down(minutes(1)), 'collecting'], down(), ['audit']],
    ['but not for another reason', ['waiting', down(minutes(1), TIMEOUT), 'collecting'], down(), []],
    ['nor much later', ['waiting', down(minutes(9)), 'collecting'], down(), []],
    ['nor what was given up', ['waiting', down(), down()], down(T0, UNAVAILABLE, { gaveUp: true }), []],
  ])('%s', (_, told, sweep, united) => {
    expect(streamsToUnite(source(told, sweep))).toEqual(united);
  });
});

describe('the problem of the source', () => {
  const united = (told: readonly Problem[], sweep?: Problem) =>
    unitedProblem(source(told, sweep), STREAMS.slice(0, told.length), NOW);

  test('began with the first of them, and has its retry budget', () => {
    const problem = united([down(minutes(9)), down(minutes(8), UNAVAILABLE, { attempt: 4 })]);
    expect(problem).toMatchObject({ since: minutes(8), until: minutes(98), attempt: 4, gaveUp: false });
  });

  test.each<[string, readonly Problem[], string]>([
    ['5 s at least', [down(), down()], '2025-09-15T12:10:05.000Z'],
    [
      'as planned',
      [down(T0, UNAVAILABLE, { retryAt: minutes(11) }), down(T0, UNAVAILABLE, { retryAt: minutes(12) })],
      minutes(11),
    ],
    ['not what has passed', [down(T0, UNAVAILABLE, { retryAt: minutes(9) }), down()], '2025-09-15T12:10:05.000Z'],
    [
      'as long as Mimecast asks for',
      [
        down(T0, { ...LIMITED, retryAfterMs: 1 }, { retryAt: minutes(11) }),
        down(T0, { ...LIMITED, retryAfterMs: 1 }, { retryAt: minutes(12) }),
      ],
      minutes(12),
    ],
  ])('is tried again after a pause: %s', (_, told, retryAt) => {
    expect(united(told).retryAt).toBe(retryAt);
  });

  test.each([
    ['the same', ['down', 'down'], 'down'],
    ['but for the place', ['batch list: down', 'audit events: down'], 'down'],
    ['different', ['batch list: down', 'audit events: slow'], 'batch list: down'],
  ])('says what all say: %s', (_, messages, message) => {
    expect(united(messages.map((each) => down(T0, { ...UNAVAILABLE, message: each }))).message).toBe(message);
  });
});

describe('an outage in the snapshot', () => {
  const out = reduce(source([down(), down(), parked]), { kind: 'united', streams: ['receipt', 'audit'] }, NOW);

  test('is one problem that names the streams, which wait for the common poll', () => {
    expect(out).toMatchObject({ state: 'Error', health: 'Error', stage: 'Collecting' });
    expect(out.problem).toMatchObject({ step: 'sweep', code: 'http_503', affects: ['receipt', 'audit'] });
    expect(out.streams.map(({ phase, problem }) => [phase, problem?.code])).toEqual([
      ['waiting', undefined],
      ['waiting', undefined],
      ['parked', 'app_forbidden'],
    ]);
    expect(streamIn(out, 'receipt')).not.toHaveProperty('lastProblem');
  });

  test('a stream that still fails when it is over has been failing since then', () => {
    const outcome = outcomeOf('receipt', { result: 'failed', failure: UNAVAILABLE });
    const { totals: _totals, ...inVain } = outcome;
    const problemAfter = (told: typeof inVain) =>
      streamIn(reduce(out, { kind: 'outcome', outcome: told, before: out.problem }, minutes(60)), 'receipt').problem;
    expect(problemAfter(inVain)).toMatchObject({ since: T0, attempt: 2, until: minutes(90) });
    expect(problemAfter(inVain)).not.toHaveProperty('affects');
    expect(problemAfter({ ...inVain, failure: TIMEOUT })).toMatchObject({ since: T0, attempt: 2, code: 'timeout' });
    expect(problemAfter({ ...inVain, failure: FORBIDDEN })).toMatchObject({ since: minutes(60), attempt: 1 });
    // It got somewhere, which renews the retry budget.
    expect(problemAfter(outcome)).toMatchObject({ since: minutes(60), attempt: 1 });
  });

  test.each([
    ['is caught up', outcomeOf('receipt', { counts: countsOf(3), totals: countsOf(3) }), true, 3],
    ['has more to come', outcomeOf('receipt', { result: 'more', totals: countsOf(3) }), false, 3],
    ['fails', outcomeOf('receipt', { result: 'failed', failure: GATEWAY }), false, 0],
  ])('a stream that %s after it was brought back stays in the common poll', (_, outcome, caughtUp, stored) => {
    const status = streamIn(reduce(out, { kind: 'outcome', outcome, united: true }, NOW), 'receipt');
    expect(status).toMatchObject({ phase: 'waiting', caughtUp, stored });
    expect(status.problem).toBeUndefined();
  });
});

describe('a probe', () => {
  const fails = (stream: StreamName, failure = UNAVAILABLE) => {
    const { totals: _totals, ...outcome } = outcomeOf(stream, { result: 'failed', failure });
    return outcome;
  };

  test.each([
    ['all fail', [fails('receipt'), fails('audit')], true],
    ['all fail, each in its way', [fails('receipt'), fails('audit', GATEWAY)], true],
    ['one can be collected', [fails('receipt'), outcomeOf('audit')], false],
    ['one got somewhere', [fails('receipt'), outcomeOf('audit', { result: 'failed', failure: UNAVAILABLE })], false],
    ['one is forbidden', [fails('receipt'), fails('audit', FORBIDDEN)], false],
    ['each asks for another wait', [fails('receipt'), fails('audit', { ...LIMITED, retryAfterMs: 3_600_000 })], false],
    ['nobody was asked', [], false],
  ])('finds the outage going on: %s', (_, outcomes, out) => {
    expect(isStillOut(outcomes)).toBe(out);
  });

  test('asks one stream, each time another one, and now and then all', () => {
    const asked = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => askedFirst(STREAMS, attempt));
    expect(asked.map((streams) => streams.length)).toEqual([3, 1, 1, 1, 3, 1, 1, 1, 3]);
    expect(new Set(asked.flatMap((streams) => (streams.length === 1 ? streams : [])))).toEqual(new Set(STREAMS));
    expect(askedFirst(['dlp'], 3)).toEqual(['dlp']);
  });

  test.each([
    ['idle', { idle: ['dlp'], outcomes: [fails('audit')] }, true],
    ['stored', { idle: [], outcomes: [fails('audit'), outcomeOf('dlp')] }, true],
    ['nothing', { idle: [], outcomes: [fails('audit')] }, false],
  ] as const)('whether something worked: %s', (_, swept, worked) => {
    expect(hasWorked({ idle: [...swept.idle], outcomes: swept.outcomes })).toBe(worked);
  });
});

describe('whether the others are polled early', () => {
  const checked = (at: string): SourceSnapshot => {
    const snapshot = source(['waiting', down()]);
    const streams = snapshot.streams.map((status) => ({ ...status, checkedAt: at }));
    return { ...snapshot, streams, nextPollAt: minutes(30) };
  };
  test.each<[string, SourceSnapshot, boolean]>([
    ['they were looked at long ago', checked(minutes(5)), true],
    ['they were looked at just now', checked(NOW), false],
    ['they are due anyway', { ...checked(minutes(5)), nextPollAt: minutes(11) }, false],
    [
      'they would be due without the spread',
      { ...checked(minutes(5)), nextPollAt: minutes(13), pollSpreadMs: 90_000 },
      false,
    ],
    ['there are none', { ...checked(minutes(5)), streams: [statusOf('dlp', down())] }, false],
    ['an outage is known', { ...checked(minutes(5)), problem: { ...down(), step: 'sweep' } }, false],
  ])('%s', (_, snapshot, worthwhile) => {
    expect(isLookWorthwhile(snapshot, Date.parse(NOW))).toBe(worthwhile);
  });
});
