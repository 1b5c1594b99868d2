import { expect, test } from 'vitest';
import { markdown, report, summaryOf } from './report.js';
import { isGood, type RunResult } from './result.js';

const GOOD: RunResult = {
  seed: 1,
  faults: { 'kill worker': 1, 'step-down': 2 },
  missed: [],
  records: 1_200,
  lost: 0,
  twice: 0,
  foreign: 0,
  malformed: 3,
  wronglyQuarantined: [],
  miscounted: [],
  unequal: [],
  untruths: [],
  unhandled: [],
  selfEnds: [],
  recoverySeconds: 4,
  seconds: 60,
  streams: [],
};

test.each<[string, Partial<RunResult>, boolean]>([
  ['nothing wrong', {}, true],
  ['processes that ended by themselves and were started again', { selfEnds: [{ name: 'worker', code: 1 }] }, true],
  ['one lost', { lost: 1 }, false],
  ['one twice', { twice: 1 }, false],
  ['one that nobody sent', { foreign: 1 }, false],
  ['stuck', { stuck: 'Error' }, false],
  ['a good record in quarantine', { wronglyQuarantined: ['not JSON at x'] }, false],
  ['a count by date that differs', { miscounted: ['dlp: the count by date has 8 records, there are 9'] }, false],
  ['a store that differs from a bucket', { unequal: ['receipt: 3 documents'] }, false],
  ['a state that is not true', { untruths: ['records in all: said 1, is 2'] }, false],
  ['an error that nobody handled', { unhandled: ['Unhandled rejection'] }, false],
])('a run with %s', (_, change, good) => {
  expect(isGood({ ...GOOD, ...change })).toBe(good);
});

test('the summary adds up', () => {
  const bad = { ...GOOD, seed: 2, lost: 2, stuck: 'Error', faults: { 'step-down': 1 } };
  expect(summaryOf([GOOD, bad])).toEqual({
    good: false,
    seeds: 2,
    records: 2_400,
    lost: 2,
    twice: 0,
    foreign: 0,
    stuck: 1,
    seconds: 120,
    faults: { 'kill worker': 1, 'step-down': 3 },
  });
});

test('a failing run is named with its replay, its folder and what was wrong', () => {
  const stream = { stream: 'dlp', truth: 9, stored: 8, lost: 1, twice: 0, foreign: 0 } as const;
  const bad = { ...GOOD, seed: 7, lost: 1, streams: [stream], untruths: ['gaps: said 1, is 0'], kept: '/tmp/kept' };
  const text = report([GOOD, bad], (seed) => `replay ${seed}`);
  expect(text).toMatch(/all +6 +2,400 +1 +0 +0 +0 +1 +- +120/);
  for (const part of ['seed 7 failed: 1 lost', 'dlp', 'gaps: said 1', '/tmp/kept', 'replay 7']) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('replay 1');
});

test('the tables as Markdown', () => {
  const lines = markdown([GOOD]).split('\n');
  expect(lines.slice(0, 4)).toEqual(['| fault | times |', '|---|---:|', '| kill worker | 1 |', '| step-down | 2 |']);
  expect(lines.at(-1)).toBe('| all | 3 | 1,200 | 0 | 0 | 0 | 0 | 0 | - | 60 |');
});
