/** The short form of `npm run test:faults`: one seed that is always the same, one that never is, and one with buckets. */

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { BUCKET_FAULT_KINDS, BUCKET_PROCESSES, PROCESSES } from './fault.js';
import { failureOf } from './report.js';
import { isGood } from './result.js';
import { runSeed } from './run-seed.js';

const RECORDS = 5_000;
const DURATION_MS = 10_000;
const RANDOM_SEED = randomInt(1_000, 1_000_000_000);

test.each([
  ['a fixed seed', 1],
  ['a random seed', RANDOM_SEED],
])(
  '%s: %i',
  async (_, seed) => {
    const said: string[] = [];
    const run = { seed, records: RECORDS, durationMs: DURATION_MS, limitMs: 240_000 };
    const result = await runSeed({ ...run, say: (text) => void said.push(text) });
    const replay = () => `npm run test:faults -- --seed ${seed} --records ${RECORDS} --duration ${DURATION_MS / 1_000}`;
    expect(isGood(result), [...said, failureOf(result, replay)].join('\n')).toBe(true);
    for (const process of PROCESSES) expect(result.faults[`kill ${process}`]).toBe(1);
    expect(result.records).toBeGreaterThan(RECORDS / 2);
  },
  200_000,
);

const BUCKET_RUN = { seed: 1, records: 1_000, objects: 200 } as const;

test('sources that read and write buckets', async () => {
  const { seed, records, objects } = BUCKET_RUN;
  const said: string[] = [];
  const run = { seed, records, durationMs: DURATION_MS, limitMs: 240_000, buckets: { objects, isHurried: true } };
  const result = await runSeed({ ...run, say: (text) => void said.push(text) });
  const arguments_ = `--s3 --seed ${seed} --records ${records} --objects ${objects} --duration ${DURATION_MS / 1_000}`;
  const replay = () => `npm run test:faults -- ${arguments_}`;
  expect(isGood(result), [...said, failureOf(result, replay)].join('\n')).toBe(true);
  for (const process of BUCKET_PROCESSES) expect(result.faults[`kill ${process}`]).toBe(1);
  for (const kind of BUCKET_FAULT_KINDS) expect(result.faults[kind]).toBe(1);
}, 600_000);
