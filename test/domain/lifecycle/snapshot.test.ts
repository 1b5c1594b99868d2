import { describe, expect, test } from 'vitest';
import {
  errorTypeOf,
  healthOf,
  isError,
  lagMs,
  lastEventTimeOf,
  newSnapshot,
  newStreamStatus,
  openProblems,
  type Problem,
  type SourceSnapshot,
  type StreamStatus,
} from '../../../src/domain/lifecycle/snapshot.js';
import { FORBIDDEN, LIMITED, minutes, problemOf, T0, UNAVAILABLE } from '../../support/source-fixtures.js';

const stream = (name: 'receipt' | 'av' | 'dlp', changes: Partial<StreamStatus> = {}): StreamStatus => ({
  ...newStreamStatus(name),
  ...changes,
});
const snapshot = (changes: Partial<SourceSnapshot>): SourceSnapshot => ({
  ...newSnapshot({ sourceId: 1 }, T0),
  ...changes,
});

test('a new snapshot takes the names that are known', () => {
  expect(newSnapshot({ sourceId: 3, name: 'n', collector: 'c' }, T0)).toMatchObject({ name: 'n', collector: 'c' });
  expect(newSnapshot({ sourceId: 3 }, T0)).toMatchObject({ name: 'source 3', collector: '' });
});

describe('open problems', () => {
  const warning = problemOf(LIMITED);
  const error = problemOf(UNAVAILABLE);

  test("the source's own come first, errors before warnings, streams in their order", () => {
    const all = snapshot({
      problem: { ...warning, step: 'sweep' },
      streams: [
        stream('receipt', { problem: warning }),
        stream('av', { problem: error }),
        stream('dlp', { problem: error }),
      ],
    });
    expect(openProblems(all).map(({ subject, code }) => [subject, code])).toEqual([
      ['av', 'http_503'],
      ['dlp', 'http_503'],
      ['sweep', 'TooManyRequests'],
      ['receipt', 'TooManyRequests'],
    ]);
  });

  test.each<[string, Partial<SourceSnapshot>, string, string | undefined]>([
    ['none', { streams: [stream('av')] }, 'Healthy', undefined],
    ['a warning', { streams: [stream('av', { problem: warning })] }, 'Warning', undefined],
    ['an error', { streams: [stream('av', { problem: error })] }, 'Error', 'ThirdPartyGeneric'],
    [
      'a warning given up',
      { streams: [stream('av', { problem: { ...warning, gaveUp: true } })] },
      'Error',
      'ThirdPartyGeneric',
    ],
    ['the own problem', { problem: { ...problemOf(FORBIDDEN), step: 'validate' } }, 'Error', 'ThirdPartyConfig'],
    [
      'both',
      { problem: { ...warning, step: 'sweep' }, streams: [stream('av', { problem: problemOf(FORBIDDEN) })] },
      'Error',
      'ThirdPartyConfig',
    ],
    [
      'one that has ended',
      { streams: [stream('av', { lastProblem: { ...error, endedAt: T0 } })] },
      'Healthy',
      undefined,
    ],
  ])('%s: health and error type', (_, changes, health, type) => {
    expect(healthOf(snapshot(changes))).toBe(health);
    expect(errorTypeOf(snapshot(changes))).toBe(type);
  });

  test.each<[Problem['severity'], boolean, boolean]>([
    ['error', false, true],
    ['error', true, true],
    ['warning', false, false],
    ['warning', true, true],
  ])('%s, given up %s: is an error %s', (severity, gaveUp, expected) => {
    expect(isError({ ...error, severity, gaveUp })).toBe(expected);
  });
});

describe('how far a stream is behind', () => {
  const now = Date.parse(minutes(10));
  const problem = problemOf(UNAVAILABLE);
  test.each<[string, Partial<StreamStatus>, number | undefined]>([
    ['nothing is known yet', {}, undefined],
    ['caught up', { caughtUp: true, caughtUpAt: minutes(0), lastEventTime: minutes(-60) }, 0],
    ['collecting', { lastEventTime: minutes(4) }, 6 * 60_000],
    ['collecting again after it was caught up', { caughtUpAt: minutes(9), lastEventTime: minutes(4) }, 6 * 60_000],
    ['failing since it was caught up', { caughtUp: true, caughtUpAt: minutes(3), problem }, 7 * 60_000],
    ['a record from the future', { lastEventTime: minutes(11) }, 0],
  ])('%s', (_, changes, lag) => {
    expect(lagMs(stream('av', changes), now)).toBe(lag);
  });
});

test('the newest record of all streams', () => {
  const times = [minutes(5), undefined, '2025-10-01T00:00:00.000Z', minutes(6)];
  const streams = times.map((lastEventTime) => stream('av', lastEventTime === undefined ? {} : { lastEventTime }));
  expect(lastEventTimeOf(snapshot({ streams }))).toBe('2025-10-01T00:00:00.000Z');
  expect(lastEventTimeOf(snapshot({ streams: [stream('av')] }))).toBeUndefined();
});
