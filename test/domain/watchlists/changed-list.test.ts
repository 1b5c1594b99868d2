import { expect, test } from 'vitest';
import { changedList } from '../../../src/domain/watchlists/changed-list.js';
import type { WatchedIndicator } from '../../../src/domain/watchlists/watchlist.js';

const NOW = new Date('2026-03-01T00:00:00Z');
const EARLIER = new Date('2026-02-01T00:00:00Z');
const domain = (name: string, more: Partial<WatchedIndicator> = {}): WatchedIndicator => ({
  ...{ text: name, type: 'domain', keys: [`domain:${name}`] },
  ...more,
});
const added = (name: string) => domain(name, { addedAt: NOW });
const known = [domain('a.com'), domain('b.com', { addedAt: EARLIER }), domain('c.com')];

test.each<[string, number, readonly WatchedIndicator[], readonly WatchedIndicator[], number]>([
  ['nothing', 3, known, known, 3],
  ['another order', 3, known.toReversed(), known, 3],
  ['one more', 3, [domain('d.com'), ...known], [...known, added('d.com')], 3],
  ['one less', 3, [domain('c.com'), domain('a.com')], [domain('a.com'), domain('c.com')], 2],
  ['all others', 3, [domain('d.com'), domain('e.com')], [added('d.com'), added('e.com')], 0],
  ['while the last two are still to be searched', 1, [domain('d.com'), ...known], [...known, added('d.com')], 1],
  ['that, and the searched one goes', 1, known.slice(1), known.slice(1), 0],
])('%s', (_, searched, wanted, indicators, expected) => {
  const bare = wanted.map(({ addedAt, ...rest }) => rest);
  expect(changedList(known, searched, bare, NOW)).toEqual({ indicators, searched: expected });
});

test('one that is written in another way is the same, as it is written now', () => {
  const { indicators, searched } = changedList(known, 3, [domain('a.com', { text: 'a[.]com' })], NOW);
  expect({ indicators, searched }).toEqual({ indicators: [domain('a.com', { text: 'a[.]com' })], searched: 1 });
});

test('networks of one IPv6 network of 64 bits are told apart', () => {
  const range = (from: string): WatchedIndicator => ({
    ...{ text: from, type: 'ip6', keys: ['ip6/64:2001:db8::'] },
    between: { from, to: `${from}f` },
  });
  expect(changedList([range('x')], 1, [range('y')], NOW)).toMatchObject({ searched: 0 });
});
