/** Rows of §9 of the API's fact sheet that concern the application as a whole. */

import { describe, expect, test } from 'vitest';
import { collectorDatabase } from '../support/collector-database.js';
import { databaseOf, RECORDS, raw, withMethods } from '../support/raw-collections.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();
const SIEM = ['receipt', 'process', 'delivery', 'journal', 'av', 'spam'] as const;

describe('§9 #18: rate limits', () => {
  test('a 429 loses nothing, moves nothing, and tells how long to wait', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'batch', times: 1, action: { rateLimited: { retryAfterSeconds: 1 } } });
    const before = await source.checkpoint('receipt');
    await expect(source.collect('receipt')).rejects.toMatchObject({ facts: { status: 429, retryAfterMs: 1_000 } });
    expect((await source.checkpoint('receipt')).version).toBe(before.version);
    await source.run(({ authenticate }, id) => authenticate(id));
    await source.collectAll('receipt');
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  });

  test('the limit that one stream met holds for all: Mimecast is not asked again before its time', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'batch', times: -1, action: { rateLimited: { retryAfterSeconds: 600 } } });
    await expect(source.collect('receipt')).rejects.toMatchObject({ facts: { status: 429 } });
    const calls = await source.calls('batch');
    for (const stream of SIEM) {
      await expect(source.collect(stream)).rejects.toMatchObject({ facts: { status: 429, endpoint: 'batch list' } });
    }
    expect(await source.calls('batch')).toBe(calls);
    await source.clearFaults();
    expect(await source.collect('dlp')).toMatchObject({ result: 'caughtUp' });
  });

  test('the token call is limited itself: one token serves all streams', async () => {
    const source = await simulatedSource(collections);
    await Promise.all([...SIEM, 'audit' as const, 'dlp' as const].map((stream) => source.collect(stream)));
    expect(await source.calls('token')).toBe(1);
  });
});

test.each(['Unauthorized Request', 'token_verification_failed'])(
  '§9 #19: 401 with %s is a fault that passes, and no wrong key',
  async (code) => {
    const source = await simulatedSource(collections);
    const body = { fail: [{ code, message: 'no' }] };
    await source.fault({ endpoint: 'audit', times: 1, action: { status: 401, body } });
    await expect(source.collect('audit')).rejects.toMatchObject({ facts: { status: 401, code } });
    await source.collectAll('audit');
    expect(await source.stored('audit')).toEqual(await source.held('audit'));
  },
);

test('§9 #24: what is not asked for is never called, so that it cannot fail', async () => {
  const source = await simulatedSource(collections, { config: { dataCollection: ['dlp'] } });
  const { streams } = await source.run(({ validate }, id) => validate(id));
  expect(streams).toEqual(['dlp']);
  await source.run(({ authenticate }, id) => authenticate(id));
  await source.run(({ sweep }, id) => sweep(id, streams));
  for (const endpoint of ['batch', 'stream', 'file', 'audit', 'hold']) expect(await source.calls(endpoint)).toBe(0);
  expect(await source.calls('dlp')).toBeGreaterThan(0);
});

test('§9 #25: the place of each type is shown, and each can be read again by itself', async () => {
  const source = await simulatedSource(collections);
  for (const stream of ['receipt', 'audit'] as const) await source.collectAll(stream);
  const progress = await source.run(({ initialize }, id) => initialize(id));
  const positions = Object.fromEntries(progress.map(({ stream, position }) => [stream, position]));
  expect(positions.receipt).toMatch(/^page …/);
  expect(positions.audit).toMatch(/^read until /);
  expect(positions.spam).toMatch(/^first page from /);
  const range = {
    kind: 'backfill',
    run: 'by hand',
    from: new Date(0).toISOString(),
    to: new Date().toISOString(),
  } as const;
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  const outcome = await source.run(({ reread }, id) => reread(id, 'receipt', range));
  const held = sizeOf(await source.held('receipt'));
  expect(outcome).toMatchObject({ done: true, counts: { read: held, missing: held, restored: held } });
});

test('§9 #26: what is written at once is bounded, however large the file', async () => {
  const sizes: number[] = [];
  const watched = withMethods(collections, RECORDS, (records) => {
    const insertMany: typeof records.insertMany = (documents, options) => {
      sizes.push(documents.length);
      return records.insertMany(documents, options);
    };
    return { insertMany };
  });
  const world = { historyMs: 600_000, historyFileIntervalMs: 600_000, historyRate: 1_200 };
  const source = await simulatedSource(watched, { world });
  await source.collectAll('receipt');
  const held = sizeOf(await source.held('receipt'));
  expect(held).toBeGreaterThan(2_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(held);
});

test('§9 #27: what an operator has set on a collection stays', async () => {
  const records = raw(collections).records('spam');
  await records.drop();
  const name = records.collectionName;
  const db = databaseOf(collections);
  await db.createCollection(name, { validator: { _sourceId: { $type: 'number' } }, validationAction: 'warn' });
  await records.createIndex({ _receiptTime: 1 }, { expireAfterSeconds: 86_400 });
  const source = await simulatedSource(collections);
  await source.collectAll('spam');
  const [info] = await db.listCollections({ name }).toArray();
  expect(info).toMatchObject({ options: { validator: { _sourceId: { $type: 'number' } }, validationAction: 'warn' } });
  expect(await records.indexes()).toContainEqual(expect.objectContaining({ expireAfterSeconds: 86_400 }));
  expect(await source.stored('spam')).toEqual(await source.held('spam'));
});
