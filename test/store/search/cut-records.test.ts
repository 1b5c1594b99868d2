/** Records with more indicators than there is room for are found by what their fields hold. */

import { beforeAll, expect, test } from 'vitest';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { findRecords } from '../../../src/store/search/find-records.js';
import { histogramOf } from '../../../src/store/search/histogram.js';
import type { Search } from '../../../src/store/search/request.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const BUDGET = { budgetMs: 60_000 };
const TIME = new Date('2026-01-01T00:00:00Z');
const from = new Date(TIME.getTime() - 1_000);
const to = new Date(TIME.getTime() + 1_000);

beforeAll(async () => {
  await collections.ensureIndexes();
  const recipients = numbers(2_000).map((n) => `u${n}@many.com`);
  const documents = [
    { ...recordOf({ n: 0, recipients, subject: 'to all' }), _messageTime: TIME },
    { ...recordOf({ n: 1, recipients: ['u1999@many.com'], subject: 'to one' }), _messageTime: TIME },
    { ...recordOf({ n: 2, recipients: ['u0@many.com'], subject: 'to another' }), _messageTime: TIME },
  ];
  await insertWithIndicators({ collections, writer: collections }, 'receipt', documents);
  expect(await raw(collections).records('receipt').countDocuments({ _indicators: 'cut:1' })).toBe(1);
});

const searchOf = (query: string, more: Partial<Search> = {}) => {
  return { condition: parseQuery(query), streams: ['receipt'] as const, hasIndicators: true, from, to, ...more };
};

test.each<[string, string, readonly number[]]>([
  ['index', 'email:u1999@many.com', [0, 1]],
  ['index', 'email:u0@many.com', [0, 2]],
  ['index', 'recipients:u1999@many.com', [0, 1]],
  ['index', 'email:u1999@many.com AND subject:all', [0]],
  ['index', 'email:u1998@many.com OR email:u0@many.com', [0, 2]],
  ['index', 'email:absent@many.com', []],
  ['scan', 'NOT email:u1999@many.com', [2]],
  ['scan', 'subject:to AND NOT email:u1999@many.com', [2]],
])('by %s: %s', async (plan, query, expected) => {
  const search = searchOf(query);
  const page = await findRecords(collections, search, { limit: 10, ...BUDGET });
  expect(page).toMatchObject({ plan, isComplete: true });
  expect(page.items.map(({ document }) => document.n).sort()).toEqual(expected);
  expect(await histogramOf(collections, search, { buckets: 1, ...BUDGET })).toMatchObject({ total: expected.length });
});

test('of the sources that are asked for only', async () => {
  const search = searchOf('email:u1999@many.com', { sourceIds: [99] });
  expect((await findRecords(collections, search, { limit: 10, ...BUDGET })).items).toEqual([]);
});

test('page by page, each once', async () => {
  const found: unknown[] = [];
  for (let token: string | undefined, pages = 0; pages === 0 || token !== undefined; pages += 1) {
    const page = await findRecords(collections, searchOf('email:u0@many.com'), { limit: 1, token, ...BUDGET });
    found.push(...page.items.map(({ document }) => document.n));
    token = page.next;
  }
  expect(found.sort()).toEqual([0, 2]);
});

test('more of them than an index search may read make it a scan, and say so', async () => {
  const recipients = numbers(1_010).map((n) => `v${n}@other.com`);
  const later = new Date('2026-02-01T00:00:00Z');
  const documents = numbers(1_100).map((n) => ({ ...recordOf({ n: n + 100, recipients }), _messageTime: later }));
  await insertWithIndicators({ collections, writer: collections }, 'receipt', documents);
  const range = { from: later, to: new Date(later.getTime() + 1_000) };
  const page = await findRecords(collections, searchOf('email:absent@many.com', range), { limit: 10, ...BUDGET });
  expect(page).toMatchObject({ plan: 'scan', items: [], isComplete: true });
  expect((await findRecords(collections, searchOf('email:absent@many.com'), { limit: 10, ...BUDGET })).plan).toBe(
    'index',
  );
});
