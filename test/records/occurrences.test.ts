import { expect, test } from 'vitest';
import { contentDigest } from '../../src/records/identity.js';
import { Occurrences } from '../../src/records/occurrences.js';
import { SeededRandom, seeds } from '../support/random.js';

test('of equal records are numbered, each content by itself', () => {
  const occurrences = new Occurrences();
  expect(['a', 'b', 'a', 'a', 'b', '__proto__', '__proto__'].map((content) => occurrences.next(content))).toEqual([
    1, 1, 2, 3, 2, 1, 2,
  ]);
  expect(new Occurrences().next('a')).toBe(1);
});

test.each(seeds(5))('are those of a plain count, whatever comes: seed %i', (seed) => {
  const random = new SeededRandom(seed);
  const contents = Array.from({ length: 20_000 }, () => contentDigest(String(random.between(0, 8_000))));
  const occurrences = new Occurrences();
  const counts = new Map<string, number>();
  for (const content of contents) {
    const count = (counts.get(content) ?? 0) + 1;
    counts.set(content, count);
    if (occurrences.next(content) !== count) expect.fail(`${content} for the time ${count}`);
  }
});

test('§9 #10: a million different lines take a few ten megabytes', () => {
  const before = process.memoryUsage();
  const occurrences = new Occurrences();
  for (let n = 0; n < 1_000_000; n += 1) if (occurrences.next(contentDigest(String(n))) !== 1) expect.fail(String(n));
  const { arrayBuffers } = process.memoryUsage();
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  expect(occurrences.next(contentDigest('999999'))).toBe(2);
});
