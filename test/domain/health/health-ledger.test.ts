import { describe, expect, test } from 'vitest';
import {
  afterWriting,
  beforeWriting,
  FLAPPING_MS,
  groupingDelayMs,
  type HealthLedger,
  newLedger,
  withProblems,
} from '../../../src/domain/health/health-ledger.js';
import {
  newSnapshot,
  newStreamStatus,
  type Problem,
  type SourceSnapshot,
} from '../../../src/domain/lifecycle/snapshot.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { FORBIDDEN, minutes, problemOf, T0, UNAVAILABLE } from '../../support/source-fixtures.js';

const DOWN = problemOf(UNAVAILABLE);
const GIVEN_UP = problemOf(FORBIDDEN, { gaveUp: true });
const FLAPPING_MIN = FLAPPING_MS / 60_000;
const EMPTY = afterWriting(newLedger(T0), newLedger(T0).queue);

function snapshotWith(problems: Partial<Record<StreamName, Problem>>, own?: Problem): SourceSnapshot {
  const streams = (Object.entries(problems) as [StreamName, Problem][]).map(([stream, problem]) => ({
    ...newStreamStatus(stream),
    problem,
  }));
  const problem = own === undefined ? {} : { problem: { ...own, step: 'sweep' as const } };
  return { ...newSnapshot({ sourceId: 1 }, T0), ...problem, streams };
}

const WELL = snapshotWith({});
const TROUBLED = snapshotWith({ dlp: DOWN });
const withDown = (changes: Partial<Problem>) => snapshotWith({ dlp: { ...DOWN, ...changes } });

/** A ledger without the clearing of a new source, and new ids: a1, a2, … */
class Watch {
  ledger: HealthLedger = { ...EMPTY, queue: [] };
  private ids = 0;
  private minute = -1;

  /** Looks at one snapshot after the other, a minute apart. */
  see(...snapshots: readonly SourceSnapshot[]): this {
    for (const snapshot of snapshots) {
      this.minute += 1;
      this.ledger = withProblems(this.ledger, snapshot, minutes(this.minute), () => `a${++this.ids}`);
    }
    return this;
  }

  pass(count: number): this {
    this.minute += count;
    return this;
  }

  /** Takes out what is due and says what it is. */
  written(): (string | undefined)[] {
    const { queue } = this.ledger;
    this.ledger = afterWriting(this.ledger, queue);
    return queue.map((change) => {
      return change.kind === 'cleared'
        ? 'cleared'
        : `${change.kind} ${change.subject} ${change.eventId} ${change.occurrences}`;
    });
  }
}

test('a source that starts closes what an earlier workflow left open', () => {
  expect(newLedger(T0).queue).toEqual([{ kind: 'cleared', at: T0 }]);
});

test('a healthy source has nothing to tell', () => {
  expect(new Watch().see(WELL, WELL).written()).toEqual([]);
});

test('a problem opens one event, however often it is looked at', () => {
  const watch = new Watch().see(TROUBLED, TROUBLED, TROUBLED);
  expect(watch.ledger.queue).toMatchObject([{ kind: 'opened', subject: 'dlp', problem: DOWN, at: minutes(0) }]);
  expect(watch.written()).toEqual(['opened dlp a1 1']);
  expect(watch.see(TROUBLED).written()).toEqual([]);
});

describe('while it lasts, what is new is reported', () => {
  test.each<[string, Partial<Problem>, boolean]>([
    ['another attempt', { attempt: 2 }, true],
    ['giving up', { gaveUp: true }, true],
    ['another message', { message: 'still down' }, true],
    ['the time of the next attempt', { retryAt: minutes(3) }, false],
  ])('%s', (_, changes, told) => {
    const watch = new Watch().see(TROUBLED);
    watch.written();
    expect(watch.see(withDown(changes)).written()).toEqual(told ? ['opened dlp a1 1'] : []);
    expect(watch.ledger.entries.dlp?.problem).toMatchObject(changes);
  });
});

test('what was not written yet is shown only once, with the newest state', () => {
  const watch = new Watch().see(TROUBLED, withDown({ attempt: 2 }), withDown({ attempt: 3 }));
  expect(watch.ledger.queue).toMatchObject([{ kind: 'opened', at: minutes(2), problem: { attempt: 3 } }]);
});

test('its end closes the event, with an event of its own', () => {
  const watch = new Watch().see(TROUBLED, withDown({ attempt: 5 }), WELL);
  const [opened, closed] = watch.ledger.queue;
  expect(closed).toMatchObject({ kind: 'closed', subject: 'dlp', at: minutes(2), problem: { attempt: 5 } });
  expect(closed).toHaveProperty('closingId', 'a2');
  expect(opened).toMatchObject({ kind: 'opened' });
  expect(watch.written()).toEqual(['opened dlp a1 1', 'closed dlp a1 1']);
  expect(watch.see(WELL).written()).toEqual([]);
});

describe('error that comes back', () => {
  test('soon is the same event again, with its count', () => {
    const watch = new Watch().see(TROUBLED, WELL);
    watch.written();
    expect(watch.see(TROUBLED).written()).toEqual(['opened dlp a1 2']);
    expect(watch.see(WELL).written()).toEqual(['closed dlp a1 2']);
    expect(watch.see(TROUBLED).written()).toEqual(['opened dlp a1 3']);
  });

  test('later is a new event', () => {
    const watch = new Watch().see(TROUBLED, WELL);
    watch.written();
    expect(
      watch
        .pass(FLAPPING_MIN - 1)
        .see(TROUBLED)
        .written(),
    ).toEqual(['opened dlp a3 1']);
  });

  test('just soon enough', () => {
    const watch = new Watch().see(TROUBLED, WELL);
    watch.written();
    expect(
      watch
        .pass(FLAPPING_MIN - 2)
        .see(TROUBLED)
        .written(),
    ).toEqual(['opened dlp a1 2']);
  });

  test('a hundred times while nothing can be written leaves a short queue', () => {
    const watch = new Watch();
    for (let times = 0; times < 100; times += 1) watch.see(TROUBLED, WELL);
    expect(watch.ledger.queue.length).toBeLessThan(10);
    expect(watch.written().at(-1)).toBe('closed dlp a1 100');
  });
});

test.each<[string, Partial<Problem>]>([
  ['code', { code: 'timeout' }],
  ['type', { type: 'FirstPartyGeneric' }],
])('another %s is another problem: one event ends and one begins', (_, changes) => {
  const watch = new Watch().see(TROUBLED);
  watch.written();
  expect(watch.see(withDown(changes)).written()).toEqual(['closed dlp a1 1', 'opened dlp a3 1']);
});

test('each subject has an event of its own, the source as a whole too', () => {
  const watch = new Watch().see(snapshotWith({ dlp: DOWN, av: GIVEN_UP }, DOWN));
  expect(watch.written().sort()).toEqual(['opened av a5 1', 'opened dlp a3 1', 'opened sweep a1 1'].sort());
  expect(
    watch
      .see(snapshotWith({ av: GIVEN_UP }))
      .written()
      .sort(),
  ).toEqual(['closed dlp a3 1', 'closed sweep a1 1']);
});

test('a deleted source has no problems any more', () => {
  const watch = new Watch().see(TROUBLED);
  watch.written();
  expect(watch.see({ ...TROUBLED, state: 'Deleted' }).written()).toEqual(['closed dlp a1 1']);
});

describe('writing', () => {
  test('takes out what was written, and nothing that came meanwhile', () => {
    const watch = new Watch().see(TROUBLED);
    const writing = watch.ledger.queue;
    watch.see(WELL);
    watch.ledger = afterWriting(watch.ledger, writing);
    expect(watch.written()).toEqual(['closed dlp a1 1']);
  });

  test('keeps a newer state of the same event that replaced the written one', () => {
    const watch = new Watch().see(TROUBLED);
    const writing = watch.ledger.queue;
    watch.see(withDown({ attempt: 2 }));
    expect(afterWriting(watch.ledger, writing).queue).toMatchObject([{ problem: { attempt: 2 } }]);
  });
});

test('the ledger is carried over a continue-as-new as JSON', () => {
  const { ledger } = new Watch().see(TROUBLED, WELL, TROUBLED);
  const carried = JSON.parse(JSON.stringify(ledger)) as HealthLedger;
  expect(carried).toEqual(ledger);
  expect(withProblems(carried, TROUBLED, minutes(9), () => 'x')).toEqual(ledger);
});

describe('a problem that turns out to be part of an outage', () => {
  const BOTH = snapshotWith({ dlp: DOWN, audit: DOWN });
  const OUTAGE = snapshotWith({}, DOWN);
  const ids = () => {
    let count = 0;
    return () => `a${++count}`;
  };
  const kinds = ({ queue }: HealthLedger) =>
    queue.map((change) => (change.kind === 'cleared' ? 'cleared' : `${change.kind} ${change.subject}`));

  test('leaves no event behind when nobody had heard of it', () => {
    const newId = ids();
    const before = withProblems({ ...EMPTY, queue: [] }, BOTH, minutes(0), newId);
    expect(kinds(before)).toEqual(['opened dlp', 'opened audit']);
    const united = withProblems(before, OUTAGE, minutes(1), newId, 'united');
    expect(kinds(united)).toEqual(['opened sweep']);
    expect(Object.keys(united.entries)).toEqual(['sweep']);
  });

  test('is closed for that reason when somebody may know of it, written or not', () => {
    const newId = ids();
    const told = withProblems({ ...EMPTY, queue: [] }, TROUBLED, minutes(0), newId);
    const writing = beforeWriting(told, told.queue);
    const after = withProblems(withProblems(writing, BOTH, minutes(0), newId), OUTAGE, minutes(1), newId, 'united');
    expect(kinds(after)).toEqual(['opened dlp', 'closed dlp', 'opened sweep']);
    expect(after.queue).toContainEqual(expect.objectContaining({ kind: 'closed', ending: 'united' }));
  });

  test('of an earlier version, whose ledger says nothing of that, is closed as well', () => {
    const newId = ids();
    const told = withProblems({ ...EMPTY, queue: [] }, TROUBLED, minutes(0), newId);
    const [[key, { isNew: _isNew, ...entry }] = ['', {}]] = Object.entries(told.entries);
    const carried = { entries: { [key]: entry }, queue: [] } as HealthLedger;
    expect(kinds(withProblems(carried, OUTAGE, minutes(1), newId, 'united'))).toEqual(['closed dlp', 'opened sweep']);
  });

  test.each<[string, HealthLedger['queue'], number]>([
    ['one stream has begun to fail', withProblems({ ...EMPTY, queue: [] }, TROUBLED, T0, ids()).queue, 3_000],
    ['it is forbidden', withProblems({ ...EMPTY, queue: [] }, snapshotWith({ dlp: GIVEN_UP }), T0, ids()).queue, 0],
    ['it is an outage', withProblems({ ...EMPTY, queue: [] }, OUTAGE, T0, ids()).queue, 0],
    ['it has been failing', withProblems({ ...EMPTY, queue: [] }, withDown({ attempt: 2 }), T0, ids()).queue, 0],
    ['there is nothing to write', [], 0],
  ])('is waited for before anything is written: %s', (_, queue, ms) => {
    expect(groupingDelayMs({ entries: {}, queue }, Date.parse(T0))).toBe(ms);
    expect(groupingDelayMs({ entries: {}, queue }, Date.parse(minutes(1)))).toBe(0);
  });
});
