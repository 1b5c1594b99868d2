import { describe, expect, test } from 'vitest';
import { evenPollAtMs, nextPoll, pollSpreadMs } from '../../../src/domain/lifecycle/poll-spread.js';
import { newSnapshot } from '../../../src/domain/lifecycle/snapshot.js';

const INTERVAL = 300_000;
const START = Date.UTC(2026, 10, 29);
const sources = Array.from({ length: 1_000 }, (_, index) => `mimecast-source-${index + 1}`);
const spreads = (at: number) => sources.map((id) => pollSpreadMs(INTERVAL, at, id, undefined));
const mean = (of: readonly number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;

describe('the spread of polls', () => {
  test('is the same for the same poll, and depends on everything that tells it from others', () => {
    const one = () => pollSpreadMs(INTERVAL, START, 'mimecast-source-7', 'a');
    expect(one()).toBe(one());
    const others = [
      pollSpreadMs(INTERVAL, START + 1, 'mimecast-source-7', 'a'),
      pollSpreadMs(INTERVAL, START, 'mimecast-source-8', 'a'),
      pollSpreadMs(INTERVAL, START, 'mimecast-source-7', 'b'),
    ];
    expect(new Set([one(), ...others]).size).toBe(4);
  });

  test('is whole milliseconds, at most a twentieth of the interval, and fills all of that evenly', () => {
    const all = spreads(START);
    expect(all.every(Number.isInteger)).toBe(true);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const spread of all) {
      expect(Math.abs(spread)).toBeLessThanOrEqual(INTERVAL / 20);
      const tenth = Math.min(9, Math.floor((spread / (INTERVAL / 20) + 1) * 5));
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(count).toBeGreaterThan(60);
    expect(Math.abs(mean(all))).toBeLessThan(INTERVAL / 400);
  });

  test('takes a thousand sources that began together apart, and keeps the interval of each on average', () => {
    const next = sources.map(() => START);
    const polls = 288;
    for (let poll = 0; poll < polls; poll += 1) {
      for (const [index, id] of sources.entries()) {
        const at = next[index] ?? 0;
        next[index] = at + INTERVAL + pollSpreadMs(INTERVAL, at, id, undefined);
      }
    }
    const drifts = next.map((at) => at - START - polls * INTERVAL);
    expect(Math.abs(mean(drifts))).toBeLessThan(INTERVAL / 10);
    const seconds = new Map<number, number>();
    for (const at of next) seconds.set(Math.floor(at / 1_000), (seconds.get(Math.floor(at / 1_000)) ?? 0) + 1);
    expect(Math.max(...seconds.values())).toBeLessThan(15);
  });

  test.each([0, 1, 10])('of an interval of %d ms is nothing, or next to it', (intervalMs) => {
    expect(Math.abs(pollSpreadMs(intervalMs, START, 'x'))).toBeLessThanOrEqual(1);
  });
});

describe('the next poll', () => {
  test.each<[string, number, number]>([
    ['took no time', 0, INTERVAL],
    ['took a part of the interval', 100_000, INTERVAL],
    ['took nearly all of it', 290_000, 290_000 + INTERVAL / 10],
    ['took longer', 900_000, 900_000 + INTERVAL / 10],
  ])('after one that %s', (_, tookMs, afterMs) => {
    const endedMs = START + tookMs;
    const polled = { begunMs: START, endedMs, intervalMs: INTERVAL };
    const { at, spreadMs } = nextPoll(polled, 'mimecast-source-7');
    expect(Date.parse(at) - START).toBe(afterMs + pollSpreadMs(INTERVAL, endedMs, 'mimecast-source-7'));
    const planned = {
      ...newSnapshot({ sourceId: 7, name: 'North' }, iso(START)),
      nextPollAt: at,
      pollSpreadMs: spreadMs,
    };
    // By which runs of earlier code decide.
    expect(evenPollAtMs(planned)).toBe(endedMs + INTERVAL);
  });
});

const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  ['with a spread', { nextPollAt: iso(START + 310_000), pollSpreadMs: 10_000 }, START + 300_000],
  ['planned by earlier code', { nextPollAt: iso(START) }, START],
  ['none', {}, Number.NaN],
])('when the next poll would be due without a spread: %s', (_, plan, at) => {
  expect(evenPollAtMs({ ...newSnapshot({ sourceId: 7 }, iso(START)), ...plan })).toBe(at);
});
