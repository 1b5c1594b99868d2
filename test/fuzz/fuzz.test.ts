/** A short run of all fuzzers, the same one each time. `npm run fuzz` goes on from there. */

import { afterAll, expect, test } from 'vitest';
import { fuzzTarget } from './fuzz-target.js';
import { findText } from './report.js';
import { MODULE, TARGETS } from './targets/list.js';
import { FuzzThread } from './thread.js';

const RUNS = 100;

const thread = new FuzzThread({ module: MODULE, limitMs: 10_000 });
afterAll(() => thread.stop());

test.each(TARGETS.map((target) => [target.name, target] as const))('nothing breaks %s', async (_, target) => {
  const { ran, finds } = await fuzzTarget(thread, target, { seed: 1, from: 0, runs: RUNS, tries: 200 });
  expect(finds.map(findText)).toEqual([]);
  expect(ran).toBe(RUNS);
});

test('no two have the same name', () => {
  expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length);
});
