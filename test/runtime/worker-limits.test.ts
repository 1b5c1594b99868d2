import { expect, test } from 'vitest';
import { cacheWarning } from '../../src/runtime/cache-watch.js';
import { cachedSources } from '../../src/runtime/worker-limits.js';

const MIB = 1_024 * 1_024;

test.each([
  ['no heap to speak of', 64, 100],
  ['as much as npm run worker gives', 512, 416],
  ['two gigabytes', 2_048, 2_464],
  ['more than anybody has sources', 64_000, 5_000],
])('with %s (%i MiB), %i sources are kept in memory', (_, heapMiB, sources) => {
  expect(cachedSources(heapMiB * MIB)).toBe(sources);
});

test.each([
  [{ sources: 500, workers: 1, cached: 500 }, undefined],
  [{ sources: 501, workers: 2, cached: 500 }, undefined],
  [{ sources: 501, workers: 1, cached: 500 }, '501 sources run on 1 worker that keeps 500 of them in memory'],
  [{ sources: 1_001, workers: 2, cached: 500 }, '1001 sources run on 2 workers that keep 1000 of them in memory'],
])('of %o is told: %s', (facts, told) => {
  if (told === undefined) expect(cacheWarning(facts)).toBeUndefined();
  else expect(cacheWarning(facts)).toMatch(told);
});
