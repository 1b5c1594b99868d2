import { describe, expect, test } from 'vitest';
import {
  afterPage,
  areMany,
  isBraked,
  type PageNews,
  type StalledListing,
  stalledText,
} from '../../../src/domain/streams/stalled-listing.js';

const START = Date.UTC(2024, 0, 31);
const at = (ms: number) => new Date(START + ms);
const EMPTY: PageNews = { isNew: false };
const MINUTE = 60_000;

/** Reads pages for so long, looking every second. @returns how many were read within it, and what is known then. */
function readFor(ms: number, newsOf: (page: number) => PageNews) {
  let idle: StalledListing | undefined;
  let pages = 0;
  for (let now = 0; now < ms; now += 1_000) {
    while (idle === undefined || !isBraked(idle, at(now))) {
      pages += 1;
      idle = afterPage(idle, newsOf(pages), at(now));
      if (idle === undefined || idle.nextAt === undefined) continue;
    }
  }
  return { idle, pages };
}

test('a few pages without news are read as fast as any; then there are pauses that grow to three minutes', () => {
  expect(readFor(1_000, () => EMPTY).pages).toBe(6);
  const hour = readFor(60 * MINUTE, (n) => ({ ...EMPTY, token: `t${n}` }));
  expect(hour.pages).toBeLessThan(32);
  expect(hour.pages).toBeGreaterThan(20);
  expect(areMany(hour.idle)).toBe(true);
});

test('something new ends it at once', () => {
  const { idle } = readFor(60 * MINUTE, () => EMPTY);
  expect(afterPage(idle, { isNew: true }, at(60 * MINUTE))).toBeUndefined();
});

describe('a backlog that is read again', () => {
  test('is not slowed down however long it is: it moves forward in time', () => {
    let idle: StalledListing | undefined;
    for (let n = 0; n < 1_000; n += 1) {
      idle = afterPage(idle, { isNew: false, newest: at(n * MINUTE), token: `t${n}` }, at(0));
      expect(idle).not.toHaveProperty('nextAt');
    }
  });

  test('may have pages between that are older, or empty', () => {
    let idle: StalledListing | undefined;
    for (let n = 0; n < 300; n += 1) {
      const newest = n % 4 === 0 ? at(n * MINUTE) : n % 4 === 1 ? at(0) : undefined;
      idle = afterPage(idle, { isNew: false, newest, token: `t${n}` }, at(0));
      expect(idle).not.toHaveProperty('nextAt');
    }
  });

  test('that begins again and again does not: nothing in it is later than what was read', () => {
    const { pages, idle } = readFor(60 * MINUTE, (n) => ({
      isNew: false,
      newest: at((n % 40) * MINUTE),
      token: `t${n}`,
    }));
    expect(pages).toBeLessThan(80);
    expect(areMany(idle)).toBe(true);
  });
});

test('tokens that come again are a circle, slowed down at once and reported as one', () => {
  let idle: StalledListing | undefined;
  for (const token of ['a', 'b', 'a'])
    idle = afterPage(idle, { isNew: false, newest: at(Number(token === 'a')), token }, at(0));
  expect(idle).toMatchObject({ isCircle: true, nextAt: expect.any(Date) });
  expect(idle === undefined ? '' : stalledText(idle)).toMatch(/their tokens go in a circle$/);
});

test('what is kept stays small', () => {
  const { idle } = readFor(600 * MINUTE, (n) => ({ ...EMPTY, token: `t${n}` }));
  expect(idle?.tokens).toHaveLength(16);
});

test('polls that come late do not save up pauses, and a clock that was set back holds up nothing', () => {
  const { idle } = readFor(60 * MINUTE, () => EMPTY);
  expect(idle).toBeDefined();
  let later = idle;
  let pages = 0;
  while (later !== undefined && !isBraked(later, at(600 * MINUTE))) {
    later = afterPage(later, EMPTY, at(600 * MINUTE));
    pages += 1;
  }
  expect(pages).toBeLessThanOrEqual(2);
  expect(isBraked(later ?? { pages: 0, since: at(0), tokens: [] }, at(0))).toBe(false);
});
