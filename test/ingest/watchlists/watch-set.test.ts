/** No hit is lost, and none is raised twice, whatever happens between records and watchlists. */

import { MongoServerError } from 'mongodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { WATCHLIST_LIMITS } from '../../../src/domain/watchlists/watchlist.js';
import { fillInSlice } from '../../../src/ingest/indicators/fill-in.js';
import { withIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { searchPast } from '../../../src/ingest/watchlists/past.js';
import { compareWithWatchlists } from '../../../src/ingest/watchlists/watch-set.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { forgetFillIns } from '../../../src/store/indicator-fill-in.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const MOST_PAST_HITS = WATCHLIST_LIMITS.pastHits;
const { db } = testDatabase();
const collections = collectionsIn(db);
const records = raw(collections).records('receipt');
const hits = db.collection('watchlist_hits');
const service = new WatchlistService({ collections, allowInsecure: true });
const signal = new AbortController().signal;

const store = (documents: Parameters<typeof storeBatch>[3]) =>
  storeBatch({ collections, writer: collections }, 1, 'receipt', documents, []);
/** Stored long before any list. */
const pastRecord = (n: number) => recordOf({ n, messageId: `<m${n}@x.com>`, senderEnvelope: `u${n % 3}@evil.com` });
/** Stored after all lists. */
const record = (n: number) => ({ ...pastRecord(n), _receiptTime: new Date('2100-01-01') });
const search = (watchlistId: string, until = Number.POSITIVE_INFINITY) =>
  searchPast({ collections, watchlistId, signal, until });
const indicatorsHit = async () =>
  (await hits.find().sort({ indicator: 1 }).toArray()).map(({ indicator }) => indicator);

let made = 0;
const create = async (indicators: string, more = {}) => {
  made += 1;
  return (await service.create({ name: `list ${made}`, indicators, ...more })).id;
};

beforeEach(async () => {
  await Promise.all([records, hits, db.collection('watchlists')].map((each) => each.deleteMany({})));
  await forgetFillIns(collections);
});

describe('records that are stored later', () => {
  test('each indicator that a record has is a hit of its own', async () => {
    const id = await create('evil.com\nu1@evil.com\n<m4@x.com>\nabsent.com');
    await search(id);
    await store([record(4), record(2)]);
    expect(await indicatorsHit()).toEqual(['<m4@x.com>', 'evil.com', 'evil.com', 'u1@evil.com']);
    const { items } = await service.hits(id, { limit: 10 });
    expect(items.find(({ details }) => details.indicator === '<m4@x.com>')).toMatchObject({
      eventName: 'WatchlistHit',
      details: { collection: 'mimecast_receipt_logs_v2', isPast: false, type: 'message' },
      resourceIdentity: { id, type: 'Watchlist' },
    });
  });

  test('the same records again raise nothing twice', async () => {
    await search(await create('evil.com'));
    await store([record(1)]);
    await Promise.all([store([record(1), record(2)]), store([record(1), record(2)])]);
    expect(await hits.countDocuments()).toBe(2);
  });

  test('a worker that died after it had stored them: they are read again, and compared', async () => {
    await search(await create('evil.com'));
    await records.insertOne(record(1));
    await store([record(1)]);
    expect(await hits.countDocuments()).toBe(1);
  });

  test('two lists with the same indicator; one that was deleted; one that has expired', async () => {
    const [first, second, third] = [await create('evil.com'), await create('evil.com'), await create('evil.com')];
    for (const id of [first, second, third]) await search(id);
    await service.remove(second);
    await db.collection('watchlists').updateOne({ _id: third as never }, { $set: { expiresAt: new Date(0) } });
    await store([record(1)]);
    expect((await hits.find().toArray()).map(({ watchlistId }) => watchlistId)).toEqual([first]);
  });

  test('an address within one IPv6 network', async () => {
    await search(await create('2001:db8::4/126\n2001:db8::/126'));
    await store([recordOf({ senderIp: '2001:db8::5' })]);
    expect(await indicatorsHit()).toEqual(['2001:db8::4/126']);
  });
});

describe('records that were stored before', () => {
  test('are hits of the past; a slice goes on where the one before ended, and one that died is done again', async () => {
    await store(numbers(5).map(pastRecord));
    const id = await create('evil.com');
    for (let steps = 0; !(await search(id, 0)).isDone; steps += 1) expect(steps).toBeLessThan(20);
    expect(await hits.countDocuments({ isPast: true })).toBe(5);
    await db.collection('watchlists').updateMany({}, { $set: { 'past.steps': 0, 'past.isDone': false } });
    await search(id);
    expect(await hits.countDocuments()).toBe(5);
    expect(await service.get(id)).toMatchObject({ isPastSearched: true, isPastCut: false, hits: 5 });
  });

  test('of a common one the newest are kept, and the list says that there are more', async () => {
    await store(numbers(MOST_PAST_HITS + 20).map(record));
    const id = await create('evil.com');
    await search(id);
    expect(await service.get(id)).toMatchObject({ isPastCut: true, hits: MOST_PAST_HITS });
  });

  test('a step that takes too long three times is left out, and the list says that there may be more', async () => {
    const id = await create('evil.com');
    const slow = withMethods(collections, RECORDS, () => ({
      find: () => {
        throw new MongoServerError({ message: 'too long', code: 50, codeName: 'MaxTimeMSExpired' });
      },
    }));
    const options = { collections: slow, watchlistId: id, signal, until: 0 };
    for (let left = 2; left > 0; left -= 1) await expect(searchPast(options)).rejects.toThrow('too long');
    // The third leaves it out, and goes on with the next.
    await expect(searchPast(options)).rejects.toThrow('too long');
    const stored = await db.collection('watchlists').findOne({ _id: id as never });
    expect(stored?.past).toMatchObject({ steps: 1, tries: 1, isMore: true });
    expect(await search(id)).toMatchObject({ isDone: true });
    expect(await service.get(id)).toMatchObject({ isPastSearched: true, isPastCut: true });
  });

  test('that get their indicators only later', async () => {
    await records.insertOne(record(1));
    const id = await create('evil.com');
    await search(id);
    expect(await hits.countDocuments()).toBe(0);
    await fillInSlice({ collections, signal, until: Number.POSITIVE_INFINITY });
    expect(await hits.countDocuments({ watchlistId: id })).toBe(1);
  });
});

describe('a common indicator', () => {
  test('records of the past that the fill-in finds are hits of the past, and as few', async () => {
    const id = await create('evil.com', { webhook: undefined });
    await search(id);
    await records.insertMany(numbers(MOST_PAST_HITS + 20).map(pastRecord));
    await fillInSlice({ collections, signal, until: Number.POSITIVE_INFINITY, batch: 50 });
    expect(await hits.countDocuments({ isPast: true })).toBe(MOST_PAST_HITS);
    expect(await hits.countDocuments()).toBe(MOST_PAST_HITS);
    expect(await service.get(id)).toMatchObject({ isPastCut: true });
  });

  test('what carries its indicators already is not raised by the fill-in', async () => {
    const id = await create('evil.com');
    await search(id);
    await records.insertMany(numbers(3).map((n) => withIndicators('receipt', record(n))));
    await fillInSlice({ collections, signal, until: Number.POSITIVE_INFINITY });
    expect(await hits.countDocuments()).toBe(0);
  });

  test('has so many hits a day; the list says that more were left out, and what is read again takes no room', async () => {
    const id = await create('evil.com');
    await search(id);
    await store([record(1)]);
    const [hit] = await hits.find().toArray();
    const { hitsPerDay } = WATCHLIST_LIMITS;
    const others = numbers(hitsPerDay - 3).map((n) => ({ ...hit, _id: `other ${n}` as never }));
    await hits.insertMany(others);
    await store([record(1), record(2)]);
    await store([record(1), record(2)]);
    expect(await hits.countDocuments()).toBe(hitsPerDay - 1);
    expect((await service.get(id)).lastCutAt).toBeUndefined();
    await store([record(1), record(3), record(4), record(5)]);
    expect(await hits.countDocuments()).toBe(hitsPerDay);
    expect(await service.get(id)).toHaveProperty('lastCutAt');
    await hits.updateMany({}, { $set: { foundAt: new Date(0) } });
    await store([record(6)]);
    expect(await hits.countDocuments()).toBe(hitsPerDay + 1);
  });
});

describe('a watchlist that comes while records are being stored', () => {
  test('stored before it was announced, compared before that, too: the search of the past finds them', async () => {
    // Warms what this program keeps of the lists.
    await search(await create('other.com'));
    await store([record(7)]);
    const id = await create('evil.com');
    await store([record(1)]);
    expect(await hits.countDocuments({ watchlistId: id })).toBe(0);
    await search(id);
    expect(await hits.countDocuments({ watchlistId: id })).toBe(2);
  });

  test('announced between storing and comparing: the comparison finds them', async () => {
    await search(await create('other.com'));
    await store([record(7)]);
    const id = await create('evil.com');
    await search(id);
    const document = { ...record(1), _indicators: ['domain:evil.com'] };
    await records.insertOne(document);
    await compareWithWatchlists(collections, 'receipt', [document]);
    expect(await hits.countDocuments({ watchlistId: id })).toBe(2);
  });

  test('at any moment', async () => {
    const COUNT = 60;
    const writing = (async () => {
      for (const n of numbers(COUNT)) await store([record(n)]);
    })();
    const ids: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const id = await create('evil.com');
      ids.push(id);
      await search(id);
    }
    await writing;
    for (const id of ids) expect(await hits.countDocuments({ watchlistId: id })).toBe(COUNT);
  });
});
