import { beforeAll, describe, expect, test } from 'vitest';
import type { RecordDocument } from '../../../src/domain/records/record.js';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { IocSearch } from '../../../src/management/indicators/ioc-search.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const search = new IocSearch(collections);

const COMMON = 3_000;
const DAY = Date.UTC(2026, 0, 1);

/** One record a second, the newest last. */
function record(n: number, fields: Readonly<Record<string, unknown>>): RecordDocument {
  return {
    ...recordOf({ n, ...fields }),
    _messageTime: new Date(DAY + n * 1_000),
    _sourceId: 1 + (n % 2),
    _source: 's',
  };
}

async function insert(stream: StreamName, documents: readonly RecordDocument[]): Promise<void> {
  await collections.ensureIndexes();
  await insertWithIndicators({ collections, writer: collections }, stream, documents);
}

beforeAll(async () => {
  await insert(
    'receipt',
    numbers(COMMON).map((n) =>
      record(n, {
        senderIp: `10.${n % 4}.${n % 250}.7`,
        senderEnvelope: `user${n % 7}@common.com`,
        messageId: `<m${n}@common.com>`,
      }),
    ),
  );
  await insert('delivery', [record(5, { messageId: '<m5@common.com>', destinationIp: '2001:db8::5' })]);
  await insert('url protect', [record(9, { url: 'https://sub.evil.com/x?y=1' })]);
});

const summary = async (indicators: string | readonly string[], more: object = {}) =>
  (await search.search({ indicators, ...more })).findings.map(
    ({ indicator, found }) =>
      `${indicator.text}: ${found.map(({ stream, hits, isMore }) => `${stream} ${hits.length}${isMore ? '+' : ''}`).join(', ')}`,
  );

describe('finds', () => {
  test.each<[string, string[]]>([
    ['m5@common.com', ['m5@common.com: receipt 1, delivery 1']],
    ['common.com', ['common.com: receipt 5+']],
    ['USER3@common[.]com', ['USER3@common[.]com: receipt 5+']],
    ['10.1.0.0/16', ['10.1.0.0/16: receipt 5+']],
    ['10.0.0.0/9', ['10.0.0.0/9: receipt 5+']],
    ['10.2.2.0/25', ['10.2.2.0/25: receipt 5+']],
    ['10.1.5.0/24', ['10.1.5.0/24: receipt 5+']],
    ['2001:db8::/126', []],
    ['2001:db8::6/119', ['2001:db8::6/119: delivery 1']],
    ['2001:db8::1:5/112', []],
    ['2001:db8::4/126', ['2001:db8::4/126: delivery 1']],
    ['evil.com', ['evil.com: url protect 1']],
    ['sub.evil.com/x', ['sub.evil.com/x: url protect 1']],
    ['hxxp://sub.evil.com/x?y=1', ['hxxp://sub.evil.com/x?y=1: url protect 1']],
    ['sub.evil.com/x?y=2', []],
    ['vil.com', []],
  ])('%s', async (indicator, expected) => {
    expect(await summary(indicator)).toEqual(expected);
  });

  test('newest first, as many as wanted, across pages', async () => {
    const { findings } = await search.search({ indicators: 'user1@common.com', perIndicator: 150 });
    const times = findings[0]?.found[0]?.hits.map(({ _messageTime }) => _messageTime.getTime()) ?? [];
    expect(times).toHaveLength(150);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const newest =
      numbers(COMMON)
        .filter((n) => n % 7 === 1)
        .at(-1) ?? 0;
    expect(times[0]).toBe(DAY + newest * 1_000);
  });

  test.each([
    [428, '428+'],
    [429, '429'],
    [430, '429'],
  ])('of %d wanted, %s', async (perIndicator, hits) => {
    expect(await summary('user3@common.com', { perIndicator })).toEqual([`user3@common.com: receipt ${hits}`]);
  });

  test('rare ones among common ones, and the order of the list', async () => {
    expect(await summary(['common.com', 'absent.com', 'm0@common.com', 'user2@common.com'])).toEqual([
      'common.com: receipt 5+',
      'm0@common.com: receipt 1',
      'user2@common.com: receipt 5+',
    ]);
  });

  test('in a range of time, of some sources, in some collections', async () => {
    const since = new Date(DAY + 100_000);
    const until = new Date(DAY + 200_000);
    const perIndicator = 100;
    expect(await summary('common.com', { since, until, perIndicator })).toEqual(['common.com: receipt 100']);
    expect(await summary('common.com', { since, until, sourceIds: [2], perIndicator })).toEqual([
      'common.com: receipt 50',
    ]);
    const oneOf = { since, until: new Date(since.getTime() + 1), perIndicator };
    expect(await summary('common.com', oneOf)).toEqual(['common.com: receipt 1']);
    expect(await summary('m5@common.com', { streams: ['delivery'] })).toEqual(['m5@common.com: delivery 1']);
  });
});

test('says what it did not understand, and how much it looked for', async () => {
  const result = await search.search({ indicators: 'evil.com\njunk\nevil.com\n' });
  expect(result).toMatchObject({
    searched: 1,
    strange: 1,
    notUnderstood: [{ line: 2, text: 'junk' }],
    isComplete: true,
  });
});

test('of records stored before there were indicators it says that they are not searched', async () => {
  expect((await search.search({ indicators: 'evil.com' })).fillIn).toMatchObject({ isComplete: false });
});

test('too long a list', async () => {
  const list = numbers(10_001).map((n) => `a${n}.com`);
  await expect(search.search({ indicators: list })).rejects.toThrow('at most 10,000');
});

test('when time is up, what was found, and what was not searched', async () => {
  const result = await search.search({ indicators: ['common.com', 'evil.com'], timeLimitMs: 0 });
  expect(result).toMatchObject({ isComplete: false, findings: [] });
  expect(result.unsearched).toHaveLength(14);
  expect(result.unsearched[0]).toEqual({ collection: 'mimecast_receipt_logs_v2', indicators: 2 });
});

test('ends when nobody waits any more', async () => {
  const result = await search.search({ indicators: 'common.com' }, AbortSignal.abort());
  expect(result.isComplete).toBe(false);
});

describe('reads few keys and records for each hit', () => {
  const rare = numbers(600).map((n) => `m${n}@common.com`);
  const absent = numbers(390).map((n) => `absent${n}.com`);
  const common = ['common.com', ...numbers(7).map((n) => `user${n}@common.com`)];
  const ranges = ['10.1.0.0/16', '10.0.0.0/14', ...numbers(200).map((n) => `10.${n % 4}.${n}.0/24`)];
  test.each<[string, readonly string[], number]>([
    ['rare ones', rare, 600],
    ['absent ones', absent, 0],
    ['common ones', common, 40],
    ['one that all records have among absent ones', ['common.com', ...absent], 5],
    ['one that all records have among rare ones', ['common.com', ...rare], 605],
    ['ranges', ranges, 10],
    ['1,000 of all kinds', [...rare, ...absent, ...common, '10.1.0.0/16', '10.0.0.0/14'], 650],
  ])('%s', async (_, indicators, least) => {
    await db.command({ profile: 2 });
    const { findings } = await search.search({ indicators, streams: ['receipt'] });
    await db.command({ profile: 0 });
    const hits = findings.flatMap(({ found }) => found.flatMap((one) => one.hits)).length;
    const profile = db.collection('system.profile');
    const queries = await profile
      .find({ ns: /receipt_logs_v2$/, 'command.filter._indicators': { $ne: 'cut:1' } })
      .toArray();
    await profile.drop();
    const searches = queries.filter(
      ({ command }) => command.filter?._indicators?.$exists === undefined && command.find !== undefined,
    );
    const sum = (key: string) => searches.reduce((total, one) => total + one[key], 0);
    expect(hits).toBeGreaterThanOrEqual(least);
    expect(searches.length).toBeGreaterThan(0);
    for (const { planSummary } of searches) expect(planSummary).toMatch(/_indicators/);
    expect(sum('keysExamined')).toBeLessThanOrEqual(10 * hits);
    expect(sum('docsExamined')).toBeLessThanOrEqual(5 * hits);
    // Nothing else is asked of the records, such as how many there are.
    expect(queries.filter(({ command }) => command.find === undefined && command.createIndexes === undefined)).toEqual(
      [],
    );
  });
});
