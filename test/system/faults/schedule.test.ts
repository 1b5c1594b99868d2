import { describe, expect, test } from 'vitest';
import { BUCKET_FAULTS } from './buckets/bucket-faults.js';
import { BUCKET_FAULT_KINDS, BUCKET_PROCESSES, GATE_FAULT_KINDS, lengthOf, PROCESSES } from './fault.js';
import { API_FAULTS } from './fault-makers.js';
import { countByLabel, LEAST_DURATION_MS, scheduleOf } from './schedule.js';

const SEEDS = Array.from({ length: 50 }, (_, at) => at + 1);

test('the same seed gives the same schedule, another seed another one', () => {
  expect(scheduleOf(7, 40_000)).toEqual(scheduleOf(7, 40_000));
  const schedules = SEEDS.map((seed) => JSON.stringify(scheduleOf(seed, 40_000)));
  expect(new Set(schedules).size).toBe(SEEDS.length);
});

describe.each([LEAST_DURATION_MS, 40_000, 300_000])('over %i ms', (durationMs) => {
  test.each(SEEDS)('seed %i kills each process, in order of time, and all is over at the end', (seed) => {
    const schedule = scheduleOf(seed, durationMs);
    const counts = countByLabel(schedule);
    for (const process of PROCESSES) expect(counts[`kill ${process}`]).toBe(1);
    const times = schedule.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    for (const { atMs, fault } of schedule) expect(atMs + lengthOf(fault)).toBeLessThanOrEqual(durationMs);
  });
});

test('a long schedule has every kind, and none twice before all have come', () => {
  const counts = countByLabel(scheduleOf(3, API_FAULTS.deck.length * 2_000));
  const kinds = new Set(
    SEEDS.flatMap((seed) => Object.keys(countByLabel(scheduleOf(seed, API_FAULTS.deck.length * 2_000)))),
  );
  expect(Object.values(counts).every((count) => count === 1)).toBe(true);
  // `slow close` is one card for all three links.
  expect(kinds.size).toBe(API_FAULTS.deck.length + PROCESSES.length + 2);
});

test('every run with buckets has all that can happen to objects, the store and the queue', () => {
  for (const seed of SEEDS) {
    const counts = countByLabel(scheduleOf(seed, LEAST_DURATION_MS, BUCKET_FAULTS));
    for (const process of BUCKET_PROCESSES) expect(counts[`kill ${process}`]).toBe(1);
    for (const kind of [...BUCKET_FAULT_KINDS, ...GATE_FAULT_KINDS]) expect(counts[kind]).toBe(1);
  }
});

test('what lasts ends, and what is counted is bounded', () => {
  for (const seed of SEEDS) {
    for (const { fault } of scheduleOf(seed, 40_000)) {
      if ('forMs' in fault) expect(fault.forMs).toBeLessThanOrEqual(12_000);
      if ('extent' in fault && 'times' in fault.extent) expect(fault.extent.times).toBeLessThanOrEqual(3);
    }
  }
});

test('too short a duration is refused', () => {
  expect(() => scheduleOf(1, LEAST_DURATION_MS - 1)).toThrow('at least 8000 ms');
});
