import { describe, expect, test } from 'vitest';
import { reduce, type SourceEvent } from '../../../src/domain/lifecycle/reduce.js';
import {
  countsOf,
  FORBIDDEN,
  LIMITED,
  minutes,
  outcomeOf,
  settingsOf,
  sourceAfter,
  startUp,
  streamIn,
  T0,
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const collecting = (...events: SourceEvent[]) => sourceAfter(...startUp('receipt', 'dlp'), ...events);
const failing = (subject: 'receipt' | 'dlp' | 'sweep', failure = UNAVAILABLE, attempt = 1) => ({
  kind: 'failed' as const,
  subject,
  failure,
  attempt,
});

test('a new source is pending, and each step of its start leads to the next state', () => {
  expect(sourceAfter()).toMatchObject({ state: 'Pending', since: T0, startedAt: T0, name: 'source 7', version: 0 });
  const states = startUp('dlp').map((_, index, events) => sourceAfter(...events.slice(0, index + 1)).state);
  expect(states).toEqual(['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting']);
  expect(collecting()).toMatchObject({ since: minutes(4), health: 'Healthy' });
});

describe('configured', () => {
  test('takes over the settings, and begins with idle streams', () => {
    const settings = settingsOf(['av', 'hold'], { name: 'n', collector: 'c', version: 3, pollIntervalMs: 9 });
    const snapshot = sourceAfter({ kind: 'configured', settings });
    expect(snapshot).toMatchObject({ name: 'n', collector: 'c', version: 3, pollIntervalMs: 9, state: 'Pending' });
    expect(snapshot.streams).toEqual([
      { stream: 'av', phase: 'idle', caughtUp: false, stored: 0, duplicates: 0, quarantined: 0 },
      { stream: 'hold', phase: 'idle', caughtUp: false, stored: 0, duplicates: 0, quarantined: 0 },
    ]);
  });

  test('keeps what is known of streams that stay; totals and health are those of the streams that are there', () => {
    const totals = countsOf(5, 1, 2);
    const before = collecting(
      { kind: 'outcome', outcome: outcomeOf('receipt', { totals }) },
      { kind: 'outcome', outcome: outcomeOf('dlp', { totals: countsOf(100) }) },
      failing('dlp'),
    );
    expect(before).toMatchObject({ state: 'Error', totals: countsOf(105, 1, 2) });
    const next = reduce(before, { kind: 'configured', settings: settingsOf(['receipt', 'av']) }, minutes(9));
    expect(next.streams.map(({ stream, stored }) => [stream, stored])).toEqual([
      ['receipt', 5],
      ['av', 0],
    ]);
    expect(next).toMatchObject({ totals, state: 'Collecting', health: 'Warning', since: minutes(9) });
  });
});

describe('outcome', () => {
  test('of a stream that caught up', () => {
    const outcome = outcomeOf('dlp', { totals: countsOf(3), position: 'p', lastEventTime: minutes(-1) });
    const snapshot = collecting({ kind: 'outcome', outcome });
    expect(streamIn(snapshot, 'dlp')).toEqual({
      stream: 'dlp',
      phase: 'waiting',
      caughtUp: true,
      caughtUpAt: minutes(5),
      checkedAt: minutes(5),
      lastEventTime: minutes(-1),
      position: 'p',
      ...countsOf(3),
    });
    expect(snapshot.totals).toEqual(countsOf(3));
  });

  test('of a stream with more to come', () => {
    const caughtUp: SourceEvent = { kind: 'outcome', outcome: outcomeOf('dlp') };
    const more: SourceEvent = { kind: 'outcome', outcome: outcomeOf('dlp', { result: 'more' }) };
    const status = streamIn(collecting(caughtUp, more), 'dlp');
    expect(status).toMatchObject({
      phase: 'collecting',
      caughtUp: false,
      caughtUpAt: minutes(5),
      checkedAt: minutes(6),
    });
  });

  test('of a stream with nothing more now, that is said not to be at its end: it is polled again, and not caught up', () => {
    const status = streamIn(collecting({ kind: 'outcome', outcome: outcomeOf('dlp', { result: 'wait' }) }), 'dlp');
    expect(status).toMatchObject({ phase: 'waiting', caughtUp: false, checkedAt: minutes(5) });
    expect(status).not.toHaveProperty('caughtUpAt');
  });

  test('totals are what the checkpoint says and are not added up again', () => {
    const outcome = outcomeOf('dlp', { counts: countsOf(5), totals: countsOf(5) });
    const snapshot = collecting({ kind: 'outcome', outcome }, { kind: 'outcome', outcome });
    expect(snapshot.totals).toEqual(countsOf(5));
  });

  test('without totals, position or time keeps those known', () => {
    const known = outcomeOf('dlp', { totals: countsOf(4), position: 'p', lastEventTime: T0 });
    const { totals: _, ...unknown } = outcomeOf('dlp', { result: 'failed', failure: UNAVAILABLE });
    const status = streamIn(
      collecting({ kind: 'outcome', outcome: known }, { kind: 'outcome', outcome: unknown }),
      'dlp',
    );
    expect(status).toMatchObject({ stored: 4, position: 'p', lastEventTime: T0, phase: 'retrying' });
  });

  test.each([
    ['is tried again', UNAVAILABLE, { phase: 'retrying', problem: { gaveUp: false, until: minutes(95) } }],
    ['is not tried again', FORBIDDEN, { phase: 'parked', problem: { gaveUp: true } }],
  ])('of a slice that failed and %s', (_, failure, expected) => {
    const snapshot = collecting({ kind: 'outcome', outcome: outcomeOf('dlp', { result: 'failed', failure }) });
    expect(streamIn(snapshot, 'dlp')).toMatchObject({ caughtUp: false, ...expected });
    expect(streamIn(snapshot, 'receipt')).toEqual(streamIn(collecting(), 'receipt'));
    expect(snapshot.state).toBe('Error');
  });

  test('progress before a failure renews the retry budget', () => {
    const outcome = outcomeOf('dlp', { result: 'failed', failure: UNAVAILABLE });
    const status = streamIn(collecting(failing('dlp', UNAVAILABLE, 7), { kind: 'outcome', outcome }), 'dlp');
    expect(status.problem).toMatchObject({ attempt: 1, since: minutes(6), until: minutes(96) });
  });

  test('of a stream that the source does not have changes nothing', () => {
    expect(collecting({ kind: 'outcome', outcome: outcomeOf('av', { totals: countsOf(9) }) })).toEqual(collecting());
  });
});

test('idle: streams of a sweep without news are caught up', () => {
  const snapshot = collecting(failing('receipt'), { kind: 'nothingNew', streams: ['receipt'] });
  expect(streamIn(snapshot, 'receipt')).toMatchObject({
    phase: 'waiting',
    caughtUp: true,
    caughtUpAt: minutes(6),
    checkedAt: minutes(6),
    lastProblem: { code: 'http_503', endedAt: minutes(6) },
  });
  expect(streamIn(snapshot, 'receipt')).not.toHaveProperty('problem');
  expect(streamIn(snapshot, 'dlp')).toEqual(streamIn(collecting(), 'dlp'));
  expect(snapshot.state).toBe('Collecting');
});

test('collecting: a healthy stream collects, one failing is retrying', () => {
  const start = collecting({ kind: 'outcome', outcome: outcomeOf('dlp') }, { kind: 'collecting', stream: 'dlp' });
  expect(streamIn(start, 'dlp').phase).toBe('collecting');
  expect(streamIn(collecting(failing('dlp'), { kind: 'collecting', stream: 'dlp' }), 'dlp').phase).toBe('retrying');
});

test('pollPlanned', () => {
  const spread = collecting({ kind: 'pollPlanned', at: minutes(30), spreadMs: 7 });
  expect(spread).toMatchObject({ nextPollAt: minutes(30), pollSpreadMs: 7 });
  const now = reduce(spread, { kind: 'pollPlanned', at: minutes(31) }, minutes(31));
  expect(now.nextPollAt).toBe(minutes(31));
  expect(now).not.toHaveProperty('pollSpreadMs');
});

describe('failed', () => {
  test('counts on one problem, whose the retry budget begins with its first failure', () => {
    const again = { ...failing('dlp', UNAVAILABLE, 4), retryAt: minutes(8) };
    const { problem } = streamIn(collecting(failing('dlp'), again), 'dlp');
    expect(problem).toEqual({
      ...UNAVAILABLE,
      attempt: 4,
      since: minutes(5),
      until: minutes(95),
      retryAt: minutes(8),
      gaveUp: false,
    });
  });

  test('a failure that is not tried again has no times of a retry', () => {
    const event = { ...failing('dlp', FORBIDDEN), retryAt: minutes(8) };
    const { problem, phase } = streamIn(collecting(event), 'dlp');
    expect(problem).toEqual({ ...FORBIDDEN, attempt: 1, since: minutes(5), gaveUp: true });
    expect(phase).toBe('parked');
  });

  test('a warning is no error until its retry budget is used up', () => {
    const warned = collecting(failing('dlp', LIMITED));
    expect(warned).toMatchObject({ state: 'Collecting', health: 'Warning' });
    expect(reduce(warned, { kind: 'gaveUp', subject: 'dlp' }, minutes(95))).toMatchObject({
      state: 'Error',
      health: 'Error',
      since: minutes(95),
    });
  });

  test('a step of the source, at whatever stage', () => {
    const early = sourceAfter({ kind: 'failed', subject: 'validate', failure: FORBIDDEN, attempt: 1 });
    expect(early).toMatchObject({ state: 'Error', stage: 'Pending', problem: { step: 'validate', gaveUp: true } });
    const later = collecting(failing('sweep'), {
      kind: 'failed',
      subject: 'finalize',
      failure: UNAVAILABLE,
      attempt: 1,
    });
    expect(later.problem).toMatchObject({ step: 'finalize', since: minutes(6) });
  });
});

describe('gaveUp', () => {
  test('parks the stream, while the others go on', () => {
    const snapshot = collecting(failing('dlp'), { kind: 'gaveUp', subject: 'dlp' });
    const { problem, phase } = streamIn(snapshot, 'dlp');
    expect(phase).toBe('parked');
    expect(problem).toEqual({ ...UNAVAILABLE, attempt: 1, since: minutes(5), gaveUp: true, gaveUpAt: minutes(6) });
    expect(streamIn(snapshot, 'receipt')).not.toHaveProperty('problem');
  });

  test('without a problem there is nothing to give up', () => {
    expect(collecting({ kind: 'gaveUp', subject: 'dlp' })).toEqual(collecting());
    expect(collecting({ kind: 'gaveUp', subject: 'sweep' })).toEqual(collecting());
  });
});

describe('recovered', () => {
  test('a stream that recovers is collecting, and so is the source', () => {
    const snapshot = collecting(failing('dlp'), { kind: 'recovered', subject: 'dlp' });
    expect(streamIn(snapshot, 'dlp')).toMatchObject({ phase: 'collecting', lastProblem: { endedAt: minutes(6) } });
    expect(snapshot).toMatchObject({ state: 'Collecting', since: minutes(6) });
  });

  test('one stream is recovered while another is not', () => {
    const snapshot = collecting(failing('dlp'), failing('receipt'), { kind: 'recovered', subject: 'dlp' });
    expect(snapshot).toMatchObject({ state: 'Error', since: minutes(5) });
  });

  test('a step ends its own problem, and no other', () => {
    const troubled = collecting(failing('sweep'));
    expect(reduce(troubled, { kind: 'recovered', subject: 'validate' }, minutes(9))).toEqual(troubled);
    const well = reduce(troubled, { kind: 'recovered', subject: 'sweep' }, minutes(9));
    expect(well).toMatchObject({ state: 'Collecting', health: 'Healthy' });
    expect(well).not.toHaveProperty('problem');
  });
});
