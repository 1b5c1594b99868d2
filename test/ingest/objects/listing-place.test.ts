import { expect, test } from 'vitest';
import { NO_OBJECTS, type ObjectTally } from '../../../src/domain/streams/object-tally.js';
import {
  afterPage,
  beginListing,
  FULL_EVERY_MS,
  fullListing,
  shortCutAfter,
} from '../../../src/ingest/objects/listing-place.js';

const NOW = new Date('2026-06-10T12:00:00Z');
const [OLD, NEW] = [new Date('2026-06-08T00:00:00Z'), new Date('2026-06-10T09:00:00Z')];

/** Pages of keys; those with a `!` were written lately. */
function shortCutOf(pages: readonly string[], tally: Partial<ObjectTally> = {}) {
  const place = pages.reduce(
    (before, keys) => {
      const objects = keys.split(' ').map((name) => {
        const key = name.replace('!', '');
        return { key, etag: '', size: 1, lastModified: key === name ? OLD : NEW };
      });
      return afterPage(before, { objects, next: 'more' }, { ...NO_OBJECTS, read: objects.length, ...tally });
    },
    fullListing(NOW, 'logs'),
  );
  return shortCutAfter(place, 'logs');
}

const TEN = ['a0 a1', 'b0 b1', 'c0 c1', 'd0 d1', 'e0 e1', 'f0 f1', 'g0 g1', 'h0 h1', 'i0 i1', 'j0 j1'];
const withPage = (at: number, keys: string) => TEN.map((page, index) => (index === at ? keys : page));

const CASES: readonly [what: string, pages: readonly string[], after: string | undefined, read?: number][] = [
  ['all of it, where nothing was written lately', TEN, 'j1', 20],
  ['what comes before the first page with something new', withPage(9, 'j0 j1!'), 'i1', 18],
  ['no more when there is something new in a page before', withPage(4, 'e0! e1'), 'd1', 8],
  ['nothing when the first page has something new', withPage(0, 'a0! a1'), undefined],
  ['nothing where a page is in no order', withPage(4, 'e1 e0'), undefined],
  ['nothing where pages are in no order', withPage(4, 'd0'), undefined],
  ['nothing of a few pages', TEN.slice(1), undefined],
  ['bytes and not UTF-16 units count', withPage(9, '\ufb01 \u{1f600}'), '\u{1f600}', 20],
  ['UTF-16 units do not', withPage(9, '\u{1f600} \ufb01'), undefined],
];

test.each(CASES)('later listings leave out %s', (_name, pages, after, read) => {
  const shortCut = shortCutOf(pages);
  if (after === undefined) expect(shortCut).toBeUndefined();
  else expect(shortCut).toEqual({ of: 'logs', after, listedAt: NOW, tally: { ...NO_OBJECTS, read } });
});

test('nothing is left out that has an object which failed', () => {
  expect(shortCutOf(TEN, { failing: 1 })).toBeUndefined();
});

test('everything is compared again after an hour, and of another bucket or prefix at once', () => {
  const shortCut = shortCutOf(TEN);
  if (shortCut === undefined) throw new Error('there is no short cut');
  const soon = new Date(NOW.getTime() + FULL_EVERY_MS - 1);
  const partial = { of: 'logs', since: soon, tally: { ...NO_OBJECTS, read: 20 }, after: 'j1', isPartial: true };
  expect(beginListing({ shortCut }, 'logs', soon)).toEqual(partial);
  const late = new Date(NOW.getTime() + FULL_EVERY_MS);
  expect(beginListing({ shortCut }, 'logs', late)).toEqual(fullListing(late, 'logs'));
  expect(beginListing({ shortCut }, 'others', soon)).toEqual(fullListing(soon, 'others'));
  expect(beginListing({}, 'logs', soon)).toEqual(fullListing(soon, 'logs'));
  const before = new Date(NOW.getTime() - 1);
  expect(beginListing({ shortCut }, 'logs', before)).toEqual(fullListing(before, 'logs'));
  const listing = { since: NOW, token: 'next', tally: NO_OBJECTS };
  expect(beginListing({ shortCut, listing }, 'logs', soon)).toBe(listing);
  expect(beginListing({ listing: { ...listing, of: 'logs' } }, 'logs', soon)).toEqual({ ...listing, of: 'logs' });
  expect(beginListing({ listing: { ...listing, of: 'logs' } }, 'others', soon)).toEqual(fullListing(soon, 'others'));
});
