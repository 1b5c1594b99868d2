/** What is told: thresholds, what is too short, how long an end waits, and the pauses of deliveries. */

import { expect, test } from 'vitest';
import { isBlip, isWanted, pauseMs, quietMs } from '../../../src/domain/alerts/alert.js';

const since = '2026-12-01T10:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(since) + ms);
const MINUTE = { groupingWindowMs: 60_000 };

test.for([
  ['Error', 1, 'Error', undefined, true],
  ['Error', 1, 'Warning', undefined, true],
  ['Warning', 1, 'Warning', undefined, true],
  ['Warning', 1, 'Error', undefined, false],
  ['Error', 1, 'Error', [1, 2], true],
  ['Error', 3, 'Error', [1, 2], false],
  ['Error', 0, 'Error', [1], false],
  ['Error', 0, 'Error', undefined, true],
] as const)('%s of collector %i, from %s of %j: %s', ([severity, collectorId, severityLevel, collectorIds, wanted]) => {
  const choice = { severityLevel, ...(collectorIds && { collectorIds }) };
  expect(isWanted({ severityLevel: severity, collectorId }, choice)).toBe(wanted);
});

test.for([
  [59_999, 1, true],
  [60_000, 1, false],
  [1_000, 2, false],
  [undefined, 1, false],
] as const)('of %j ms, come %i times: too short is %s', ([ms, occurrences, wanted]) => {
  expect(isBlip({ since, occurrences }, ms === undefined ? undefined : after(ms), MINUTE)).toBe(wanted);
});

test.for([
  [1, 60_000, 60_000],
  [2, 60_000, 120_000],
  [4, 60_000, 480_000],
  [9, 60_000, 900_000],
  [1, 0, 0],
  [2, 0, 120_000],
] as const)('after %i times, with a window of %i ms, an end waits %i ms', ([occurrences, groupingWindowMs, wanted]) => {
  expect(quietMs(occurrences, { groupingWindowMs })).toBe(wanted);
});

test.for([
  [1, 0, 0.5, 10_000],
  [1, 0, 0, 8_000],
  [1, 0, 1, 12_000],
  [3, 0, 0.5, 40_000],
  [50, 0, 0.5, 900_000],
  [1, 30_000, 0.5, 30_000],
  [3, 30_000, 0.5, 40_000],
  [1, 1e12, 0.5, 86_400_000],
] as const)('after %i failures, asked to wait %i ms, with chance %d: %i ms', ([failures, asked, random, wanted]) => {
  expect(pauseMs(failures, asked, random)).toBe(wanted);
});
