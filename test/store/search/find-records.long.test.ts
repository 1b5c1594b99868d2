import { beforeAll, describe, expect, test } from 'vitest';
import { definitionOf, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { findRecords, type RecordPage, type RecordPageRequest } from '../../../src/store/search/find-records.js';
import { histogramOf } from '../../../src/store/search/histogram.js';
import type { Search } from '../../../src/store/search/request.js';
import { SeededRandom } from '../../support/random.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { ADDRESSES, DOMAINS, generatedRecord, PEOPLE, type StoredRecord, WORDS } from '../../support/search-records.js';
import { numbers } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';
import { fulfils, queryOf, type Wish } from './evaluator.js';

const { db } = testDatabase();
const collections = collectionsIn(db);

const BEGIN = Date.UTC(2026, 0, 1);
const SPAN = 3_600_000;
const COUNT = 3_000;
const LONG_ENOUGH = 60_000;
let world: StoredRecord[] = [];

beforeAll(async () => {
  await collections.ensureIndexes();
  const random = new SeededRandom(7);
  world = numbers(COUNT).map((at) => generatedRecord(random, at, { beginMs: BEGIN, spanMs: SPAN }));
  for (const stream of STREAMS) {
    const documents = world.filter((one) => one.stream === stream).map(({ document }) => document);
    if (documents.length > 0) await raw(collections).records(stream).insertMany(documents);
  }
});

const searchOf = (query: string, more: Partial<Search> = {}): Search => ({
  condition: parseQuery(query),
  streams: STREAMS,
  hasIndicators: true,
  ...more,
});
const find = (query: string, more?: Partial<Search>, request?: Partial<RecordPageRequest>): Promise<RecordPage> =>
  findRecords(collections, searchOf(query, more), { limit: COUNT, budgetMs: LONG_ENOUGH, ...request });

/** Newest first, equal times by id, by bytes compared as texts. */
function expected(isWanted: (one: StoredRecord) => boolean): string[] {
  return world
    .filter(isWanted)
    .map(({ document }) => ({ ms: document._messageTime.getTime(), id: document._id.toString('hex') }))
    .sort((a, b) => b.ms - a.ms || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
}
const idsOf = ({ items }: RecordPage) => items.map(({ id }) => id);

const random = new SeededRandom(11);
const address = () => `${random.pick(PEOPLE)}@${random.pick(DOMAINS)}`.toLowerCase();
const SIMPLE: readonly (() => Wish)[] = [
  () => ({
    kind: 'words',
    field: random.pick(['subject', 'policy', 'eventInfo', 'virusFound']),
    text: random.pick(WORDS),
  }),
  () => ({ kind: 'words', field: 'subject', text: 'overdue: invoice' }),
  () => ({ kind: 'words', field: 'action', text: random.pick(['acc', 'HLD', 'hold']) }),
  () => ({ kind: 'words', field: 'hasAttachments', text: random.pick(['true', 'false']) }),
  () => ({ kind: 'words', field: 'tags', text: random.pick(['3', 'invoice']) }),
  () => ({ kind: 'anywhere', text: random.pick([...WORDS, 'evil.test', 'alice', 'report']) }),
  () => ({ kind: 'address', text: address() }),
  () => ({
    kind: 'address',
    field: random.pick(['senderEnvelope', 'recipients', 'from.emailAddress']),
    text: address(),
  }),
  () => ({ kind: 'domain', text: random.pick(['example.com', 'mail.example.com', 'evil.test', 'absent.test']) }),
  () => ({ kind: 'network', field: 'senderIp', first: [192, 0, 2], text: '192.0.2.0/24' }),
  () => ({ kind: 'network', first: [198, 51], text: '198.51.0.0/16' }),
  () => ({ kind: 'network', first: [192, 0, 2, 77], text: '192.0.2.77' }),
  () => ({
    kind: 'number',
    field: random.pick(['emailSize', 'size', 'spamScore']),
    least: random.between(0, 10),
    below: random.between(11, 4_000),
  }),
  () => ({ kind: 'prefix', field: 'subject', text: random.pick(['inv', 'over', 'Gr']) }),
  () => ({ kind: 'exists', field: random.pick(['subject', 'url', 'rejectionCode', 'from.displayableName']) }),
];

function wish(depth: number): Wish {
  const kind = depth === 0 ? 'simple' : random.pick(['simple', 'all', 'any', 'not']);
  if (kind === 'simple') return random.pick(SIMPLE)();
  if (kind === 'not') return { kind, of: wish(depth - 1) };
  return { kind, of: numbers(random.between(2, 3)).map(() => wish(depth - 1)) };
}

describe('finds what a plain comparison finds', () => {
  const wishes = [...SIMPLE.map((simple) => simple()), ...numbers(60).map(() => wish(3))];
  test.each(wishes.map((one) => [queryOf(one), one] as const))('%s', async (query, one) => {
    const found = await find(query);
    expect(found.isComplete).toBe(true);
    expect(idsOf(found)).toEqual(expected(({ document }) => fulfils(document, one)));
  });

  test('also while indicators are not there yet', async () => {
    for (const one of [...SIMPLE.map((simple) => simple()), ...numbers(10).map(() => wish(2))]) {
      const found = await find(queryOf(one), { hasIndicators: false });
      if (JSON.stringify(one).includes('"domain"')) expect(found.items.length).toBeGreaterThanOrEqual(0);
      else expect(idsOf(found), queryOf(one)).toEqual(expected(({ document }) => fulfils(document, one)));
      expect(found.plan).toBe('scan');
    }
  });
});

describe('pages', () => {
  const WANTED: Wish = { kind: 'domain', text: 'example.com' };
  test.each([1, 90, 500])('of %i records have each record once, also with equal times', async (limit) => {
    const from = new Date(BEGIN + SPAN - (limit === 1 ? 60_000 : SPAN));
    for (const query of ['*', queryOf(WANTED), 'subject:invoice']) {
      const whole = idsOf(await find(query, { from }));
      const seen: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await find(query, { from }, { limit, token });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...idsOf(page));
        token = page.next;
        if (token === undefined) break;
      }
      expect(seen).toEqual(whole);
    }
  });

  test.each([1, 90, 500])('of %i records, oldest first, have the same in reverse', async (limit) => {
    const from = new Date(BEGIN + SPAN - (limit === 1 ? 60_000 : SPAN));
    const search = { from, sourceIds: [1, 2], isOldestFirst: true };
    for (const query of ['*', queryOf(WANTED), 'subject:invoice']) {
      const whole = idsOf(await find(query, { ...search, isOldestFirst: false })).reverse();
      const seen: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await find(query, search, { limit, token });
        seen.push(...idsOf(page));
        token = page.next;
        if (token === undefined) break;
      }
      expect(seen).toEqual(whole);
    }
  });

  test.each([false, true])(
    'have each record once when time is up again and again, oldest first: %s',
    async (isOldestFirst) => {
      const whole = idsOf(await find('subject:invoice', { isOldestFirst }));
      const seen: string[] = [];
      let budgetMs = 10;
      for (let token: string | undefined; ; ) {
        const page = await find('subject:invoice', { isOldestFirst }, { limit: 200, token, budgetMs });
        seen.push(...idsOf(page));
        if (page.next === undefined && page.isComplete) break;
        // As on a busy machine, it may take longer to get anywhere.
        budgetMs = page.next === token ? budgetMs * 2 : 10;
        token = page.next;
      }
      expect(seen).toEqual(whole);
    },
  );

  test('oldest first read an index from its other end, and not more of it', async () => {
    const { collection } = definitionOf('receipt');
    const search = { streams: ['receipt' as const], isOldestFirst: true };
    await db.setProfilingLevel('all');
    const page = await find('*', search, { limit: 20 });
    await db.setProfilingLevel('off');
    const [read] = await db
      .collection('system.profile')
      .find({ ns: `${db.databaseName}.${collection}`, op: 'query', 'command.sort._messageTime': 1 })
      .toArray();
    expect(page.items).toHaveLength(20);
    expect(read).toMatchObject({ docsExamined: 21 });
    expect(read?.hasSortStage).toBeUndefined();
  });

  test.each([false, true])(
    'a record of the same id in two collections is two records, oldest first: %s',
    async (isOldestFirst) => {
      const [twin] = world;
      if (twin === undefined) throw new Error('there is none');
      const other: StreamName = 'spam';
      await raw(collections).records(other).insertOne(twin.document);
      try {
        const first = await find('*', {
          from: twin.document._messageTime,
          to: new Date(twin.document._messageTime.getTime() + 1),
          isOldestFirst,
        });
        const both = first.items.filter(({ id }) => id === twin.document._id.toString('hex'));
        expect(new Set(both.map(({ stream }) => stream)).size).toBe(2);
        const seen: string[] = [];
        for (let token: string | undefined; ; ) {
          const page = await find(
            '*',
            { from: twin.document._messageTime, to: new Date(twin.document._messageTime.getTime() + 1), isOldestFirst },
            { limit: 1, token },
          );
          seen.push(...page.items.map(({ stream, id }) => `${stream} ${id}`));
          token = page.next;
          if (token === undefined) break;
        }
        expect(seen).toEqual(first.items.map(({ stream, id }) => `${stream} ${id}`));
      } finally {
        await raw(collections).records(other).deleteMany({});
      }
    },
  );

  test('of some sources, in lists longer than MongoDB merges', async () => {
    const wanted = (one: StoredRecord) => [1, 3].includes(one.document._sourceId);
    expect(idsOf(await find('*', { sourceIds: [1, 3] }))).toEqual(expected(wanted));
    const many = [1, 3, ...numbers(450).map((at) => at + 1_000)];
    expect(idsOf(await find('*', { sourceIds: many }))).toEqual(expected(wanted));
    expect(idsOf(await find(queryOf(WANTED), { sourceIds: many }))).toEqual(
      expected((one) => wanted(one) && fulfils(one.document, WANTED)),
    );
  });

  test('with more indicators than MongoDB merges', async () => {
    const query = ['evil.test', ...numbers(190).map((at) => `a${at}.test`)]
      .map((name) => `domain:${name}`)
      .join(' OR ');
    const networks = numbers(5)
      .map((at) => `ip:10.${at}.0.0/17`)
      .join(' OR ');
    const found = await find(`${query} OR ${networks} OR ip:192.0.2.0/25`);
    expect(found.plan).toBe('index');
    const isEvil: Wish = {
      kind: 'any',
      of: [
        { kind: 'domain', text: 'evil.test' },
        { kind: 'network', first: [192, 0, 2], text: '' },
      ],
    };
    expect(idsOf(found)).toEqual(expected(({ document }) => fulfils(document, isEvil)));
  });
});

describe('counts over time', () => {
  test.each(['*', 'domain:example.com', 'subject:invoice', 'NOT ip:192.0.2.1'])('%s', async (query) => {
    const [from, to] = [new Date(BEGIN + 600_000), new Date(BEGIN + 3_000_000)];
    const found = await find(query, { from, to });
    const histogram = await histogramOf(
      collections,
      { ...searchOf(query), from, to },
      { buckets: 8, budgetMs: LONG_ENOUGH },
    );
    expect(histogram).toMatchObject({ isComplete: true, widthMs: 300_000, total: found.items.length });
    for (const { from: begin, counts } of histogram.buckets) {
      const inside = found.items.filter(({ time }) => time >= begin && time.getTime() < begin.getTime() + 300_000);
      const expectedCounts: Record<string, number> = {};
      for (const { collection } of inside) expectedCounts[collection] = (expectedCounts[collection] ?? 0) + 1;
      expect(counts).toEqual(expectedCounts);
    }
  });
});

test('addresses of either notation are the same address', async () => {
  const found = await find(`ip:${ADDRESSES[4]?.toLowerCase().replace(':0:0:0:0:0:', '::')}`);
  expect(idsOf(found)).toEqual(
    expected(({ document: { senderIp, sourceIp } }) => senderIp === ADDRESSES[4] || sourceIp === ADDRESSES[4]),
  );
});
