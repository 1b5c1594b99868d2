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
      `${indicator.text}: ${found.map(({ stream, count, isMore }) => `${stream} ${count}${isMore ? '+' : ''}`).join(', ')}`,
  );

describe('finds', () => {
  test.each<[string, string[]]>([
    ['m5@common.com', ['m5@common.com: receipt 1, delivery 1']],
    ['common.com', ['common.com: receipt 1000+']],
    ['USER3@common[.]com', ['USER3@common[.]com: receipt 429']],
    ['10.1.0.0/16', ['10.1.0.0/16: receipt 750']],
    ['10.0.0.0/9', ['10.0.0.0/9: receipt 1000+']],
    ['10.2.2.0/25', ['10.2.2.0/25: receipt 6']],
    ['2001:db8::/126', []],
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

  test('rare ones among common ones, and the order of the list', async () => {
    expect(await summary(['common.com', 'absent.com', 'm0@common.com', 'user2@common.com'])).toEqual([
      'common.com: receipt 1000+',
      'm0@common.com: receipt 1',
      'user2@common.com: receipt 429',
    ]);
  });

  test('in a range of time, of some sources, in some collections', async () => {
    const since = new Date(DAY + 100_000);
    const until = new Date(DAY + 199_000);
    expect(await summary('common.com', { since, until })).toEqual(['common.com: receipt 100']);
    expect(await summary('common.com', { since, until, sourceIds: [2] })).toEqual(['common.com: receipt 50']);
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

test('1,000 indicators, rare, common and absent, and ranges: few keys and records are read for each one returned', async () => {
  const rare = numbers(600).map((n) => `m${n}@common.com`);
  const absent = numbers(390).map((n) => `absent${n}.com`);
  const common = ['common.com', ...numbers(7).map((n) => `user${n}@common.com`), '10.1.0.0/16', '10.0.0.0/9'];
  await db.command({ profile: 2 });
  const { searched, findings } = await search.search({
    indicators: [...rare, ...absent, ...common],
    streams: ['receipt'],
  });
  await db.command({ profile: 0 });
  expect([searched, findings.length]).toEqual([1_000, 610]);
  const queries = await db
    .collection('system.profile')
    .find({ ns: /receipt_logs_v2$/, op: { $in: ['query', 'command'] } })
    .toArray();
  const searches = queries.filter(({ command }) => command.find !== undefined || command.count !== undefined);
  expect(searches.length).toBeGreaterThan(5);
  for (const { command, keysExamined, docsExamined, nreturned, planSummary } of searches) {
    const match = command.filter ?? command.query;
    const seeks = match._indicators.$in?.length ?? 1;
    const counted = command.find === undefined ? 1_001 : nreturned;
    expect(planSummary).toMatch(/_indicators/);
    expect(keysExamined).toBeLessThanOrEqual(10 * counted + 2 * seeks);
    // A page begins with the record that the one before ended with.
    expect(docsExamined).toBeLessThanOrEqual(command.find === undefined ? 0 : 10 * nreturned + 1);
  }
});
