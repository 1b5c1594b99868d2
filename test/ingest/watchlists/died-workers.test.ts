/** A worker that dies between storing and comparing loses no hit, whatever the watchlists do meanwhile. */

import { beforeEach, expect, test } from 'vitest';
import { fillInSlice } from '../../../src/ingest/indicators/fill-in.js';
import { searchPast } from '../../../src/ingest/watchlists/past.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { hasBatch } from '../../../src/store/fill-in-batches.js';
import { forgetFillIns } from '../../../src/store/indicator-fill-in.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { databaseOf, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { recordServer } from '../../support/record-server.js';
import { simulatedSource } from '../../support/simulated-source.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';

const collections = collectorDatabase();
const service = new WatchlistService({ collections, allowInsecure: true });
const signal = new AbortController().signal;
const MINUTE = 60_000;
const hits = () => databaseOf(collections).collection('watchlist_hits').countDocuments();

let made = 0;
async function announce(): Promise<void> {
  made += 1;
  const { id } = await service.create({ name: `list ${made}`, indicators: 'evil.com' });
  await searchPast({ collections, watchlistId: id, signal, until: Number.POSITIVE_INFINITY });
}

beforeEach(async () => {
  for (const name of ['watchlist_hits', 'watchlists']) await databaseOf(collections).collection(name).deleteMany({});
  await forgetFillIns(collections);
});

test.each(['walks through all records', 'fills in what earlier versions go on storing'])(
  'a list that is announced and searched within one batch of the fill-in, which %s',
  async (which) => {
    await raw(collections).records('receipt').deleteMany({});
    const fillIn = (of = collections) => fillInSlice({ collections: of, signal, until: Number.POSITIVE_INFINITY });
    if (which.startsWith('fills')) await fillIn();
    await raw(collections)
      .records('receipt')
      .insertMany(numbers(3).map((n) => recordOf({ n, senderEnvelope: `u${n}@evil.com` })));
    const dying = withMethods(collections, RECORDS, (records) => ({
      bulkWrite: async (...updates: Parameters<typeof records.bulkWrite>) => {
        await announce();
        await records.bulkWrite(...updates);
        throw new Error('died');
      },
    }));
    await expect(fillIn(dying)).rejects.toThrow('died');
    expect([await hits(), await hasBatch(collections)]).toEqual([0, true]);
    expect(await fillIn()).toMatchObject({ isDone: true });
    expect([await hits(), await hasBatch(collections)]).toEqual([3, false]);
  },
);

test('what a worker that died has noted is left to do, however little else is', async () => {
  await raw(collections)
    .records('receipt')
    .insertOne(recordOf({ n: 1, senderEnvelope: 'u@evil.com' }));
  const dying = withMethods(collections, RECORDS, () => ({
    bulkWrite: () => Promise.reject(new Error('died')),
  }));
  await expect(fillInSlice({ collections: dying, signal, until: Number.POSITIVE_INFINITY })).rejects.toThrow('died');
  await raw(collections).records('receipt').deleteMany({});
  const aborted = { collections, signal: AbortSignal.abort(), until: 0 };
  expect(await fillInSlice(aborted)).toMatchObject({ isDone: false });
  expect(await fillInSlice({ ...aborted, signal, until: Number.POSITIVE_INFINITY })).toMatchObject({ isDone: true });
});

test('a backfill that dies after it has stored what was missing compares it when it is tried again', async () => {
  const begin = Math.floor(Date.now() / 1_000) * 1_000 - 40 * MINUTE;
  const rows = numbers(10).map((n) => ({ n, time: begin + n * MINUTE, senderAddress: `u${n}@evil.com` }));
  const server = await recordServer(rows);
  let isDying = false;
  const dying = withMethods(collections, /^counters$/, (counters) => ({
    findOne: (...query: Parameters<typeof counters.findOne>) => {
      if (isDying) throw new Error('died');
      return counters.findOne(...query);
    },
  }));
  const source = await simulatedSource(dying, { config: { baseUrl: server.url, backfill: '1h' } });
  await source.collectAll('dlp');
  await announce();
  await raw(collections)
    .records('dlp')
    .deleteMany({ _sourceId: source.id, n: { $lt: 4 } });
  await databaseOf(collections).collection('watchlist_hits').deleteMany({});
  const backfill = () => {
    const [from, to] = [new Date(begin).toISOString(), new Date(begin + 9 * MINUTE).toISOString()];
    return source.run((activities, id) => activities.reread(id, 'dlp', { kind: 'backfill', run: 'one', from, to }));
  };
  isDying = true;
  await expect(backfill()).rejects.toThrow('died');
  isDying = false;
  expect(await raw(collections).records('dlp').countDocuments({ _sourceId: source.id })).toBe(10);
  expect(await hits()).toBe(0);
  expect(await backfill()).toMatchObject({ done: true });
  expect(await hits()).toBe(4);
});
