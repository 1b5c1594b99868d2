import { describe, expect, test } from 'vitest';
import { healthEventOf } from '../../../src/domain/health/health-event.js';
import { newLedger, withProblems } from '../../../src/domain/health/health-ledger.js';
import { NOTICE_MS } from '../../../src/domain/lifecycle/notice.js';
import { reduce, type SourceEvent } from '../../../src/domain/lifecycle/reduce.js';
import { openProblems, type SourceSnapshot } from '../../../src/domain/lifecycle/snapshot.js';
import type { GapCount, StreamOutcome } from '../../../src/domain/streams/outcome.js';
import {
  countsOf,
  minutes,
  outcomeOf,
  sourceAfter,
  startUp,
  streamIn,
  UNAVAILABLE,
} from '../../support/source-fixtures.js';

const REASON = 'older than the 7-day retention';

function gapsOf(count: number): GapCount {
  return { count, last: { from: minutes(-20_000), to: minutes(-10_080), reason: REASON } };
}

/** A slice after which so many lines in all are in quarantine, and so many gaps known. */
function slice(quarantined: number, gaps = 0, unreadable?: string): SourceEvent {
  const outcome = outcomeOf('dlp', {
    totals: countsOf(9, 0, quarantined),
    position: 'p',
    ...(gaps === 0 ? {} : { gaps: gapsOf(gaps) }),
    ...(unreadable === undefined ? {} : { unreadable }),
  });
  return { kind: 'outcome', outcome };
}

const sourceWith = (...events: readonly SourceEvent[]) => sourceAfter(...startUp('receipt', 'dlp'), ...events);
const told = (snapshot: SourceSnapshot) =>
  openProblems(snapshot).map(({ subject, code, attempt }) => `${subject} ${code} ${attempt}`);

describe('a warning that stops nothing', () => {
  test.each<[string, SourceEvent[], string[]]>([
    ['nothing bad', [slice(0)], []],
    ['lines in quarantine', [slice(2)], ['dlp quarantined 2']],
    ['more of them are one notice with their count', [slice(2), slice(2), slice(5)], ['dlp quarantined 5']],
    ['a gap', [slice(0, 1)], ['dlp gap 1']],
    ['both', [slice(1, 2)], ['dlp quarantined 1', 'dlp gap 2']],
    ['counted lower by a recount: no news', [slice(5), slice(3)], ['dlp quarantined 5']],
  ])('%s', (_, events, expected) => {
    const snapshot = sourceWith(...events);
    expect(told(snapshot)).toEqual(expected);
    expect(snapshot.health).toBe(expected.length === 0 ? 'Healthy' : 'Warning');
    expect(snapshot.state).toBe('Collecting');
    expect(streamIn(snapshot, 'dlp').phase).toBe('waiting');
  });

  test('says which line, and from when to when', () => {
    const [quarantined, gap] = openProblems(sourceWith(slice(1, 1, '/a/b.json.gz line 7: not JSON')));
    expect(quarantined?.message).toContain('/a/b.json.gz line 7: not JSON');
    expect(gap?.message).toBe(`Records from ${minutes(-20_000)} to ${minutes(-10_080)} may be missing: ${REASON}`);
  });

  test('is shown beside a failure of the same stream, which outlives it and is outlived by it', () => {
    const failed: SourceEvent = { kind: 'failed', subject: 'dlp', failure: UNAVAILABLE, attempt: 1 };
    expect(told(sourceWith(slice(1), failed))).toEqual(['dlp http_503 1', 'dlp quarantined 1']);
    expect(told(sourceWith(slice(1), failed, slice(1)))).toEqual(['dlp quarantined 1']);
  });

  test('ends a day after the last of its kind, or with a restart', () => {
    const noticed = sourceWith(slice(1));
    const idle = (at: number) =>
      reduce(noticed, { kind: 'nothingNew', streams: ['dlp'] }, new Date(Date.parse(minutes(5)) + at).toISOString());
    expect(told(idle(NOTICE_MS - 1))).toEqual(['dlp quarantined 1']);
    expect(told(idle(NOTICE_MS))).toEqual([]);
    expect(told(sourceWith(slice(1, 1), { kind: 'restarted' }))).toEqual([]);
  });
});

describe('when the checkpoints are read at a start', () => {
  const progress = { stream: 'dlp', totals: countsOf(9, 0, 4), position: 'p', gaps: gapsOf(1) } as const;
  const resumed: SourceEvent = { kind: 'resumed', streams: [progress] };

  test('what was counted before is known, and no news', () => {
    const snapshot = sourceWith(resumed);
    expect(streamIn(snapshot, 'dlp')).toMatchObject({ ...countsOf(9, 0, 4), position: 'p', gaps: { count: 1 } });
    expect(told(snapshot)).toEqual([]);
    expect(told(sourceWith(resumed, slice(5, 1)))).toEqual(['dlp quarantined 1']);
  });

  test('what a slice counted that could tell nobody is news', () => {
    expect(told(sourceWith(slice(3), { kind: 'restarted' }, resumed))).toEqual(['dlp quarantined 1', 'dlp gap 1']);
  });
});

test('each kind has a health event of its own, of severity Warning, that is closed when it ends', () => {
  let ids = 0;
  const look = (ledger: ReturnType<typeof newLedger>, snapshot: SourceSnapshot, at: number) =>
    withProblems({ ...ledger, queue: [] }, snapshot, minutes(at), () => `e${++ids}`);
  const open = look(newLedger(minutes(0)), sourceWith(slice(1, 1)), 6);
  expect(open.queue).toMatchObject([
    { kind: 'opened', subject: 'dlp', eventId: 'e1', problem: { code: 'quarantined' } },
    { kind: 'opened', subject: 'dlp', eventId: 'e3', problem: { code: 'gap' } },
  ]);
  const [first] = open.queue;
  if (first === undefined || first.kind === 'cleared') throw new Error('nothing was opened');
  const source = { sourceId: 7, name: 'mail', collectorId: 1, collectorName: 'cloud' };
  expect(healthEventOf(first, source)).toMatchObject({
    eventName: 'ThirdPartyGenericError',
    severityLevel: 'Warning',
    status: 'UnHealthy',
    details: { error: 'dlp: quarantined', description: expect.stringContaining('Collection continues.') },
  });
  const more = look(open, sourceWith(slice(1, 1), slice(2, 1)), 7);
  expect(more.queue).toMatchObject([{ kind: 'opened', eventId: 'e1', problem: { attempt: 2 } }]);
  expect(look(more, sourceWith(slice(0)), 8).queue.map(({ kind }) => kind)).toEqual(['closed', 'closed']);
});

test.each([
  ['recovered', 'dlp: http_503 has ended', 'The source recovered from: '],
  [
    'restarted',
    'dlp: http_503 before a restart',
    'The source was restarted and tries again. Before that, it reported: ',
  ],
  ['removed', 'dlp: http_503 before the removal', 'The source was removed. Before that, it reported: '],
] as const)('a closed event says that it was %s, and nothing that is not true', (ending, error, sentence) => {
  const source = { sourceId: 7, name: 'mail', collectorId: 1, collectorName: 'cloud' };
  const troubled = sourceWith({ kind: 'failed', subject: 'dlp', failure: UNAVAILABLE, attempt: 1 });
  const open = withProblems(newLedger(minutes(0)), troubled, minutes(1), () => 'e');
  const closed = withProblems(open, sourceWith(), minutes(2), () => 'e', ending).queue.at(-1);
  if (closed === undefined || closed.kind === 'cleared') throw new Error('nothing was closed');
  expect(healthEventOf(closed, source).details).toMatchObject({ error, description: sentence + UNAVAILABLE.message });
});

describe('a listing that goes on without bringing anything new', () => {
  const endless = (pages?: number): SourceEvent => ({
    kind: 'outcome',
    outcome: outcomeOf('dlp', {
      result: 'wait',
      totals: countsOf(9, 0, 0),
      position: 'p',
      ...(pages === undefined ? {} : { endless: { pages, message: `${pages} pages` } }),
    }),
  });

  test.each<[string, SourceEvent[], string[]]>([
    ['is told with its pages', [endless(12)], ['dlp endlessPages 12']],
    ['as long as it lasts', [endless(12), endless(12), endless(15)], ['dlp endlessPages 15']],
    ['and no longer once something new came', [endless(12), endless()], []],
    ['and no longer once its end came', [endless(12), { kind: 'nothingNew', streams: ['dlp'] }], []],
    ['and begins anew', [endless(12), endless(), endless(13)], ['dlp endlessPages 13']],
  ])('%s', (_, events, expected) => {
    const snapshot = sourceWith(...events);
    expect(told(snapshot)).toEqual(expected);
    expect(snapshot.health).toBe(expected.length === 0 ? 'Healthy' : 'Warning');
    if (expected.length === 0) expect(streamIn(snapshot, 'dlp')).not.toHaveProperty('notices');
  });

  test('is not over when a slice could not read the checkpoint', () => {
    const { stream, result, counts, files } = outcomeOf('dlp', { result: 'failed' });
    const failed: SourceEvent = { kind: 'outcome', outcome: { stream, result, counts, files, failure: UNAVAILABLE } };
    expect(told(sourceWith(endless(12), failed))).toContain('dlp endlessPages 12');
  });

  test('says what to do', () => {
    const [problem] = openProblems(sourceWith(endless(12)));
    expect(problem).toMatchObject({ message: '12 pages', isNotice: true, severity: 'warning' });
    expect(problem?.advice).toMatch(/Nothing is lost/);
  });
});

describe('the queue of a bucket', () => {
  const slice = (queue?: StreamOutcome['queue']): SourceEvent => ({
    kind: 'outcome',
    outcome: outcomeOf('dlp', { totals: countsOf(9, 0, 0), position: 'p', ...(queue === undefined ? {} : { queue }) }),
  });
  const outage = slice({ outage: 'refused' });
  const strange = slice({ strange: { count: 2, reason: 'it is not a JSON object' } });
  const idle: SourceEvent = { kind: 'nothingNew', streams: ['dlp'] };

  test.each<[string, SourceEvent[], string[]]>([
    ['cannot be reached', [outage, outage], ['dlp queueOutage 1']],
    ['can be reached again', [outage, slice()], []],
    ['can be reached again, without news', [outage, idle], []],
    ['has messages for somebody else', [strange], ['dlp strangeMessages 2']],
    ['has more of them', [strange, strange], ['dlp strangeMessages 4']],
    ['has no more of them, which is still to be seen', [strange, slice(), idle], ['dlp strangeMessages 2']],
  ])('%s', (_, events, expected) => {
    const snapshot = sourceWith(...events);
    expect(told(snapshot)).toEqual(expected);
    expect(snapshot.health).toBe(expected.length === 0 ? 'Healthy' : 'Warning');
  });

  test('is told with its reason and what to do', () => {
    const [first, second] = openProblems(sourceWith(outage, strange, outage));
    expect([first?.message, second?.message].toSorted()).toEqual([
      'Messages of its queue are not for this bucket: it is not a JSON object',
      'The queue of its bucket cannot be reached: refused',
    ]);
    for (const problem of [first, second]) expect(problem?.advice).toMatch(/queue/);
  });
});
