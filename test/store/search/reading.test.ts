/** How much a search reads, what it answers when time is up, and that it ends when nobody waits. */

import { type FindOptions, MongoServerError } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { SIEM_STREAMS, STREAMS } from '../../../src/domain/streams/streams.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import type { Collections } from '../../../src/store/collections.js';
import { findRecords, type RecordPageRequest } from '../../../src/store/search/find-records.js';
import type { Search } from '../../../src/store/search/request.js';
import { SeededRandom } from '../../support/random.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { type StoredRecord, storedDocument } from '../../support/search-records.js';
import { numbers } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const { db, client, name } = testDatabase();
const collections = collectionsIn(db);

const BEGIN = Date.UTC(2026, 0, 1);
const COUNT = 24_000;
const USED = SIEM_STREAMS;

/** A few common senders and many rare ones; one record in two thousand says "needle". */
function record(random: SeededRandom, at: number): StoredRecord {
  const stream = USED[random.between(0, USED.length - 1)] ?? 'receipt';
  const person = () => (random.next() < 0.5 ? `common${random.between(1, 3)}` : `rare${random.between(1, 4_000)}`);
  const document = storedDocument(
    stream,
    {
      at,
      subject: random.next() < 0.0005 ? 'a needle' : 'hay',
      accountId: 'C1',
      aggregateId: `agg${Math.floor(at / 3)}`,
      messageId: `<m${Math.floor(at / 3)}@example.com>`,
      senderEnvelope: `${person()}@out${random.between(1, 50)}.example`,
      recipients: `${person()}@example.com`,
      senderIp: `10.${random.between(0, 3)}.${random.between(0, 255)}.${random.between(1, 254)}`,
      fileName: `file${random.between(1, 3_000)}.pdf`,
    },
    random.between(1, 250),
    new Date(BEGIN + at * 1_000),
  );
  return { stream, document };
}

beforeAll(async () => {
  await collections.ensureIndexes();
  const random = new SeededRandom(3);
  const world = numbers(COUNT).map((at) => record(random, at));
  for (const stream of USED)
    await raw(collections)
      .records(stream)
      .insertMany(world.filter((one) => one.stream === stream).map(({ document }) => document));
});

const searchOf = (query: string, more: Partial<Search> = {}): Search => ({
  condition: parseQuery(query),
  streams: STREAMS,
  hasIndicators: true,
  ...more,
});
const find = (
  query: string,
  more?: Partial<Search>,
  request?: Partial<RecordPageRequest>,
  of: Collections = collections,
) => findRecords(of, searchOf(query, more), { limit: 50, budgetMs: 60_000, ...request });

interface Profiled {
  readonly keysExamined?: number;
  readonly docsExamined?: number;
}

/** What MongoDB itself says that it has read. */
async function read<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly keys: number; readonly documents: number; readonly queries: number }> {
  await db.command({ profile: 0 });
  await db.collection('system.profile').drop();
  await db.command({ profile: 2 });
  try {
    const result = await work();
    const all = await db
      .collection<Profiled>('system.profile')
      .find({ ns: /mimecast_/ })
      .toArray();
    const sum = (key: keyof Profiled) => all.reduce((total, one) => total + (one[key] ?? 0), 0);
    return { result, keys: sum('keysExamined'), documents: sum('docsExamined'), queries: all.length };
  } finally {
    await db.command({ profile: 0 });
  }
}

const FILES = numbers(40)
  .map((at) => `file:file${at + 1}.pdf`)
  .join(' OR ');

/** A look into an index that has nothing. */
const PER_COLLECTION = 2 * STREAMS.length;

describe('reads little more than it returns', () => {
  const many = numbers(250).map((at) => at + 1);
  test.each<[string, Partial<Search>, number]>([
    ['*', {}, 50],
    ['*', { sourceIds: [7] }, 50],
    ['*', { sourceIds: many.slice(0, 20) }, 50],
    ['*', { from: new Date(BEGIN + 5_000_000), to: new Date(BEGIN + 6_000_000) }, 50],
    ['domain:example.com', {}, 50],
    ['domain:out7.example', {}, 50],
    ['common1@example.com', {}, 50],
    ['rare7@example.com', {}, 0],
    ['email:absent@absent.test', {}, 0],
    ['senderEnvelope:common2@out3.example', {}, 50],
    ['senderEnvelope:*@out3.example', {}, 50],
    ['recipients:common1@example.com', {}, 50],
    ['ip:10.0.0.0/8', {}, 50],
    ['senderIp:10.2.0.0/15', {}, 50],
    ['10.1.17.0/24', {}, 20],
    ['ip:192.0.2.0/24', {}, 0],
    ['<m7@example.com>', {}, 3],
    ['messageId:<m70@example.com>', {}, 3],
    ['file:file77.pdf', {}, 3],
    ['fileName:file77.pdf', {}, 3],
    ['domain:absent.test OR ip:10.1.17.0/24 OR file:file1.pdf', {}, 20],
    [FILES, {}, 50],
    ['(domain:example.com AND <m70@example.com>) OR (ip:10.0.0.0/8 AND <m71@example.com>)', {}, 6],
  ])('%s %j', async (query, more, least) => {
    const { result, keys, documents } = await read(() => find(query, more));
    expect(result.plan).toBe('index');
    expect(result.items.length).toBeGreaterThanOrEqual(least);
    const most = 10 * Math.max(result.items.length, PER_COLLECTION / 2);
    expect(keys).toBeLessThanOrEqual(most);
    expect(documents).toBeLessThanOrEqual(most);
  });

  test('a later page no more than the first one', async () => {
    let token: string | undefined;
    for (let page = 0; page < 20; page += 1) token = (await find('domain:example.com', {}, { token })).next;
    const { keys } = await read(() => find('domain:example.com', {}, { token }));
    expect(keys).toBeLessThanOrEqual(500);
  });

  test.each<[string, Partial<Search>]>([
    ['domain:example.com AND subject:zzz', {}],
    ['subject:zzz AND domain:example.com', {}],
    ['domain:example.com AND NOT subject:hay', {}],
    ['(domain:example.com AND subject:zzz) OR email:rare7@example.com', {}],
    ['domain:example.com', { sourceIds: [7_777] }],
    ['ip:10.0.0.0/8 AND subject:zzz', {}],
  ])('a look at all that a common indicator leads to is a scan, and says so: %s %j', async (query, more) => {
    expect((await find(query, more)).plan).toBe('scan');
  });

  test.each<[string, number]>([
    // Each has one key; the second one is that of few records.
    ['domain:example.com AND email:rare7@example.com', 1],
    ['domain:example.com AND <m70@example.com>', 3],
    ['domain:example.com AND (<m70@example.com> OR <m71@example.com>) AND subject:hay', 6],
    ['ip:10.0.0.0/8 AND file:file77.pdf AND NOT subject:zzz', 3],
  ])('the rarest of several indicators leads: %s', async (query, least) => {
    const { result, keys, documents, queries } = await read(() => find(query));
    expect(result.plan).toBe('index');
    expect(result.items.length).toBeGreaterThanOrEqual(least);
    // Of the rare one there are few: they are counted, and looked at. The others are not even counted.
    expect(keys).toBeLessThanOrEqual(2 * 20);
    expect(documents).toBeLessThanOrEqual(20);
    expect(queries).toBeLessThanOrEqual(2 * STREAMS.length);
  });

  test.each([
    // The second one is of fewer records, though an e-mail address most often has fewer than a network or a domain.
    'email:common1@example.com AND ip:10.1.17.0/24',
    'email:common1@example.com AND domain:out7.example',
  ])('that others are rarer is found out by counting a few of each: %s', async (query) => {
    const { result, keys, documents } = await read(() => find(query));
    const rarer = await find(query.split(' AND ')[1] ?? '', {}, { limit: 1_000 });
    expect(result.plan).toBe('index');
    expect(result.items).toEqual(
      (await find(query.split(' AND ')[0] ?? '', {}, { limit: COUNT })).items
        .filter(({ id }) => rarer.items.some((one) => one.id === id))
        .slice(0, 50),
    );
    // Beside a sample of each.
    expect(documents).toBeLessThanOrEqual(rarer.items.length + 500);
    expect(keys).toBeLessThanOrEqual(3 * rarer.items.length + 8 * PER_COLLECTION + 500);
  });

  test('of two common ones that many records have in common, few keys and records are read', async () => {
    const { result, keys, documents } = await read(() => find('domain:example.com AND ip:10.0.0.0/8'));
    expect(result).toMatchObject({ plan: 'index', isComplete: true });
    expect(result.items).toHaveLength(50);
    expect(keys).toBeLessThanOrEqual(10 * 50);
    expect(documents).toBeLessThanOrEqual(10 * 50);
  });

  test('a scan says so, and a list of more sources than can be merged reads as many keys as sources', async () => {
    expect((await find('needle')).plan).toBe('scan');
    const { keys } = await read(() => find('*', { sourceIds: many }));
    expect(keys).toBeLessThanOrEqual(USED.length * (250 + 51 + 250));
  });
});

/** A store that has no time for a filter that leads to more than so many records, or to any before a time. */
function slowStore(most: number, notBefore = new Date(0)): Collections {
  return withMethods(collections, RECORDS, (collection) => ({
    find: (filter: { $and: object[] }, options: FindOptions) => {
      const [reached = {}, within = {}, rest] = filter.$and;
      const cursor = collection.find(filter, options);
      const iterate = cursor[Symbol.asyncIterator].bind(cursor);
      cursor[Symbol.asyncIterator] = async function* () {
        if (rest !== undefined) {
          const all = { $and: [reached, within] };
          const tooMany = (await collection.countDocuments(all)) > most;
          const tooOld = (await collection.countDocuments({ $and: [all, { _messageTime: { $lt: notBefore } }] })) > 0;
          if (tooMany || tooOld) throw new MongoServerError({ code: 50, message: 'operation exceeded time limit' });
        }
        yield* iterate();
      };
      return cursor;
    },
  }));
}

/** A store whose time is up when a collection has told so many records. */
function breakingStore(most: number): Collections {
  return withMethods(collections, RECORDS, (collection) => ({
    find: (filter: object, options: FindOptions) => {
      const cursor = collection.find(filter, options);
      // The other queries ask for one record.
      if (options.limit === undefined) return cursor;
      const iterate = cursor[Symbol.asyncIterator].bind(cursor);
      cursor[Symbol.asyncIterator] = async function* () {
        let told = 0;
        for await (const one of { [Symbol.asyncIterator]: iterate }) {
          if (told === most) throw new MongoServerError({ code: 50, message: 'operation exceeded time limit' });
          told += 1;
          yield one;
        }
      };
      return cursor;
    },
  }));
}

describe('when time is short', () => {
  test('it is asked in slices, which bring the same', async () => {
    const whole = await find('needle');
    expect(whole.items.length).toBeGreaterThan(4);
    expect(await find('needle', {}, {}, slowStore(700))).toEqual(whole);
  });

  test('it answers with what was found until then, says how far it came, and goes on from there', async () => {
    const whole = await find('needle');
    const middle = whole.items[3]?.time ?? new Date();
    const part = await find('needle', {}, { budgetMs: 4_000 }, slowStore(2_000, middle));
    expect(part).toMatchObject({ isComplete: false, plan: 'scan' });
    const { searchedTo = new Date(0), next } = part;
    expect(searchedTo.getTime()).toBeGreaterThanOrEqual(middle.getTime());
    expect(part.items).toEqual(whole.items.filter(({ time }) => time >= searchedTo));
    const rest = await find('needle', {}, { token: next });
    expect([...part.items, ...rest.items]).toEqual(whole.items);
  });

  test('what was found before time was up is kept, and the next page goes on behind it', async () => {
    const whole = await find('NOT needle', { from: new Date(BEGIN + (COUNT - 500) * 1_000) }, { limit: 500 });
    const seen: unknown[] = [];
    for (let token: string | undefined, page = 0; page < 500; page += 1) {
      const part = await find(
        'NOT needle',
        { from: new Date(BEGIN + (COUNT - 500) * 1_000) },
        { limit: 500, token },
        breakingStore(3),
      );
      expect(part.items.length).toBeGreaterThan(0);
      seen.push(...part.items);
      token = part.next;
      if (token === undefined) break;
    }
    expect(seen).toEqual(whole.items);
  });

  test('the queries of the attempt to do it at once share a quarter of the time', async () => {
    const limits: number[] = [];
    const streams = STREAMS.filter((stream) => stream === 'receipt' || !USED.some((used) => used === stream));
    const store = withMethods(collections, /^mimecast_receipt/, (collection) => ({
      find: (filter: object, options: FindOptions) => {
        limits.push(options.maxTimeMS ?? 0);
        return collection.find(filter, options);
      },
    }));
    const found = await find('NOT needle', { streams }, { limit: 1_000, budgetMs: 60_000 }, store);
    expect(found.items.length).toBe(1_000);
    expect(limits.length).toBeGreaterThan(1);
    expect(limits[0]).toBeLessThanOrEqual(15_000);
    expect(limits.at(-1)).toBeLessThan(limits[0] ?? 0);
  });

  test('with no time at all, it says that nothing was searched, and the same token is good for another try', async () => {
    const { next: token } = await find('needle', {}, { limit: 2 });
    const nothing = await find('needle', {}, { token, budgetMs: 1 }, slowStore(0));
    expect(nothing).toEqual({ items: [], plan: 'scan', isComplete: false, next: token });
  });
});

test('it ends in MongoDB when nobody waits any more', async () => {
  const slow = numbers(200)
    .map((at) => `w${at}x`)
    .join(' OR ');
  const leaving = new AbortController();
  const running = () =>
    client
      .db('admin')
      .aggregate([{ $currentOp: {} }, { $match: { ns: { $regex: `^${name}[.]mimecast_` }, active: true } }])
      .toArray();
  const search = find(slow, {}, { budgetMs: 600_000, signal: leaving.signal });
  const outcome = search.catch((error: unknown) => error);
  await until(running, (all) => all.length > 0);
  leaving.abort(new Error('gone'));
  expect(await outcome).toMatchObject({ message: 'gone' });
  await until(running, (all) => all.length === 0);
});
