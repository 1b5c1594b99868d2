import { describe, expect, test } from 'vitest';
import { IllegalTransitionError } from '../../../src/domain/lifecycle/lifecycle.js';
import { reduce, type SourceEvent } from '../../../src/domain/lifecycle/reduce.js';
import type { SourceSnapshot, Stage } from '../../../src/domain/lifecycle/snapshot.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { SeededRandom, seeds } from '../../support/random.js';
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
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const STOPPING: SourceEvent = { kind: 'stopping' };
const RESTARTED: SourceEvent = { kind: 'restarted' };
const failedStep: SourceEvent = { kind: 'failed', subject: 'authenticate', failure: FORBIDDEN, attempt: 1 };

describe('restarted', () => {
  test('begins again from every state, with all problems ended and all counts kept', () => {
    const before = sourceAfter(
      ...startUp('receipt', 'dlp'),
      { kind: 'outcome', outcome: outcomeOf('receipt', { totals: countsOf(8) }) },
      { kind: 'failed', subject: 'dlp', failure: FORBIDDEN, attempt: 1 },
      { kind: 'failed', subject: 'sweep', failure: UNAVAILABLE, attempt: 1 },
    );
    const next = reduce(before, RESTARTED, minutes(20));
    expect(next).toMatchObject({
      state: 'Pending',
      stage: 'Pending',
      since: minutes(20),
      health: 'Healthy',
      restarts: 1,
      startedAt: before.startedAt,
      totals: countsOf(8),
    });
    expect(next).not.toHaveProperty('problem');
    expect(streamIn(next, 'receipt')).toMatchObject({ phase: 'waiting', caughtUp: false, stored: 8 });
    expect(streamIn(next, 'dlp')).toMatchObject({ phase: 'idle', lastProblem: { endedAt: minutes(20) } });
    expect(streamIn(next, 'dlp')).not.toHaveProperty('problem');
    expect(reduce(next, RESTARTED, minutes(21)).restarts).toBe(2);
  });

  test.each(startUp('dlp').map((_, index, events) => events.slice(0, index + 1)))('after %o', (...events) => {
    expect(sourceAfter(...events, RESTARTED)).toMatchObject({ state: 'Pending', restarts: 1 });
  });

  test('does not bring back a source that is stopping', () => {
    expect(sourceAfter(...startUp('dlp'), STOPPING, RESTARTED).state).toBe('Stopping');
  });
});

describe('the end', () => {
  test('leaves all streams at rest and plans no poll', () => {
    const events: SourceEvent[] = [
      { kind: 'pollPlanned', at: minutes(9) },
      { kind: 'outcome', outcome: outcomeOf('dlp') },
      STOPPING,
    ];
    const snapshot = sourceAfter(...startUp('dlp', 'av'), ...events, { kind: 'ended', state: 'Stopped' });
    expect(snapshot.streams.map(({ phase }) => phase)).toEqual(['idle', 'idle']);
    expect(snapshot).not.toHaveProperty('nextPollAt');
  });

  test.each(['Stopped', 'Deleted'] as const)('%s comes after Stopping, from every state', (state) => {
    for (const events of [[], startUp('dlp').slice(0, 2), startUp('dlp'), [failedStep]]) {
      expect(sourceAfter(...events, STOPPING).state).toBe('Stopping');
      expect(sourceAfter(...events, STOPPING, { kind: 'ended', state }).state).toBe(state);
    }
  });

  test('what still comes in while it stops is counted, and does not change the state', () => {
    const late: SourceEvent[] = [
      { kind: 'outcome', outcome: outcomeOf('dlp', { totals: countsOf(2) }) },
      { kind: 'failed', subject: 'finalize', failure: UNAVAILABLE, attempt: 1 },
    ];
    expect(sourceAfter(...startUp('dlp'), STOPPING, ...late)).toMatchObject({ state: 'Stopping', totals: countsOf(2) });
  });
});

describe('an illegal move is a defect and throws', () => {
  test.each<[string, SourceEvent[]]>([
    ['a step left out', [{ kind: 'advanced', stage: 'Collecting' }]],
    ['a step back', [...startUp('dlp'), { kind: 'advanced', stage: 'Started' }]],
    ['an end without stopping', [...startUp('dlp'), { kind: 'ended', state: 'Stopped' }]],
    ['stopping what has stopped', [STOPPING, { kind: 'ended', state: 'Stopped' }, STOPPING]],
    ['two ends', [STOPPING, { kind: 'ended', state: 'Stopped' }, { kind: 'ended', state: 'Deleted' }]],
  ])('%s', (_, events) => {
    const last = events.at(-1);
    if (last === undefined) throw new Error('no events');
    const before = sourceAfter(...events.slice(0, -1));
    expect(() => reduce(before, last, minutes(1))).toThrow(IllegalTransitionError);
  });
});

test('a source failing returns to where its start had come', () => {
  const stages: Stage[] = ['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting'];
  for (const [index, stage] of stages.entries()) {
    const events = startUp('dlp').slice(0, index + 1);
    expect(sourceAfter(...events, failedStep).state).toBe('Error');
    expect(sourceAfter(...events, failedStep, { kind: 'recovered', subject: 'authenticate' }).state).toBe(stage);
  }
});

/** What has to hold of every snapshot, whatever happened before. */
function expectConsistent(snapshot: SourceSnapshot): void {
  const sum = (of: 'stored' | 'duplicates' | 'quarantined') => snapshot.streams.reduce((all, s) => all + s[of], 0);
  expect(snapshot.totals).toEqual(countsOf(sum('stored'), sum('duplicates'), sum('quarantined')));
  const notices = snapshot.streams.flatMap((status) => status.notices ?? []);
  const problems = [snapshot.problem, ...snapshot.streams.map(({ problem }) => problem)].filter((p) => p !== undefined);
  const isError = problems.some(({ severity, gaveUp }) => severity === 'error' || gaveUp);
  expect(snapshot.health).toBe(isError ? 'Error' : problems.length + notices.length > 0 ? 'Warning' : 'Healthy');
  expect(snapshot.state).toBe(isError ? 'Error' : snapshot.stage);
  for (const { phase, problem } of snapshot.streams) {
    expect(phase === 'parked').toBe(problem?.gaveUp === true);
    expect(phase === 'retrying').toBe(problem !== undefined && !problem.gaveUp);
  }
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
}

test.each(seeds(40))('whatever comes in, state and health follow from the problems, seed %i', (seed) => {
  const random = new SeededRandom(seed);
  const failure = () => random.pick([UNAVAILABLE, LIMITED, FORBIDDEN]);
  const subject = () => random.pick(['receipt', 'dlp', 'av', 'sweep']);
  const stream = () => random.pick(['receipt', 'dlp', 'av'] as const);
  let snapshot = sourceAfter(...startUp('receipt', 'dlp'));
  // A slice of work never begins on a stream that is parked.
  const active = () => snapshot.streams.find(({ phase }) => phase !== 'parked')?.stream ?? 'hold';
  const event = (): SourceEvent =>
    random.pick<readonly (() => SourceEvent)[]>([
      () => ({ kind: 'configured', settings: settingsOf(STREAMS.slice(0, random.between(1, STREAMS.length))) }),
      () => ({ kind: 'collecting', stream: active() }),
      () => ({ kind: 'outcome', outcome: outcomeOf(stream(), { totals: countsOf(random.between(0, 9), 1, 2) }) }),
      () => ({ kind: 'outcome', outcome: outcomeOf(stream(), { result: 'more' }) }),
      () => ({ kind: 'outcome', outcome: outcomeOf(stream(), { result: 'failed', failure: failure() }) }),
      () => ({ kind: 'nothingNew', streams: [stream()] }),
      () => ({ kind: 'failed', subject: subject(), failure: failure(), attempt: random.between(1, 9) }),
      () => ({ kind: 'gaveUp', subject: subject() }),
      () => ({ kind: 'recovered', subject: subject() }),
    ])();
  for (let at = 0; at < 60; at += 1) {
    snapshot = reduce(snapshot, event(), minutes(5 + at));
    expectConsistent(snapshot);
  }
});
