import { describe, expect, test } from 'vitest';
import {
  planWindow,
  type ReadSoFar,
  reachAfterRefusal,
  reachOf,
  type WindowBounds,
} from '../../../src/ingest/windows/plan-window.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2025-09-15T12:00:00Z');
const at = (agoMs: number) => new Date(NOW - agoMs);
const RULES: WindowBounds = { end: NOW, overlapMs: 15 * MINUTE };

interface Case {
  readonly sofar: ReadSoFar;
  readonly rules?: Partial<WindowBounds>;
  /** Begin and end of the window, as time before now. */
  readonly window: readonly [number, number] | undefined;
  readonly gap?: readonly [number, number];
}

describe('the next window', () => {
  test.each<[string, Case]>([
    ['the very first', { sofar: { beginAt: at(HOUR) }, window: [HOUR, 0] }],
    ['the first of a long backfill', { sofar: { beginAt: at(7 * DAY) }, window: [7 * DAY, 7 * DAY - 6 * HOUR] }],
    ['without any backfill', { sofar: { beginAt: at(0) }, window: [0, 0] }],
    ['before there is one', { sofar: { beginAt: at(0) }, rules: { end: NOW - HOUR }, window: undefined }],
    ['reaches back', { sofar: { beginAt: at(DAY), readUntil: at(5 * MINUTE) }, window: [20 * MINUTE, 0] }],
    [
      'not before the beginning',
      { sofar: { beginAt: at(7 * MINUTE), readUntil: at(5 * MINUTE) }, window: [7 * MINUTE, 0] },
    ],
    ['after a stop', { sofar: { beginAt: at(9 * DAY), readUntil: at(DAY) }, window: [DAY + 15 * MINUTE, 18 * HOUR] }],
    [
      'with an overlap of a day',
      {
        sofar: { beginAt: at(9 * DAY), readUntil: at(5 * DAY) },
        rules: { overlapMs: DAY },
        window: [6 * DAY, 3 * DAY],
      },
    ],
    [
      'with a lag',
      {
        sofar: { beginAt: at(DAY), readUntil: at(2 * HOUR) },
        rules: { end: NOW - HOUR },
        window: [135 * MINUTE, HOUR],
      },
    ],
    ['a clock that is a little behind', { sofar: { beginAt: at(DAY), readUntil: at(-500) }, window: [15 * MINUTE, 0] }],
    [
      'a clock that was set back: from the newest record that was met',
      {
        sofar: { beginAt: at(DAY), readUntil: at(-3 * HOUR), lastEventTime: at(2 * HOUR) },
        window: [135 * MINUTE, 0],
      },
    ],
    ['and none was met', { sofar: { beginAt: at(2 * HOUR), readUntil: at(-3 * HOUR) }, window: [2 * HOUR, 0] }],
    [
      'and that one is of the future',
      { sofar: { beginAt: at(DAY), readUntil: at(-3 * HOUR), lastEventTime: at(-HOUR) }, window: [15 * MINUTE, 0] },
    ],
    [
      'out of reach',
      {
        sofar: { beginAt: at(90 * DAY), readUntil: at(70 * DAY) },
        rules: { reach: NOW - 60 * DAY },
        window: [60 * DAY, 60 * DAY - 6 * HOUR],
        gap: [70 * DAY, 60 * DAY],
      },
    ],
    [
      'only its overlap is out of reach',
      {
        sofar: { beginAt: at(90 * DAY), readUntil: at(60 * DAY) },
        rules: { reach: NOW - 60 * DAY },
        window: [60 * DAY, 60 * DAY - 6 * HOUR],
      },
    ],
    [
      'never read, and its beginning out of reach',
      {
        sofar: { beginAt: at(70 * DAY) },
        rules: { reach: NOW - 60 * DAY },
        window: [60 * DAY, 60 * DAY - 6 * HOUR],
        gap: [70 * DAY, 60 * DAY],
      },
    ],
  ])('%s', (_, { sofar, rules, window, gap }) => {
    const plan = planWindow(sofar, { ...RULES, ...rules });
    const spanOf = (span: readonly [number, number]) => ({ from: at(span[0]), to: at(span[1]) });
    expect(plan).toEqual(
      window === undefined ? undefined : { window: spanOf(window), ...(gap === undefined ? {} : { gap: spanOf(gap) }) },
    );
  });
});

describe('after an overlap that was read whole', () => {
  const SECOND = 1_000;
  const MANY = 2_501;

  /** All times before now. */
  interface OverlapCase {
    readonly wholeUntil: number;
    readonly rows?: number;
    /** Default a second ago. */
    readonly readUntil?: number;
    readonly beginAt?: number;
    readonly rules?: Partial<WindowBounds>;
    readonly from: number;
    readonly isBrief: boolean;
  }

  test.each<[string, OverlapCase]>([
    ['and held few rows, all of it again', { wholeUntil: SECOND, rows: 2_500, from: 901 * SECOND, isBrief: false }],
    ['and held many, briefly', { wholeUntil: SECOND, from: 11 * SECOND, isBrief: true }],
    ['a while ago, briefly', { wholeUntil: 4 * MINUTE - 1, from: 11 * SECOND, isBrief: true }],
    ['four minutes ago, as far back as that one', { wholeUntil: 4 * MINUTE, from: 19 * MINUTE, isBrief: false }],
    [
      'before an outage, as far back as the last whole one',
      { wholeUntil: 9 * HOUR + MINUTE, readUntil: 9 * HOUR, from: 9 * HOUR + 16 * MINUTE, isBrief: false },
    ],
    [
      'by this version, and an earlier one went on for a day',
      { wholeUntil: DAY, readUntil: MINUTE, from: 20 * MINUTE, isBrief: false },
    ],
    ['by a clock that was set back since', { wholeUntil: -MINUTE, from: 901 * SECOND, isBrief: false }],
    ['not before the beginning', { wholeUntil: SECOND, beginAt: 5 * SECOND, from: 5 * SECOND, isBrief: true }],
    [
      'within reach only',
      { wholeUntil: 5 * MINUTE, rules: { reach: NOW - 8 * MINUTE }, from: 8 * MINUTE, isBrief: false },
    ],
    [
      'an overlap that is brief itself',
      { wholeUntil: 5 * SECOND, rules: { overlapMs: 10 * SECOND }, from: 15 * SECOND, isBrief: false },
    ],
    ['none at all', { wholeUntil: 5 * SECOND, rules: { overlapMs: 0 }, from: 5 * SECOND, isBrief: false }],
  ])('%s', (_, { wholeUntil, rows = MANY, readUntil = SECOND, beginAt = DAY, rules, from, isBrief }) => {
    const plan = planWindow(
      { beginAt: at(beginAt), readUntil: at(readUntil), overlapRead: { until: at(wholeUntil), rows } },
      { ...RULES, ...rules },
    );
    expect(plan?.window).toMatchObject({ from: at(from), ...(isBrief ? { isBrief } : {}) });
    expect(plan?.window.isBrief ?? false).toBe(isBrief);
  });
});

test('the reach is known for audit events alone', () => {
  expect(reachOf('audit', NOW)).toBe(NOW - 60 * DAY + MINUTE);
  expect([reachOf('dlp', NOW), reachOf('hold', NOW)]).toEqual([undefined, undefined]);
});

test.each<[string, number, number | undefined]>([
  ['must be within the last 60 days', 70 * DAY, 60 * DAY - MINUTE],
  ['the 7-day retention', 70 * DAY, 7 * DAY - MINUTE],
  ['older than 1 day', 3 * DAY, DAY - MINUTE],
  ['older than what is kept', 70 * DAY, 69 * DAY],
  ['the last 80 days, it says, of a window that is younger', 70 * DAY, 69 * DAY],
  ['older than what is kept', DAY, undefined],
  ['older than what is kept', HOUR, undefined],
])('after the refusal "%s"', (message, fromAgo, reachAgo) => {
  expect(reachAfterRefusal(message, NOW - fromAgo, NOW)).toBe(reachAgo === undefined ? undefined : NOW - reachAgo);
});
